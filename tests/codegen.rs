//! The smallest documents, one feature each, beside the Rust and the tools that they yield.
//!
//! A document in several versions has one expectation. `UPDATE_EXPECT=1` writes expectations anew;
//! `hygiene.rs` compiles them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use gpt_codegen::Config;

#[test]
fn specs_yield_what_is_expected() {
    let specs = specs();
    assert!(specs.len() >= 30, "{} documents", specs.len());
    for spec in &specs {
        check(spec);
    }
}

#[test]
fn every_expectation_has_a_spec_and_is_compiled() {
    let expected: BTreeSet<_> = files(&root().join("expected"))
        .iter()
        .filter_map(|it| Some(it.file_name()?.to_str()?.split('.').next()?.to_owned()))
        .collect();
    let specs: BTreeSet<_> = specs().iter().map(|it| stem(it)).collect();
    assert_eq!(expected, specs);

    let hygiene = fs::read_to_string(root().join("hygiene.rs")).unwrap();
    let list = hygiene.split_once("modules! {").unwrap().1;
    let list = list.split_once('}').unwrap().0;
    let compiled: BTreeSet<_> = list.split_whitespace().map(str::to_owned).collect();
    assert_eq!(compiled, specs);
}

#[test]
fn another_operation_renames_nothing() {
    let mut compared = 0;
    for spec in specs() {
        let whole = Config::new().generate(&spec).unwrap();
        let all = items(&whole.code);
        for left_out in &whole.operations {
            let others: Vec<_> = whole
                .operations
                .iter()
                .filter(|it| *it != left_out)
                .collect();
            if others.is_empty() {
                continue;
            }
            let part = Config::new().operations(others.into_iter().cloned());
            let part = items(&part.generate(&spec).unwrap().code);
            let renamed: Vec<_> = part.difference(&all).collect();
            assert!(
                renamed.is_empty(),
                "{}: without {left_out} there is {renamed:?}",
                spec.display()
            );
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared} comparisons");
}

/// The names of the items of a module.
fn items(code: &str) -> BTreeSet<String> {
    let starts = ["pub struct ", "pub enum ", "pub type "];
    code.lines()
        .filter_map(|line| starts.iter().find_map(|it| line.strip_prefix(it)))
        .filter_map(|rest| Some(rest.split([' ', '(']).next()?.to_owned()))
        .collect()
}

#[test]
fn the_same_text_yields_the_same_bytes() {
    for spec in specs().iter().take(3) {
        let twice = [(); 2].map(|()| Config::new().generate(spec).unwrap());
        assert_eq!(twice[0].code, twice[1].code);
        assert_eq!(twice[0].tools, twice[1].tools);
    }
}

/// Compares code and tools with the files of the document's name.
fn check(spec: &Path) {
    let generated = Config::new()
        .generate(spec)
        .unwrap_or_else(|error| panic!("{error:?}"));
    let expected = root().join("expected").join(stem(spec));
    expect_file![expected.with_extension("rs")].assert_eq(&generated.code);
    expect_file![expected.with_extension("tools.json")].assert_eq(&generated.tools);
}

fn specs() -> Vec<PathBuf> {
    files(&root().join("specs"))
        .iter()
        .flat_map(|version| files(version))
        .collect()
}

/// What a folder holds, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
