//! `actions/origin.json`: where the descriptions of a project are from, and what they were then.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{gather::Files, place::Place};
use crate::terminal::write;

/// Where it is written, below the folder of the project.
pub(crate) const PATH: &str = "actions/origin.json";

/// Where the descriptions of a project are from.
pub(crate) struct Origin {
    /// What was imported: an address, or a path that is relative to the project.
    pub(crate) source: String,
    /// The folder that holds all files of its descriptions, where that was said.
    root: Option<String>,
    /// The hash of each file as it was written, by its path below `actions`.
    pub(crate) written: BTreeMap<PathBuf, String>,
}

/// Writes where the files are from. A path is written relative to the project where that can be
/// told, so that the project can move together with its source.
pub(crate) fn record(
    folder: &Path,
    source: &Place,
    root: Option<&Path>,
    all: &[Files],
) -> Result<(), String> {
    let source = match source {
        Place::Web(_) => source.shown(),
        Place::File(path) => relative(folder, path).unwrap_or_else(|| source.shown()),
    };
    let root = root.map(|it| relative(folder, it).unwrap_or_else(|| it.display().to_string()));
    let mut files = serde_json::Map::new();
    let sorted: BTreeMap<&PathBuf, &super::gather::File> =
        all.iter().flat_map(|it| &it.all).collect();
    for (path, file) in sorted {
        let mut entry = json!({});
        if let Place::Web(_) = file.place {
            entry["source"] = file.place.shown().into();
        }
        entry["sha256"] = hash(&file.text).into();
        files.insert(path.to_string_lossy().replace('\\', "/"), entry);
    }
    let mut text = json!({ "source": source });
    if let Some(root) = root {
        text["root"] = root.into();
    }
    text["files"] = files.into();
    write(&folder.join(PATH), &format!("{text:#}\n"))
}

/// What was written of a project.
pub(crate) fn read(folder: &Path) -> Result<Origin, String> {
    let path = folder.join(PATH);
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "cannot read `{}`: {error}; it is written where a project is imported",
            path.display()
        )
    })?;
    let broken = |what: &str| format!("`{}` is broken: {what}", path.display());
    let value: Value = serde_json::from_str(&text).map_err(|error| broken(&error.to_string()))?;
    let source = value["source"]
        .as_str()
        .ok_or_else(|| broken("it has no `source`"))?;
    let files = value["files"]
        .as_object()
        .ok_or_else(|| broken("it has no `files`"))?;
    let written = files.iter().map(|(path, entry)| {
        let hash = entry["sha256"].as_str();
        let hash = hash.ok_or_else(|| broken(&format!("`{path}` has no `sha256`")))?;
        Ok((PathBuf::from(path), hash.to_owned()))
    });
    Ok(Origin {
        source: source.to_owned(),
        root: value["root"].as_str().map(str::to_owned),
        written: written.collect::<Result<_, String>>()?,
    })
}

impl Origin {
    /// Where it is, seen from the working directory.
    pub(crate) fn place(&self, folder: &Path) -> Result<Place, String> {
        let path = Path::new(&self.source);
        match Place::of(path)? {
            Place::File(path) if path.is_relative() => Ok(Place::File(folder.join(path))),
            place => Ok(place),
        }
    }

    /// The folder that holds all files of its descriptions, seen from the working directory.
    pub(crate) fn root(&self, folder: &Path) -> Option<PathBuf> {
        // A path that is absolute stays what it is.
        Some(folder.join(self.root.as_ref()?))
    }
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    let mut digits = String::new();
    for byte in digest(&SHA256, text.as_bytes()).as_ref() {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A path as it is seen from a folder.
fn relative(folder: &Path, path: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let path = path.canonicalize().ok()?;
    let shared = folder
        .components()
        .zip(path.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = folder.components().count() - shared;
    let mut relative: PathBuf = std::iter::repeat_n("..", up).collect();
    relative.extend(path.components().skip(shared));
    Some(relative.to_str()?.replace('\\', "/"))
}
