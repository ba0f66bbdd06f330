//! Generates the `shop` module from its OpenAPI description.

fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::compile("actions/shop.yaml")
}
