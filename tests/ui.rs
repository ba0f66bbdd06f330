//! What `#[gpt]` accepts, and what it says about what it does not.
//!
//! `ui/pass` holds what compiles: the modules below. Every other folder of `ui` is a rule of
//! `gpt-macros/rules.md` or `action_rules.md`, and each case in it breaks that rule once, with rustc's report beside it;
//! `ui/together` has several mistakes in one case. `TRYBUILD=overwrite` writes the reports anew; read
//! them before committing.

#![allow(unreachable_pub, reason = "the cases write what users write")]

#[path = "ui/pass/action_settings.rs"]
mod action_settings;
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
#[path = "ui/said_at_run_time.rs"]
mod said_at_run_time;
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

#[test]
fn every_rule_has_a_case_and_every_folder_a_rule() {
    let lists = [
        include_str!("../gpt-macros/rules.md"),
        include_str!("../gpt-macros/action_rules.md"),
    ];
    let mut rules: Vec<&str> = lists
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("- `")?.split_once('`'))
        .map(|(rule, _)| rule)
        .collect();
    rules.sort_unstable();
    let folders = folders();
    let with_cases: Vec<&String> = folders
        .iter()
        .filter(|folder| !["pass", "together"].contains(&folder.as_str()))
        .filter(|folder| !reports_of(folder).is_empty())
        .collect();
    assert_eq!(with_cases, rules);
    let several: Vec<String> = folders
        .iter()
        .filter(|folder| *folder != "together")
        .flat_map(|folder| reports_of(folder))
        .filter(|(_, report)| report.lines().filter(|it| it.starts_with("error")).count() != 1)
        .map(|(name, _)| name)
        .collect();
    assert!(several.is_empty(), "not one error each: {several:?}");
}

/// The reports of a rule's cases, by name.
fn reports_of(folder: &str) -> Vec<(String, String)> {
    let files = fs::read_dir(ui().join(folder)).unwrap();
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "stderr"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect()
}

/// The folders of `ui`.
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
