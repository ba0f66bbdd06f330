//! What a build script compiles, as it notes it for `cargo gpt check`.
//!
//! The command runs `cargo check` with [`FOLDER`] set. A build script then notes each description
//! with its configuration, and leaves to the command to report on it: it goes on where a description
//! is wrong, so that the definitions of the program are checked in the same run.

use std::{
    env,
    fs::File,
    io::{self, Write},
    path::Path,
    process,
};

use serde_json::{Value, json};

use crate::{Config, document::Selection};

/// The variable with the folder for the notes.
pub(crate) const FOLDER: &str = "GPT_CHECK";

/// Notes that a build script compiles a description; whether there is somebody who asks for it.
pub(crate) fn note(config: &Config, path: &Path) -> io::Result<bool> {
    let Some(folder) = env::var_os(FOLDER) else {
        return Ok(false);
    };
    let package =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(env::current_dir, |it| Ok(it.into()))?;
    let note = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "package": package,
        "path": path,
        "config": config_to_json(config),
    });
    // A file for each build script, for several run at once.
    let file = Path::new(&folder).join(format!("{}.jsonl", process::id()));
    let mut file = File::options().create(true).append(true).open(file)?;
    writeln!(file, "{note}")?;
    Ok(true)
}

pub(crate) fn config_to_json(config: &Config) -> Value {
    let Config {
        module_name,
        selection,
        base_url,
        runtime_path,
        max_document_bytes,
        out_dir: _,
        settings,
        lenient,
    } = config;
    let Selection {
        ids,
        tags,
        paths,
        derive_ids,
    } = selection;
    let levels = settings.by_name().into_iter();
    let levels: Vec<(&str, &str)> = levels.map(|(name, it)| (name, it.name())).collect();
    json!({
        "module_name": module_name,
        "operations": ids,
        "tags": tags,
        "paths": paths,
        "derive_operation_ids": derive_ids,
        "base_url": base_url,
        "runtime_path": runtime_path,
        "max_document_bytes": max_document_bytes,
        "levels": levels,
        "lenient": lenient,
    })
}
