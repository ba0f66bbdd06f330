//! The program of a project: built by cargo, found, and run.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::Value;

use crate::Failure;

/// How long a program may take to say what it is: it reads no setting for that and opens nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which program is meant, where there are several.
#[derive(Debug, Default, Args)]
pub(crate) struct Which {
    /// The package to build, where the workspace has several
    #[arg(short, long, value_name = "PACKAGE")]
    package: Option<String>,
    /// The program to build, where the package has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
}

/// A program that was built.
#[derive(Debug)]
pub(crate) struct Program {
    /// The name of its target.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The `Cargo.toml` of its package.
    pub(crate) manifest: PathBuf,
}

impl Which {
    /// Builds the project in the working directory and finds its program. What cargo says goes to
    /// the standard error.
    ///
    /// # Errors
    /// It does not build, or there is no program, or there are several.
    pub(crate) fn build(&self) -> Result<Program, Failure> {
        let mut build = cargo();
        build.args(["build", "--message-format=json-render-diagnostics"]);
        if let Some(package) = &self.package {
            build.args(["--package", package]);
        }
        if let Some(bin) = &self.bin {
            build.args(["--bin", bin]);
        }
        let output = build
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Err(Failure::Reported);
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let mut programs: Vec<Program> = messages.lines().filter_map(built).collect();
        match (programs.pop(), programs.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::Other(
                "there is no program here: name a package with `--package`".to_owned(),
            )),
            (Some(last), false) => {
                programs.push(last);
                let names: Vec<_> = programs.iter().map(|it| &*it.name).collect();
                Err(Failure::Arguments(format!(
                    "there are several programs, `{}`: choose one with `--package` or `--bin`",
                    names.join("`, `")
                )))
            }
        }
    }
}

/// The program that a message of cargo speaks of.
fn built(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = message.get("target")?;
    let is_program = message["reason"] == "compiler-artifact" && target["kind"][0] == "bin";
    let path = message["executable"].as_str().filter(|_| is_program)?;
    Some(Program {
        name: target["name"].as_str()?.to_owned(),
        path: path.into(),
        manifest: message["manifest_path"].as_str()?.into(),
    })
}

/// The cargo that runs this command, else the one that is found.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Sees to it that the working directory is that of a project, whether it builds or not.
///
/// # Errors
/// There is none, which cargo said.
pub(crate) fn find_project() -> Result<(), Failure> {
    let mut command = cargo();
    command.args(["locate-project", "--message-format=plain"]);
    let status = command.stdout(Stdio::null()).status();
    let status = status.map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Reported)
    }
}

impl Program {
    /// The program, to be run in the working directory with a command that it knows.
    pub(crate) fn command(&self, command: &str) -> Command {
        let mut program = Command::new(&self.path);
        program.env("GPT_COMMAND", command);
        program
    }

    /// What cargo knows of its package: name, version, authors and more.
    pub(crate) fn package(&self) -> Result<Value, Failure> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version=1"])
            .arg("--manifest-path")
            .arg(&self.manifest)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Err(Failure::Reported);
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cannot read what cargo says of the package: {error}"))?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let mut own = packages.filter(|it| {
            let manifest = it["manifest_path"].as_str();
            manifest.is_some_and(|it| Path::new(it) == self.manifest)
        });
        Ok(own.next().cloned().unwrap_or_default())
    }

    /// What its GPTs are, as `gpt_runtime::document` says.
    ///
    /// # Errors
    /// The program fails, does not say it in time, or says something else.
    pub(crate) fn definition(&self) -> Result<Value, Failure> {
        let mut program = self
            .command("definition")
            // A program that puts its server together by hand may listen and open its store first.
            .env("GPT_ADDR", "127.0.0.1:0")
            .env("GPT_STORE", "memory")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run `{}`: {error}", self.path.display()))?;
        let said = program.stdout.take();
        let reader = thread::spawn(move || said.map_or(Ok(None), last_line));
        let ended = wait(&mut program)?;
        if !ended {
            return Err(Failure::Other(format!(
                "`{}` does not say what it is: let it call `gpt_runtime::serve` or `Server::run`",
                self.name
            )));
        }
        let line = reader
            .join()
            .map_err(|_| "cannot read what the program says".to_owned())?
            .map_err(|error| format!("cannot read what `{}` says: {error}", self.name))?;
        line.and_then(|line| serde_json::from_str(&line).ok())
            .filter(Value::is_object)
            .ok_or_else(|| {
                Failure::Other(format!(
                    "`{}` ended without a word: let it call `gpt_runtime::serve` or `Server::run`",
                    self.name
                ))
            })
    }
}

/// Waits for the end of a program, but not for ever; whether it ended.
fn wait(program: &mut Child) -> Result<bool, Failure> {
    let failure = |error| Failure::Other(format!("cannot wait for the program: {error}"));
    let start = Instant::now();
    loop {
        match program.try_wait().map_err(failure)? {
            Some(status) if status.success() => return Ok(true),
            // It said why.
            Some(_) => return Err(Failure::Reported),
            None if start.elapsed() > PATIENCE => {
                program.kill().map_err(failure)?;
                program.wait().map_err(failure)?;
                return Ok(false);
            }
            None => thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// The last line that is not empty: a program may print others before.
fn last_line(output: impl Read) -> std::io::Result<Option<String>> {
    let mut last = None;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if !line.trim().is_empty() {
            last = Some(line);
        }
    }
    Ok(last)
}
