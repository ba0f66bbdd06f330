//! What `#[gpt]` accepts, and what it says about what it does not.
//!
//! `ui/pass` holds what compiles: the modules below. Every other folder of `ui` is a rule, and each
//! case in it breaks that rule once, with rustc's report beside it. `TRYBUILD=overwrite` writes the
//! reports anew; read them before committing.

#![allow(unreachable_pub, reason = "the cases write what users write")]

#[path = "ui/actions.rs"]
mod actions;
#[path = "ui/pass/actions_gpt.rs"]
mod actions_gpt;
#[path = "ui/pass/actions.rs"]
mod actions_in_rust;
#[path = "ui/pass/defaults.rs"]
mod defaults;
#[path = "ui/pass/definition.rs"]
mod definition;
#[path = "ui/pass/every_key.rs"]
mod every_key;
#[path = "ui/pass/function_body.rs"]
mod function_body;
#[path = "ui/pass/longest_instructions.rs"]
mod longest_instructions;
#[path = "ui/pass/made_by_a_macro.rs"]
mod made_by_a_macro;
#[path = "ui/pass/no_prelude.rs"]
mod no_prelude;
#[path = "ui/pass/paths.rs"]
mod paths;
#[path = "ui/pass/raw_identifiers.rs"]
mod raw_identifiers;
#[path = "ui/pass/renamed_crate.rs"]
mod renamed_crate;
#[path = "ui/pass/shapes.rs"]
mod shapes;

use std::fs;
use std::path::Path;

#[test]
fn reports() {
    let cases = trybuild::TestCases::new();
    for rule in folders() {
        if rule != "pass" {
            cases.compile_fail(format!("ui/{rule}/*.rs"));
        }
    }
}

#[test]
fn every_case_that_passes_is_a_module() {
    let own = include_str!("ui.rs");
    for entry in fs::read_dir(ui().join("pass")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        let is_case = path.extension().is_some_and(|extension| extension == "rs");
        assert!(
            !is_case || own.contains(&format!("ui/pass/{name}")),
            "{name}"
        );
    }
}

/// The folders of `ui`, each a rule.
fn folders() -> Vec<String> {
    let mut folders: Vec<_> = fs::read_dir(ui())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    folders
}

fn ui() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/ui"))
}
