//! One value of all the files of a document: `x-files` holds the others, and references lead there.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{document, operations::escape};

const FILES: &str = "x-files";

/// Reads a document with all files it refers to. Those that cannot be read are left out.
pub(super) fn read(path: &Path) -> Result<Value, String> {
    let mut root = document::read(path)?;
    let mut bundle = Bundle {
        main: normal(path),
        wanted: Vec::new(),
    };
    bundle.rewrite(&mut root, path);
    let mut files = Map::new();
    while let Some(path) = bundle.wanted.pop() {
        let name = path.display().to_string();
        if files.contains_key(&name) {
            continue;
        }
        let mut file = document::read(&path).unwrap_or_default();
        bundle.rewrite(&mut file, &path);
        files.insert(name, file);
    }
    if let Some(entries) = root.as_object_mut().filter(|_| !files.is_empty()) {
        entries.insert(FILES.to_owned(), Value::Object(files));
    }
    Ok(root)
}

struct Bundle {
    main: PathBuf,
    wanted: Vec<PathBuf>,
}

impl Bundle {
    /// Lets the references of a file lead to where its targets stand in the bundle.
    fn rewrite(&mut self, value: &mut Value, file: &Path) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    match value {
                        Value::String(target) if key == "$ref" => {
                            *target = self.target(target, file);
                        }
                        _ => self.rewrite(value, file),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|it| self.rewrite(it, file)),
            _ => {}
        }
    }

    fn target(&mut self, reference: &str, file: &Path) -> String {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = match file.parent() {
            Some(folder) if !path.is_empty() => normal(&folder.join(path)),
            _ => normal(file),
        };
        if target == self.main || path.contains("://") {
            return format!("#{fragment}");
        }
        let name = escape(&target.display().to_string());
        self.wanted.push(target);
        format!("#/{FILES}/{}{fragment}", name.replace(' ', "%20"))
    }
}

/// One path for one file.
fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
