//! Generates a module as users do, for a runtime crate of another name: `hygiene.rs` includes it.

fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::Config::new()
        .module_name("shapes")
        .runtime_path("::renamed")
        .compile("specs/3.1/tagged_union.yaml")
}
