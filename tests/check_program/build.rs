fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::compile("actions/pets.yaml")
}
