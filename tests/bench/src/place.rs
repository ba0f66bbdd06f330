//! Where the benchmark finds the workspace and keeps its own files.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The folders of one run.
pub(crate) struct Place {
    /// The top of the workspace.
    pub(crate) workspace: PathBuf,
    /// Everything that is written: `bench` in the folder that cargo builds into.
    pub(crate) bench: PathBuf,
}

impl Place {
    pub(crate) fn find() -> Result<Self, String> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let workspace = workspace
            .canonicalize()
            .map_err(|error| error.to_string())?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        let bench = workspace.join(target).join("bench");
        fs::create_dir_all(&bench).map_err(|error| format!("{}: {error}", bench.display()))?;
        // Cargo names files by their real paths.
        let bench = bench.canonicalize().map_err(|error| error.to_string())?;
        Ok(Self { workspace, bench })
    }

    pub(crate) fn runtime(&self) -> PathBuf {
        self.workspace.join("gpt-runtime")
    }
}

/// Reads a file whose absence is an error that names it.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file and the folders it lies in.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Removes a folder that may not be there.
pub(crate) fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}

/// The files below a folder that end so.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found
}
