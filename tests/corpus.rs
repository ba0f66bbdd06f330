//! Real documents of vendors: those of a size for GPTs generate, what they generate compiles, and
//! what is said of them makes sense.
//!
//! They are not ours to publish. The test runs where the folder of `GPT_CORPUS`, or
//! `../shared/corpus` beside the workspace, holds them, and says so where it is not.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use gpt_codegen::{Config, Place};

/// Mistakes that some of these documents have, and which cost only the part they stand in.
const LET_PASS: [&str; 3] = [
    "invalid-path",
    "undefined-security-scheme",
    "unresolved-reference",
];

#[test]
fn documents_of_vendors_generate_and_compile() {
    let Some((corpus, index)) = corpus() else {
        return;
    };
    let workspace = workspace();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    fs::create_dir_all(folder.join("src")).unwrap();
    let mut library =
        "#![deny(warnings)]\n#![forbid(unsafe_code)]\n#![no_implicit_prelude]\n".to_owned();
    let mut faults = Vec::new();
    for document in documents(&index) {
        match generate(&corpus, document) {
            Ok((module, code)) => {
                fs::write(folder.join("src").join(format!("{module}.rs")), code).unwrap();
                library.extend(["pub mod ", &module, ";\n"]);
            }
            Err(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    fs::write(folder.join("src/lib.rs"), library).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest(workspace)).unwrap();
    // The same versions as everywhere, and none from the network.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let check = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
}

/// Whatever the rules of ChatGPT say of them: it is said once, and of a place that is there.
#[test]
fn findings_stand_in_the_documents_of_vendors() {
    let Some((corpus, index)) = corpus() else {
        return;
    };
    let config = Config::new().lenient(true).warn("chatgpt").warn("provider");
    let mut faults = Vec::new();
    for document in documents(&index) {
        let checked = config.check(corpus.join(document)).unwrap();
        let mut seen = BTreeSet::new();
        for finding in &checked.findings {
            let related = finding.related.iter().map(|(place, _)| place);
            let lost = related.chain([&finding.place]).any(|it| !is_there(it));
            let key = (&finding.name, finding.place.line, finding.place.column);
            if lost || !seen.insert(key) {
                faults.push(format!("{document}: {finding:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn is_there(place: &Place) -> bool {
    let text = fs::read_to_string(&place.file).unwrap();
    let is_in = |line: usize, column: usize| {
        let found = text.split('\n').nth(line - 1);
        found.is_some_and(|found| (1..=found.chars().count() + 1).contains(&column))
    };
    let start = (place.line, place.column);
    let end = (place.end_line, place.end_column);
    start <= end && is_in(start.0, start.1) && is_in(end.0, end.1)
}

/// The folder of the documents and its index, where they are.
fn corpus() -> Option<(PathBuf, String)> {
    let corpus = match env::var_os("GPT_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("../shared/corpus"),
    };
    let Ok(index) = fs::read_to_string(corpus.join("INDEX.tsv")) else {
        println!("skipped: there is no corpus at {}", corpus.display());
        return None;
    };
    Some((corpus, index))
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The documents marked as fit for a GPT.
fn documents(index: &str) -> Vec<&str> {
    let mut lines = index.lines().map(|it| it.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|it| *it == name).unwrap();
    let (file, action) = (column("file"), column("gpt_action"));
    lines
        .filter(|it| !it[action].is_empty())
        .map(|it| it[file])
        .collect()
}

/// The module and its code.
fn generate(corpus: &Path, document: &str) -> Result<(String, String), String> {
    let module: String = document
        .chars()
        .map(|it| {
            if it.is_ascii_alphanumeric() {
                it.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let module = format!("d_{module}");
    let config = Config::new()
        .module_name(&module)
        .runtime_path("::renamed")
        // Some leave their servers or operations without what a client needs.
        .base_url("https://example.com")
        .derive_operation_ids(true);
    LET_PASS
        .iter()
        .fold(config, |config, name| config.warn(*name))
        .generate(corpus.join(document))
        .map(|generated| (module, generated.code))
        .map_err(|error| format!("{document}: {error:?}"))
}

fn manifest(workspace: &Path) -> String {
    format!(
        r#"[package]
name = "corpus"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
renamed = {{ package = "gpt-runtime", path = '{}' }}

[workspace]
"#,
        workspace.join("gpt-runtime").display()
    )
}
