//! The program that is served, and the one that takes its place.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::{Failure, import::gather::Scratch, program::Program, running::Running};

/// Serves the last program that started.
pub(super) struct Server {
    running: Option<Running>,
    /// Where it listens: all programs after the first listen where that one did.
    address: Option<String>,
    /// Copies of the programs, so that building one does not touch the one that runs.
    copies: Scratch,
    count: usize,
    /// The program that was built last.
    built: Option<(Option<SystemTime>, u64)>,
    /// The copy that served last.
    served: Option<PathBuf>,
}

impl Server {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            running: None,
            address: None,
            copies: Scratch::new()?,
            count: 0,
            built: None,
            served: None,
        })
    }

    #[expect(clippy::unused_self, reason = "what is said is about the server")]
    pub(super) fn note(&self, text: &str) {
        eprintln!("dev: {text}");
    }

    /// Serves a program instead of the one before, at the same address. Where it does not start, the
    /// one before is served again.
    pub(super) fn replace(&mut self, program: &Program) -> Result<(), Failure> {
        let about = fs::metadata(&program.path)
            .map_err(|error| format!("cannot find `{}`: {error}", program.path.display()))?;
        let about = (about.modified().ok(), about.len());
        if self.running.is_some() && self.built == Some(about) {
            return Ok(());
        }
        self.built = Some(about);
        self.count += 1;
        let folder = self.copies.0.join(self.count.to_string());
        let copy = folder.join(program.path.file_name().unwrap_or_default());
        fs::create_dir_all(&folder)
            .and_then(|()| fs::copy(&program.path, &copy))
            .map_err(|error| format!("cannot copy `{}`: {error}", program.path.display()))?;
        // Its port and its store are needed.
        self.running = None;
        match self.start(&copy) {
            Ok(()) => {
                let before = self.served.replace(copy);
                remove(before.as_deref());
                Ok(())
            }
            Err(failure) => {
                remove(Some(&copy));
                if let Failure::Other(message) = &failure {
                    eprintln!("error: {message}");
                }
                if let Some(before) = self.served.clone() {
                    self.note("the new program does not start: the one before is served on");
                    self.start(&before)
                } else {
                    self.note("the program does not start: waiting for a change");
                    Ok(())
                }
            }
        }
    }

    fn start(&mut self, path: &Path) -> Result<(), Failure> {
        let mut program = Command::new(path);
        program.env("GPT_COMMAND", "serve").env("GPT_RELOAD", "1");
        if let Some(address) = &self.address {
            program.env("GPT_ADDR", address);
        }
        if env::var_os("GPT_SHUTDOWN_GRACE").is_none() {
            program.env("GPT_SHUTDOWN_GRACE", "1");
        }
        let running = Running::start(program, |line| println!("{line}"))?;
        let address = running.origin.strip_prefix("http://");
        self.address = address.map(str::to_owned);
        self.running = Some(running);
        Ok(())
    }

    /// Says so where the program ended by itself.
    pub(super) fn look(&mut self) -> Result<(), Failure> {
        if let Some(running) = &self.running
            && running.process().ended()?.is_some()
        {
            self.note("the program ended: waiting for a change");
            self.running = None;
        }
        Ok(())
    }
}

/// Removes the copy of a program that is not served any more.
fn remove(copy: Option<&Path>) {
    if let Some(folder) = copy.and_then(Path::parent) {
        // The folder around it is removed in the end.
        let _ = fs::remove_dir_all(folder);
    }
}
