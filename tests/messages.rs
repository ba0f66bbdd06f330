//! What people read when something is wrong fits their terminal, and is in words that they know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Columns of a line.
const COLUMNS: usize = 100;

/// Words that mean something to those who work on this repository alone, or name what nobody who
/// uses it has written.
const JARGON: &[&str] = &[
    "ActionSet",
    "ActionSettings",
    "Ctxt",
    "Definition",
    "Described",
    "LitInt",
    "LitStr",
    "Node",
    "Span",
    "TokenStream",
    "__private",
    "ast",
    "codegen",
    "emit",
    "entry",
    "expansion",
    "fallback",
    "interpreter",
    "ir",
    "lower",
    "node",
    "parser",
    "proc_macro",
    "render",
    "serde",
    "span",
    "syn",
    "todo",
];

#[test]
fn messages_fit_their_lines() {
    let mut faults = Vec::new();
    for (path, text) in reports() {
        for line in said(&text) {
            // An address, or a command with one, is of use in one piece only.
            if line.chars().count() > COLUMNS && !line.contains("://") {
                faults.push(format!("{path}: {line}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn messages_have_no_words_of_our_own() {
    let mut faults = Vec::new();
    for (path, text) in reports() {
        for line in said(&text) {
            let words = line.split(|it: char| !it.is_alphanumeric() && it != '_');
            for word in words.filter(|word| JARGON.contains(word)) {
                faults.push(format!("{path}: `{word}` in: {line}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn messages_begin_and_end_alike() {
    let mut faults = Vec::new();
    for (path, text) in reports() {
        let titles = text.lines().filter_map(title);
        for title in titles.filter(|title| !is_sentence_part(title)) {
            faults.push(format!("{path}: {title}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What stands behind `error: ` or the like, where we have written it: rustc has its own style.
fn title(line: &str) -> Option<&str> {
    let ours = ["error: ", "error[E0080]: evaluation panicked: "];
    if let Some(rest) = ours.iter().find_map(|start| line.strip_prefix(start)) {
        return Some(rest);
    }
    let named = ["error[", "warning["]
        .iter()
        .find_map(|start| line.strip_prefix(start))?;
    let (name, rest) = named.split_once("]: ")?;
    (!name.starts_with('E')).then_some(rest)
}

fn is_sentence_part(title: &str) -> bool {
    let first = title.chars().next().unwrap_or('A');
    let is_name = ["ChatGPT", "JSON", "OpenAPI"]
        .iter()
        .any(|it| title.starts_with(it));
    (!first.is_uppercase() || is_name) && !title.ends_with('.')
}

/// The lines that we say: neither excerpts nor places, nor what rustc says of its own rules.
fn said(text: &str) -> Vec<&str> {
    let mut is_ours = true;
    let mut said = Vec::new();
    for line in text.lines() {
        if line.starts_with("error") || line.starts_with("warning") {
            is_ours = title(line).is_some();
        }
        if is_ours && !is_shown(line) {
            said.push(line);
        }
    }
    said
}

fn is_shown(line: &str) -> bool {
    let rest = line.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit());
    // The last is rustc's own.
    let starts = ["|", "--> ", "::: ", "...", "= note: this error originates"];
    starts.iter().any(|start| rest.starts_with(start))
}

/// All expected reports, by their paths.
fn reports() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["ui", "bad"] {
        collect(&tests.join(folder), &mut found);
    }
    assert!(found.len() > 150, "the reports are in another folder");
    found.sort();
    let read = found.iter().map(|path| {
        let text = fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(tests).unwrap();
        (path.display().to_string(), text)
    });
    read.collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path
            .extension()
            .is_some_and(|it| it == "stderr" || it == "report")
        {
            found.push(path);
        }
    }
}
