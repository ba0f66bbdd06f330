//! Builds and installs the generators.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    competitor::{Competitor, PACKAGE, Tools},
    place::{Place, read, write},
};

/// Builds the generator of this workspace in both forms.
pub(crate) fn own(place: &Place, peers: PathBuf) -> Result<Tools, String> {
    let cargo_gpt = executable(
        Command::new(env!("CARGO"))
            .current_dir(&place.workspace)
            .args(["build", "--release", "-p", "gpt-codegen"])
            .args(["--features", "cli", "--bin", "cargo-gpt"]),
        "bin",
    )?;
    let folder = place.bench.join("build-script");
    let codegen = place.workspace.join("gpt-codegen");
    let manifest = format!(
        "{PACKAGE}\n[workspace]\n\n[build-dependencies]\ngpt-codegen = {{ path = {:?} }}\n",
        codegen.display().to_string()
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("build.rs"), BUILD_SCRIPT)?;
    write(&folder.join("src/lib.rs"), "")?;
    copy(&place.workspace.join("Cargo.lock"), &folder)?;
    let build_script = executable(
        Command::new(env!("CARGO"))
            .current_dir(&folder)
            .arg("build")
            .env("CARGO_TARGET_DIR", place.bench.join("target/build-script")),
        "custom-build",
    )?;
    Ok(Tools {
        peers,
        cargo_gpt,
        build_script,
    })
}

/// As people write it, but for the document: cargo itself runs it without one.
const BUILD_SCRIPT: &str = r#"
fn main() -> Result<(), gpt_codegen::Error> {
    match std::env::var_os("GPT_BENCH_DOCUMENT") {
        Some(document) => gpt_codegen::Config::new()
            .lenient(true)
            .derive_operation_ids(true)
            .compile(document),
        None => Ok(()),
    }
}
"#;

/// Installs the peers that are missing from the folder, each in its pinned version.
pub(crate) fn install(folder: &Path, competitors: &[Competitor]) -> Result<(), String> {
    for peer in competitors.iter().filter_map(|it| it.peer()) {
        let installed = fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
        let entry = format!("\"{} {} ", peer.package, peer.version);
        if installed.contains(&entry) && folder.join("bin").join(peer.package).exists() {
            continue;
        }
        eprintln!("installing {} {}", peer.package, peer.version);
        let status = Command::new(env!("CARGO"))
            .args(["install", "--locked", "--root"])
            .arg(folder)
            .arg(format!("{}@{}", peer.package, peer.version))
            .status()
            .map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("{} cannot be installed", peer.package));
        }
    }
    Ok(())
}

/// Copies a lock file into the folder of a crate, so that its dependencies stay as they are.
pub(crate) fn copy(lock: &Path, folder: &Path) -> Result<(), String> {
    write(&folder.join("Cargo.lock"), &read(lock)?)
}

/// Runs cargo and returns the file of the artifact of that kind: its last, since dependencies are
/// built before what depends on them.
fn executable(command: &mut Command, kind: &str) -> Result<PathBuf, String> {
    command.args(["--quiet", "--message-format", "json-render-diagnostics"]);
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifact = artifacts(&messages).rfind(|artifact| is_kind(artifact, kind));
    let files = artifact.as_ref().and_then(|it| it["filenames"].as_array());
    let file = files
        .and_then(|files| files.first())
        .and_then(Value::as_str);
    file.map(PathBuf::from)
        .ok_or_else(|| format!("cargo built no {kind}"))
}

/// What cargo says it made, in `--message-format json`.
pub(crate) fn artifacts(messages: &str) -> impl DoubleEndedIterator<Item = Value> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
}

/// Whether an artifact is a `bin`, a `lib`, a `custom-build` …
pub(crate) fn is_kind(artifact: &Value, kind: &str) -> bool {
    let kinds = artifact["target"]["kind"].as_array();
    kinds.is_some_and(|kinds| kinds.iter().any(|it| it == kind))
}
