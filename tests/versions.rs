//! One description in four versions of OpenAPI.

use std::fs;

use gpt_codegen::{Config, Generated};

fn generate(version: &str) -> Generated {
    let text = fs::read_to_string(format!("versions/{version}.yaml")).unwrap();
    // The same name for all, because the code names its source.
    let generated = Config::new().generate_from("pets.yaml", &text).unwrap();
    assert_eq!(generated.warnings, "", "{version}");
    generated
}

#[test]
fn all_versions_give_the_same_code() {
    let expected = generate("3.1");
    assert_eq!(expected.operations, ["getPet", "replacePet"]);
    for version in ["2.0", "3.0", "3.2"] {
        let found = generate(version);
        assert_eq!(found.tools, expected.tools, "{version}");
        assert_eq!(found.code, expected.code, "{version}");
    }
}
