//! A copy of an example, in a workspace of its own with the crates of this repository, so that a
//! report on it is what a user would see.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A copy of an example.
pub(crate) struct Example {
    /// The folder of its workspace.
    pub(crate) directory: PathBuf,
    name: &'static str,
    /// A build directory that has the dependencies already, if any has.
    target: PathBuf,
}

impl Example {
    /// Copies an example into a new folder inside `place`.
    pub(crate) fn copy(name: &'static str, place: &Path, target: &Path) -> io::Result<Self> {
        let directory = place.join(format!("broken-{name}"));
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        copy(&original(name), &directory.join(name))?;
        fs::write(directory.join("Cargo.toml"), workspace(name)?)?;
        fs::copy(root().join("Cargo.lock"), directory.join("Cargo.lock"))?;
        Ok(Self {
            directory,
            name,
            target: target.to_owned(),
        })
    }

    /// The folder of the package.
    pub(crate) fn package(&self) -> PathBuf {
        self.directory.join(self.name)
    }

    /// Puts a file back as it was.
    pub(crate) fn restore(&self, file: &str) -> io::Result<()> {
        fs::copy(original(self.name).join(file), self.package().join(file))?;
        Ok(())
    }

    /// What cargo says of the copy as it is.
    pub(crate) fn cargo(&self, command: &str) -> io::Result<Output> {
        Command::new(env!("CARGO"))
            .args([command, "--offline", "--color=never"])
            .arg("--manifest-path")
            .arg(self.package().join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&self.target)
            // With it cargo adds advice about backtraces.
            .env_remove("RUST_BACKTRACE")
            .output()
    }
}

/// The folder of an example.
pub(crate) fn original(name: &str) -> PathBuf {
    root().join("examples").join(name)
}

/// The folder of this repository.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().find(|it| it.join("Cargo.lock").exists());
    root.unwrap_or(own).to_owned()
}

/// The manifest of this workspace, for the copy alone and with absolute paths.
fn workspace(name: &str) -> io::Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let mut lines = Vec::new();
    for line in manifest.lines() {
        if line.starts_with("members = ") {
            lines.push(format!("members = [\"{name}\"]"));
        } else if !line.starts_with("default-members = ") {
            lines.push(line.replace("path = \"", &format!("path = \"{}/", root().display())));
        }
    }
    Ok(lines.join("\n"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let destination = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &destination)?;
        } else {
            fs::copy(entry.path(), destination)?;
        }
    }
    Ok(())
}
