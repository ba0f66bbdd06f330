//! Generates the `weather` module from its OpenAPI description.

fn main() -> Result<(), gpt_codegen::Error> {
    gpt_codegen::compile("actions/weather.yaml")
}
