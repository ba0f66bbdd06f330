//! Counts the operations of a document without the generator's help.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::document;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// An operation as it stands in the document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Where it stands, unless that is another file.
    pub(crate) pointer: Option<String>,
}

/// All operations of a document and the files that its paths refer to.
pub(crate) fn operations(root: &Value, file: &Path) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let pointer = format!("/paths/{}", escape(path));
        if !path.starts_with('/') {
            continue;
        }
        let target = follow(root, file, item);
        for (key, value) in target
            .as_ref()
            .unwrap_or(item)
            .as_object()
            .into_iter()
            .flatten()
        {
            if METHODS.contains(&key.as_str()) && value.is_object() {
                let inside = target.is_none();
                found.push(Operation {
                    method: key.to_uppercase(),
                    path: path.clone(),
                    pointer: inside.then(|| format!("{pointer}/{key}")),
                });
            }
        }
    }
    found
}

/// What a path item refers to.
fn follow(root: &Value, file: &Path, item: &Value) -> Option<Value> {
    let reference = item.get("$ref")?.as_str()?;
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    if path.is_empty() {
        return root.pointer(fragment).cloned();
    }
    let path: PathBuf = file.parent()?.join(path);
    document::read(&path).ok()?.pointer(fragment).cloned()
}

/// A key as a part of a JSON pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
