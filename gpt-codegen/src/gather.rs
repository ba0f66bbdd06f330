//! What `cargo gpt` asks of a description before it is compiled: its value, and the files that it
//! lacks.

use std::path::Path;

use serde_json::Value;

use crate::{
    Error,
    diagnostic::Diagnostics,
    files::{Files, MissingFile},
    load,
    parse::parse,
    upgrade::upgrade,
};

/// 32 MiB, as for builds.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// The value of a text in YAML or JSON; `path` names it in reports and says by its extension whether
/// it is JSON.
///
/// # Errors
///
/// When the text is neither.
pub fn value(path: &Path, text: &str) -> Result<Value, Error> {
    let mut cx = Diagnostics::default();
    let root = load::take(&mut cx, path, text, MAX_BYTES).and_then(|id| parse(&mut cx, id));
    let findings = cx.finish();
    root.map(|root| root.to_json()).ok_or_else(|| {
        let renderer = annotate_snippets::Renderer::plain();
        Error::new(
            format!("cannot read `{}`", path.display()),
            findings.render(&renderer),
        )
    })
}

/// The files that the description at `path` refers to, and those that it refers to by these, which
/// are not where they are looked for. Of what is no description it says nothing: a check does.
pub fn missing_files(path: &Path) -> Vec<MissingFile> {
    let mut cx = Diagnostics::default();
    let root = load::load(&mut cx, path, MAX_BYTES).and_then(|id| parse(&mut cx, id));
    let mut files = root.map(|root| Files::new(path, root, MAX_BYTES));
    let missing = files.as_mut().and_then(|files| {
        upgrade(&mut cx, files)?;
        Some(files.missing())
    });
    // What is wrong with it is said by the check that follows.
    drop(cx.finish());
    missing.unwrap_or_default()
}
