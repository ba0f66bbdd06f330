//! Generates modules as users do: one for a runtime crate of another name, which `hygiene.rs`
//! includes, and the one of the example `shop` for `testing.rs`.

fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::Config::new()
        .module_name("shapes")
        .runtime_path("::renamed")
        .compile("specs/3.1/tagged_union.yaml")?;
    gpt_codegen::compile("../examples/shop/actions/shop.yaml")
}
