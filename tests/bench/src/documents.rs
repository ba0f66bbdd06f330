//! The documents that are measured.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::place::Place;

/// Documents of the workspace itself, which anybody has.
const OWN: &[&str] = &[
    "examples/weather/actions/weather.yaml",
    "tests/specs/3.0/tagged_union.yaml",
    "tests/specs/3.1/answers_by_status.yaml",
];

/// Documents as their vendors publish them, in the folder that `GPT_CORPUS` names: from a page to
/// many thousands, of every version, and two of Oxide, for which progenitor was made.
const CORPUS: &[&str] = &[
    "alertmanager/openapi.yaml",
    "petstore/openapi.yaml",
    "oxide/buildomat.json",
    "ollama/openapi.yaml",
    "notion/notion-openapi.json",
    "e2b/openapi.yml",
    "deepl/openapi.yaml",
    "discourse/openapi.json",
    "dnsimple/openapi.yml",
    "immich/immich-openapi-specs.json",
    "lemmy/openapi.yaml",
    "dub/out.openapi.yaml",
    "ory/kratos-api.json",
    "together/openapi.yaml",
    "qdrant/openapi.json",
    "phoenix/openapi.json",
    "oxide/nexus.json",
    "openai/openapi.yaml",
    "stripe/spec3.yaml",
    "github/api.github.com.min.json",
];

/// One OpenAPI document.
pub(crate) struct Document {
    /// Its folder and file, which name it in folders and tables.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// The documents that were asked for, or those measured by default.
///
/// A document is sought where its path leads, then in the corpus, then in the workspace.
pub(crate) fn find(place: &Place, asked: &[String]) -> Result<Vec<Document>, String> {
    let corpus = env::var_os("GPT_CORPUS").map(PathBuf::from);
    let mut folders = vec![PathBuf::new()];
    folders.extend(corpus.clone());
    folders.push(place.workspace.clone());
    if !asked.is_empty() {
        let found = asked.iter().map(|path| {
            let found = folders.iter().find_map(|folder| {
                let path = folder.join(path);
                path.is_file().then_some(path)
            });
            document(&found.ok_or_else(|| format!("there is no document `{path}`"))?)
        });
        return found.collect();
    }
    let mut paths: Vec<_> = OWN.iter().map(|path| place.workspace.join(path)).collect();
    match corpus {
        Some(corpus) => paths.extend(CORPUS.iter().map(|path| corpus.join(path))),
        None => eprintln!("`GPT_CORPUS` is not set: only the documents of the workspace"),
    }
    paths.retain(|path| {
        let exists = path.is_file();
        if !exists {
            eprintln!("there is no `{}`", path.display());
        }
        exists
    });
    paths.iter().map(|path| document(path)).collect()
}

fn document(path: &Path) -> Result<Document, String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    let path = path.canonicalize().map_err(fail)?;
    let bytes = fs::metadata(&path).map_err(fail)?.len();
    let parent = path.parent().and_then(Path::file_name);
    let parts = [parent, path.file_stem()];
    let parts = parts
        .iter()
        .flatten()
        .map(|part| part.to_string_lossy().replace('.', "-"));
    Ok(Document {
        name: parts.collect::<Vec<_>>().join("-"),
        path,
        bytes,
    })
}
