//! Generates the `shop` module from its OpenAPI description, which is held to every rule there is:
//! those for any model, those of single providers, and those of the editor of ChatGPT.

fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::Config::new()
        .deny("portable")
        .deny("provider")
        .deny("chatgpt")
        .compile("actions/shop.yaml")
}
