//! Runs `cargo check` on a program, and gathers what the build scripts note and rustc says.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
    process::{self, Stdio},
    thread,
};

use gpt_codegen::Compiled;
use serde_json::Value;

use crate::{Failure, arguments::Packages, program::cargo};

/// What cargo says while it works; the rest of its output is about what went wrong.
const PROGRESS: [&str; 9] = [
    "Adding",
    "Blocking",
    "Building",
    "Checking",
    "Compiling",
    "Downloaded",
    "Downloading",
    "Locking",
    "Updating",
];

/// What came of a run.
pub(crate) struct Run {
    /// The descriptions that build scripts compile.
    pub(crate) compiled: Vec<Compiled>,
    /// The messages of rustc, each with the folder of its package.
    pub(crate) messages: Vec<(PathBuf, Value)>,
    pub(crate) is_success: bool,
    /// What cargo itself said of what went wrong.
    pub(crate) said: String,
}

/// Checks packages without generating code of the program.
pub(crate) fn check(packages: &Packages, is_coloured: bool) -> Result<Run, String> {
    let notes = Notes::new()?;
    let mut command = cargo();
    command
        .args(["check", "--keep-going"])
        .args(packages.arguments())
        .arg(if is_coloured {
            "--message-format=json-diagnostic-rendered-ansi"
        } else {
            "--message-format=json"
        })
        .env(Compiled::FOLDER, &notes.folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let failed = |error: io::Error| format!("cannot run `cargo check`: {error}");
    let mut cargo = command.spawn().map_err(failed)?;
    let stderr = cargo.stderr.take();
    let said = thread::spawn(move || stderr.map(listen).unwrap_or_default());
    let mut messages = Vec::new();
    if let Some(stdout) = cargo.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            messages.extend(message(&line.map_err(failed)?));
        }
    }
    let status = cargo.wait().map_err(failed)?;
    let said = said
        .join()
        .map_err(|_| "cannot read what cargo says".to_owned())?;
    Ok(Run {
        compiled: Compiled::read_all(&notes.folder)?,
        messages,
        is_success: status.success(),
        said,
    })
}

/// The folder of the workspace, from which rustc names files.
pub(crate) fn root(packages: &Packages) -> Result<PathBuf, Failure> {
    let mut command = cargo();
    command.args(["locate-project", "--workspace", "--message-format=plain"]);
    command.args(packages.manifest());
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run `cargo locate-project`: {error}"))?;
    if !output.status.success() {
        return Err(Failure::Reported);
    }
    let manifest = String::from_utf8_lossy(&output.stdout);
    let root = Path::new(manifest.trim_end()).parent();
    Ok(root.unwrap_or(Path::new("")).to_owned())
}

/// A message of rustc, with the folder of the package.
fn message(line: &str) -> Option<(PathBuf, Value)> {
    let mut line: Value = serde_json::from_str(line).ok()?;
    if line["reason"] != "compiler-message" {
        return None;
    }
    let manifest = PathBuf::from(line["manifest_path"].as_str()?);
    Some((manifest.parent()?.to_owned(), line["message"].take()))
}

/// Shows what cargo does where somebody watches, and returns what else it says.
fn listen(stderr: impl Read) -> String {
    let is_watched = io::stderr().is_terminal();
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let word = line.split_whitespace().next().unwrap_or_default();
        if !PROGRESS.contains(&word) {
            said.push_str(&line);
            said.push('\n');
        } else if is_watched {
            eprintln!("{line}");
        }
    }
    said
}

/// A folder for the notes of build scripts, which goes when it is done with.
struct Notes {
    folder: PathBuf,
}

impl Notes {
    fn new() -> Result<Self, String> {
        let folder = env::temp_dir().join(format!("cargo-gpt-{}", process::id()));
        // Fails where somebody else has it.
        fs::create_dir(&folder)
            .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
        Ok(Self { folder })
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        // What is left is in the folder for what is temporary.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A path as people write it here: relative where it is below the current folder.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let current = env::current_dir().unwrap_or_default();
    path.strip_prefix(current).unwrap_or(path).to_owned()
}
