//! What `cargo gpt export` makes of each document is within the rules of ChatGPT, or reported.

use std::{fs, path::Path};

use gpt_codegen::Config;
use gpt_runtime::{
    action::Described,
    document::document,
    gpt::{ActionSet, Definition},
};

use super::{command, modules};

#[test]
fn every_document_is_exported_within_the_rules() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hygiene");
    let _ = fs::remove_dir_all(&folder);
    let mut schemas = 0;
    let with_operations = modules().into_iter().filter(|(_, all)| !all.is_empty());
    for (name, operations) in with_operations {
        let place = folder.join(name);
        fs::create_dir_all(&place).unwrap();
        let definition = document(&[&definition(operations)]).unwrap();
        let file = place.join("definition.json");
        fs::write(&file, definition.to_string()).unwrap();
        let arguments = ["export", "--out", "out", "--definition", "definition.json"];
        let output = command::cargo_gpt_in(&place, &arguments);
        let said = command::text(output.stderr);
        assert!(output.status.success(), "{name}: {said}");
        let schema = place.join(format!("out/chatgpt/actions/{name}.json"));
        if !schema.exists() {
            assert!(
                said.contains(&format!("chatgpt: API `{name}`: left out: ")),
                "{said}"
            );
            continue;
        }
        let checked = Config::new().deny("chatgpt").check(&schema).unwrap();
        assert!(
            checked.generated.is_some(),
            "{name}: {}",
            checked.text(false)
        );
        schemas += 1;

        // Nothing is left out without a word.
        let written = fs::read_to_string(&schema).unwrap();
        for operation in operations.iter().map(|it| it.operation()) {
            let tool = operation.tool.name;
            assert!(
                written.contains(&format!("\"operationId\": \"{tool}\""))
                    || said.contains(&format!("chatgpt: operation `{tool}`: left out: ")),
                "{name}: {tool}: {said}"
            );
        }
    }
    assert!(schemas > 40, "{schemas} schemas");
}

fn definition(operations: &'static [&'static Described]) -> Definition {
    Definition {
        actions: Box::leak(Box::new([ActionSet::new(operations)])),
        ..Definition::new("Any", "Has any operation.", "Answer.")
    }
}
