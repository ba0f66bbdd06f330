//! Crates around generated modules, and what cargo says of them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    arguments::{output, workspace},
    generate::Module,
    watch::{self, Limits, Run},
};

const LIMITS: Limits = Limits {
    seconds: 1200,
    mebibytes: 16_384,
};

const STRICT: &str = "#![deny(warnings)]\n#![forbid(unsafe_code)]\n#![no_implicit_prelude]\n";

/// Checks a module as a library that denies every warning.
pub(crate) fn check(name: &str, module: &Module) -> Result<Run, String> {
    let code = fs::read_to_string(&module.file).map_err(|it| it.to_string())?;
    let folder = package("check", name)?;
    write(&folder.join("src/module.rs"), &code)?;
    // What is measured again must be compiled again: this is written whether it changed or not.
    fs::write(
        folder.join("src/lib.rs"),
        format!("{STRICT}pub mod module;\n"),
    )
    .map_err(|it| it.to_string())?;
    cargo(&folder, &["check", "--quiet", "--offline", "--lib"])
}

/// A program of a module and a text behind it, which is a part of the module.
pub(crate) fn program(name: &str, module: &Module, tables: &str) -> Result<PathBuf, String> {
    let folder = package("program", name)?;
    let file = module.file.display();
    let main = format!(
        "#[allow(warnings)]\nmod module {{\n    include!({file:?});\n{tables}}}\n\n\
         fn main() -> Result<(), String> {{\n    \
         gpt_proof_driver::run(&module::API, module::CALLERS, module::READERS)\n}}\n",
        file = file.to_string(),
    );
    write(&folder.join("src/main.rs"), &main)?;
    let run = cargo(&folder, &["build", "--quiet", "--offline", "--bins"])?;
    if !run.success {
        return Err(run.stderr);
    }
    Ok(target().join("debug").join(format!("proof-{name}")))
}

fn package(kind: &str, name: &str) -> Result<PathBuf, String> {
    let folder = output().join(kind).join(name);
    fs::create_dir_all(folder.join("src")).map_err(|it| it.to_string())?;
    let root = workspace();
    let prefix = if kind == "check" { "check" } else { "proof" };
    let manifest = format!(
        "[package]\nname = \"{prefix}-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n\
         gpt-runtime = {{ path = \"{}\" }}\ngpt-proof-driver = {{ path = \"{}\" }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
        root.join("gpt-runtime").display(),
        root.join("tests/proof/driver").display(),
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    // The same versions as everywhere, and none from the network.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(|it| it.to_string())?;
    Ok(folder)
}

/// One for all, so that the runtime is built once.
fn target() -> PathBuf {
    output().join("target")
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    // Cargo looks at times: what has not changed must not be touched.
    if fs::read_to_string(file).is_ok_and(|it| it == text) {
        return Ok(());
    }
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<Run, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS");
    watch::run(&mut command, "", LIMITS)
}
