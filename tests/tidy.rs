//! What reviewers would otherwise have to look for in every file.

use std::{
    fs,
    path::{Path, PathBuf},
};

const TEXTS: &[&str] = &["css", "html", "js", "md", "rs", "toml", "yaml"];

#[test]
fn texts_are_tidy() {
    let mut findings = Vec::new();
    for path in files() {
        let Some(text) = text(&path) else { continue };
        let mut find = |line: usize, what: &str| {
            findings.push(format!("{}:{line}: {what}", relative(&path)));
        };
        if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            find(
                text.lines().count(),
                "the file does not end with one line break",
            );
        }
        for (number, line) in (1..).zip(text.lines()) {
            if line.ends_with([' ', '\t', '\r']) {
                find(number, "white space at the end of the line");
            }
            // A test that does not run, or that any panic satisfies, tells nothing.
            if line.trim_start().starts_with(concat!("#[", "ignore"))
                || line.trim_start().starts_with(concat!("#[", "should_panic"))
            {
                find(number, "assert what happens instead");
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn links_lead_somewhere() {
    let mut findings = Vec::new();
    for path in files()
        .into_iter()
        .filter(|path| has_extension(path, &["md"]))
    {
        let Some(text) = text(&path) else { continue };
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains(':') {
                continue;
            }
            if !path.with_file_name(target).exists() {
                findings.push(format!("{}: there is no `{target}`", relative(&path)));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The content of a file that people write by hand; expectations are as they come.
fn text(path: &Path) -> Option<String> {
    let written = has_extension(path, TEXTS) && !relative(path).contains("tests/expected/");
    written.then(|| {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    })
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
}

/// All files of the repository, without what builds and version control leave there.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![root().to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default();
            if path.is_symlink() || name == "target" || name == ".git" {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
