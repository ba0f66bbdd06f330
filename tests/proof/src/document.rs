//! The documents, and a reader of them that shares nothing with the generator's.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::arguments::{Arguments, corpus};

/// A document of the corpus.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its path in the corpus.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Document {
    /// The name as a Rust module.
    pub(crate) fn module(&self) -> String {
        let words = self.name.split(|it: char| !it.is_ascii_alphanumeric());
        let words = words
            .filter(|it| !it.is_empty())
            .map(str::to_ascii_lowercase);
        format!("d_{}", words.collect::<Vec<_>>().join("_"))
    }
}

/// The documents that are asked for: those of vendors, then those made up by other generators.
pub(crate) fn documents(arguments: &Arguments) -> Result<Vec<Document>, String> {
    let corpus = corpus();
    let index = corpus.join("INDEX.tsv");
    let index = fs::read_to_string(&index).map_err(|it| format!("{}: {it}", index.display()))?;
    let rows = index.lines().skip(1);
    let mut names: Vec<_> = rows
        .filter_map(|row| row.split('\t').next().map(str::to_owned))
        .collect();
    if !arguments.skip_synthetic {
        let mut synthetic = Vec::new();
        files(&corpus.join("_synthetic"), &mut synthetic);
        synthetic.sort();
        let relative = synthetic
            .iter()
            .filter_map(|it| it.strip_prefix(&corpus).ok());
        names.extend(relative.map(|it| it.display().to_string()));
    }
    names.retain(|it| arguments.wants(it));
    let documents = names.into_iter().map(|name| Document {
        path: corpus.join(&name),
        name,
    });
    Ok(documents.collect())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|it| it == "json" || it == "yaml" || it == "yml")
        {
            found.push(path);
        }
    }
}

/// Reads a document without the generator's help.
pub(crate) fn read(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|it| it.to_string())?;
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|_| {
        let mut options = serde_saphyr::Options::default();
        options.budget = None;
        // `y` is a name, as it has been since YAML 1.2.
        options.strict_booleans = true;
        serde_saphyr::from_str_with_options(text, options).map_err(|it| it.to_string())
    })
}

/// The version a document says it has.
pub(crate) fn version(root: &Value) -> Option<&str> {
    let version = root.get("openapi").or_else(|| root.get("swagger"))?;
    version.as_str()
}
