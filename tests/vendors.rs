//! Documents of vendors that are typical actions of GPTs, each made a project that answers over MCP,
//! with nothing changed by hand.
//!
//! They are not ours to publish, and it takes minutes: the test runs where `GPT_TEST_PROJECTS` is
//! set and the folder of `GPT_CORPUS`, or `../shared/corpus` beside the workspace, holds them.

mod command;
mod projects;
mod web;

use std::{env, fs, path::PathBuf};

use command::{cargo_gpt_in, root, text};
use projects::{Projects, fresh};

/// So many must be there, or the test proves little.
const AT_LEAST: usize = 20;

#[test]
fn typical_actions_become_projects_that_answer() {
    if env::var_os("GPT_TEST_PROJECTS").is_none() {
        println!("skipped: set `GPT_TEST_PROJECTS=1`");
        return;
    }
    let corpus =
        env::var_os("GPT_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let mut lines = index.lines().map(|it| it.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|it| *it == name).unwrap();
    let (file, kind) = (column("file"), column("gpt_action"));
    let documents: Vec<&str> = lines
        .filter(|it| it[kind] == "gpt")
        .map(|it| it[file])
        .collect();
    assert!(documents.len() >= AT_LEAST, "{documents:?}");
    let folder = fresh("vendors");
    let names: Vec<String> = documents
        .iter()
        .map(|it| {
            it.split(['/', '.', '_'])
                .collect::<Vec<_>>()
                .join("-")
                .to_lowercase()
        })
        .collect();
    for (document, name) in documents.iter().zip(&names) {
        let path = corpus.join(document).canonicalize().unwrap();
        let arguments = ["new", name, "--from", path.to_str().unwrap()];
        let runtime = ["--runtime-path", root().to_str().unwrap()];
        let output = cargo_gpt_in(&folder, &[&arguments[..], &runtime].concat());
        assert!(
            output.status.success(),
            "{document}: {}",
            text(output.stderr)
        );
    }
    let projects = Projects::new(&folder, names.iter().map(String::as_str).collect());
    projects.answer_over_mcp();
    println!("{} projects answer", names.len());
}
