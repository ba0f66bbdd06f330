//! One generated crate and what compiling it takes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::{
    competitor::Competitor,
    measure::{Outcome, measure},
    place::{Place, files, read, write},
    tools::{artifacts, is_kind},
};

/// What cargo is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Check,
    Debug,
    Release,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Debug, Self::Release];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Debug => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

/// A crate in a folder of its own. Crates of one competitor share the folder they are built into,
/// and so their dependencies; those that depend on our runtime share one too.
pub(crate) struct Krate {
    pub(crate) folder: PathBuf,
    target: PathBuf,
    /// The versions of its dependencies.
    lock: PathBuf,
    /// Whether the versions are those that the first crate of the competitor was given, rather than
    /// those of the workspace.
    keeps_lock: bool,
    scratch: PathBuf,
    /// What was built of the crate itself.
    built: Vec<PathBuf>,
}

impl Krate {
    pub(crate) fn new(place: &Place, competitor: Competitor, folder: PathBuf) -> Self {
        let name = competitor.folder();
        let keeps_lock = competitor.peer().is_some();
        Self {
            folder,
            target: place
                .bench
                .join("target")
                .join(if keeps_lock { &name } else { "own" }),
            lock: if keeps_lock {
                place.bench.join("locks").join(format!("{name}.lock"))
            } else {
                place.workspace.join("Cargo.lock")
            },
            keeps_lock,
            scratch: place.bench.clone(),
            built: Vec::new(),
        }
    }

    /// Builds the dependencies, with an empty library in the place of the generated one.
    pub(crate) fn prepare(&self, steps: &[Step]) -> Result<(), String> {
        if let Ok(lock) = fs::read_to_string(&self.lock) {
            write(&self.folder.join("Cargo.lock"), &lock)?;
        }
        let library = self.library();
        let text = read(&library)?;
        write(&library, "")?;
        let prepared = steps.iter().try_for_each(|step| {
            let outcome = measure(&self.cargo(*step), u64::from(u32::MAX), &self.scratch)?;
            outcome.success().map(|_| ())
        });
        write(&library, &text)?;
        prepared?;
        if self.keeps_lock {
            write(&self.lock, &read(&self.folder.join("Cargo.lock"))?)?;
        }
        Ok(())
    }

    /// Compiles the crate anew, and nothing else. Also returns the size of the library in bytes.
    pub(crate) fn compile(
        &mut self,
        step: Step,
        limit: u64,
    ) -> Result<(Outcome, Option<u64>), String> {
        let library = self.library();
        File::options()
            .append(true)
            .open(&library)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .map_err(|error| format!("{}: {error}", library.display()))?;
        let outcome = measure(&self.cargo(step), limit, &self.scratch)?;
        let manifest = self.folder.join("Cargo.toml");
        let mut size = None;
        for artifact in artifacts(&outcome.stdout) {
            let fresh = artifact["fresh"] == true;
            if artifact["manifest_path"].as_str().map(Path::new) != Some(&manifest) {
                if !fresh {
                    let name = &artifact["target"]["name"];
                    return Err(format!("the dependency {name} was built anew"));
                }
                continue;
            }
            if fresh {
                return Err(format!("{} was not built anew", self.folder.display()));
            }
            let made = artifact["filenames"].as_array().into_iter().flatten();
            for file in made.filter_map(|it| it.as_str()).map(PathBuf::from) {
                if is_kind(&artifact, "lib") && file.extension().is_some_and(|it| it == "rlib") {
                    size = fs::metadata(&file).ok().map(|it| it.len());
                }
                if !self.built.contains(&file) {
                    self.built.push(file);
                }
            }
        }
        Ok((outcome, size))
    }

    /// The bytes and lines of the source.
    pub(crate) fn source(&self) -> (u64, usize) {
        let mut size = (0, 0);
        for file in files(&self.folder.join("src"), "rs") {
            let text = fs::read_to_string(file).unwrap_or_default();
            size.0 += text.len() as u64;
            size.1 += text.lines().count();
        }
        size
    }

    /// Removes what was built of the crate; of a large one that is much.
    pub(crate) fn clean(&self) {
        for file in &self.built {
            // The library stands beside its metadata too, under the same name.
            for extension in ["rlib", "rmeta", "d"] {
                let _ = fs::remove_file(file.with_extension(extension));
            }
        }
    }

    fn library(&self) -> PathBuf {
        self.folder.join("src/lib.rs")
    }

    fn cargo(&self, step: Step) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .current_dir(&self.folder)
            .args(step.arguments())
            .args(["--quiet", "--lib"])
            .args(["--message-format", "json-render-diagnostics"])
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }
}
