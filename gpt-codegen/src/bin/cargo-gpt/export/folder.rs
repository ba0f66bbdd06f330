//! The folder with the files for a host. What was there before is only touched where this command
//! made it, which the report of the earlier export says.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path},
};

use serde_json::Value;

use super::report::Report;
use crate::terminal::write;

/// The files of a folder, by their paths in it.
pub(super) type Files = BTreeMap<String, String>;

const REPORT: &str = "report.json";

/// Writes the files for a host and the report.
///
/// # Errors
/// Files are there that this command did not make, and `force` does not say to overwrite them, or
/// something cannot be written.
pub(super) fn fill(
    folder: &Path,
    mut files: Files,
    report: &Report,
    names: (&str, &str, &str),
    force: bool,
) -> Result<(), String> {
    let (gpt, host, title) = names;
    files.insert("REPORT.md".to_owned(), report.to_markdown(gpt, title));
    let listed: Vec<_> = files.keys().map(String::as_str).collect();
    let listed = format!("{:#}\n", report.to_json(host, &listed));
    files.insert(REPORT.to_owned(), listed);

    let earlier = earlier(&folder.join(REPORT))?;
    let foreign: Vec<_> = files
        .keys()
        .filter(|it| folder.join(it).exists() && !earlier.contains(it))
        .map(|it| format!("`{it}`"))
        .collect();
    if !(force || foreign.is_empty()) {
        return Err(format!(
            "`{}` has {} of somebody else: `--force` overwrites, `--out` names another folder",
            folder.display(),
            foreign.join(", ")
        ));
    }
    for stale in earlier.iter().filter(|it| !files.contains_key(*it)) {
        let path = folder.join(stale);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(format!("cannot remove `{}`: {error}", path.display()));
            }
            _ => {}
        }
    }
    for (name, text) in &files {
        write(&folder.join(name), text)?;
    }
    Ok(())
}

/// The files that an earlier export made here, its report among them.
fn earlier(report: &Path) -> Result<Vec<String>, String> {
    let text = match fs::read_to_string(report) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("cannot read `{}`: {error}", report.display())),
    };
    let report: Value = serde_json::from_str(&text).unwrap_or_default();
    if report["made_by"] != "cargo gpt export" {
        return Ok(Vec::new());
    }
    let files = report["files"].as_array().into_iter().flatten();
    let files = files.filter_map(Value::as_str).filter(|it| is_inside(it));
    Ok(files.chain([REPORT]).map(str::to_owned).collect())
}

/// Whether a path leads to nothing outside its folder.
fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|it| matches!(it, Component::Normal(_)))
}
