//! The command `cargo gpt`, built once for all tests of a suite.
#![allow(dead_code, reason = "each suite uses some of it")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

/// Runs it as cargo does, in a folder.
pub(crate) fn cargo_gpt_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program())
        .arg("gpt")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The path of its program.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(build);
    &PROGRAM
}

fn build() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "-p", "gpt-codegen"])
        .args(["--features", "cli", "--bin", "cargo-gpt"])
        .args(["--message-format", "json"])
        .current_dir(root())
        .output()
        .unwrap();
    let messages = text(output.stdout);
    let messages = messages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let built = messages
        .filter_map(|it| it["executable"].as_str().map(PathBuf::from))
        .next_back();
    built.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The build directory of the tests, which has all dependencies already.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
