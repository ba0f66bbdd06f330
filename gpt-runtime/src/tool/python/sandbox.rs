//! The sandbox: a process with namespaces of its own, made by bubblewrap.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::error::Error;

/// What runs inside, before and after the code.
const RUNNER: &str = include_str!("runner.py");
/// The bytes of the working folder and of `/tmp`, which are in memory.
const WORK_SIZE: &str = "67108864";
const TMP_SIZE: &str = "33554432";
/// The user that nobody is. Root's processes are not counted against their limit, so that a server
/// that runs as root starts the sandbox as this one.
const NOBODY: u32 = 65534;

/// How to start code.
#[derive(Debug)]
pub(super) struct Sandbox {
    bubblewrap: PathBuf,
    interpreter: PathBuf,
    arguments: Vec<OsString>,
    is_root: bool,
}

impl Sandbox {
    pub(super) fn new(interpreter: &Path) -> Result<Self, Error> {
        if !cfg!(target_os = "linux") {
            return Err(unavailable(
                "the sandbox needs Linux: take a model whose provider brings `code_interpreter`",
            ));
        }
        let bubblewrap = find("bwrap").ok_or_else(|| {
            unavailable("the sandbox needs bubblewrap: install it with `apt install bubblewrap`")
        })?;
        if !interpreter.is_absolute() || !interpreter.exists() {
            return Err(unavailable(&format!(
                "there is no Python at `{}`: install it with `apt install python3 \
                 python3-matplotlib`, or write the whole path of one to GPT_PYTHON",
                interpreter.display()
            )));
        }
        Ok(Self {
            bubblewrap,
            interpreter: interpreter.to_owned(),
            arguments: arguments(interpreter),
            is_root: is_root(),
        })
    }

    /// A command that waits for a task on its input. Nothing of our environment goes along: it would
    /// stand in `/proc/1/environ` of the sandbox.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.bubblewrap);
        command
            .args(&self.arguments)
            .arg("--")
            .arg(&self.interpreter)
            .args(["-I", "-B", "-c", RUNNER])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.is_root {
            become_nobody(&mut command);
        }
        command
    }

    /// Runs a task that prints 42, to say at the start what does not work.
    pub(super) fn try_out(&self, task: &[u8]) -> Result<(), Error> {
        let said = self.answer(task).map_err(|error| {
            unavailable(&format!(
                "the sandbox does not start: {error}; a server that runs as root must be able to \
                 become the user {NOBODY}"
            ))
        })?;
        match said {
            Ok(()) => Ok(()),
            Err(said) => Err(unavailable(&format!(
                "the sandbox does not start: {said}; user namespaces may be off: on Debian and \
                 Ubuntu `sysctl kernel.unprivileged_userns_clone=1 \
                 kernel.apparmor_restrict_unprivileged_userns=0` allows them, in a container \
                 `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`"
            ))),
        }
    }

    /// Whether 42 came out, and what was said instead.
    fn answer(&self, task: &[u8]) -> io::Result<Result<(), String>> {
        let mut child = self.command().spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // It fails where the sandbox does not start, which its words explain.
            let _ = stdin.write_all(task);
        }
        let output = child.wait_with_output()?;
        let answer = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && answer.contains(r#""text": "42\n""#) {
            return Ok(Ok(()));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().lines().last().unwrap_or("it said nothing");
        Ok(Err(said.chars().take(300).collect()))
    }
}

/// The arguments of bubblewrap, up to the program.
fn arguments(interpreter: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [
        // Network, processes, IPC, users and the rest: all its own, and no way to make more.
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "--cap-drop",
        "ALL",
        "--new-session",
        "--die-with-parent",
        "--hostname",
        "sandbox",
        "--ro-bind",
        "/usr",
        "/usr",
    ]
    .map(OsString::from)
    .to_vec();
    let mut add = |words: &[&OsStr]| arguments.extend(words.iter().map(Into::into));
    for folder in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] {
        match fs::read_link(folder) {
            Ok(target) => add(&["--symlink".as_ref(), target.as_ref(), folder.as_ref()]),
            Err(_) => add(&["--ro-bind-try".as_ref(), folder.as_ref(), folder.as_ref()]),
        }
    }
    // What programs need to find their libraries and fonts; nobody's names or secrets.
    for path in [
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/matplotlibrc",
    ] {
        add(&["--ro-bind-try".as_ref(), path.as_ref(), path.as_ref()]);
    }
    for folder in around(interpreter) {
        add(&["--ro-bind".as_ref(), folder.as_ref(), folder.as_ref()]);
    }
    for word in [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        WORK_SIZE,
        "--tmpfs",
        "/work",
        "--size",
        TMP_SIZE,
        "--tmpfs",
        "/tmp",
        // They are in memory too, and have no size of their own.
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        "/work",
        "--clearenv",
    ] {
        add(&[word.as_ref()]);
    }
    for (name, value) in [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/work"),
        ("LANG", "C.UTF-8"),
        ("MPLCONFIGDIR", "/tmp"),
        // A thread for each processor would be more than the sandbox may have.
        ("OPENBLAS_NUM_THREADS", "1"),
        ("OMP_NUM_THREADS", "1"),
        ("MKL_NUM_THREADS", "1"),
    ] {
        add(&["--setenv".as_ref(), name.as_ref(), value.as_ref()]);
    }
    arguments
}

/// The folders outside `/usr` that an interpreter needs: of its virtual environment, and of the
/// installation that this one is made of.
fn around(interpreter: &Path) -> Vec<PathBuf> {
    let real = fs::canonicalize(interpreter).unwrap_or_else(|_| interpreter.to_owned());
    let mut folders = Vec::new();
    for path in [interpreter, &real] {
        let folder = path.parent().and_then(Path::parent);
        let folder = folder.filter(|it| it.parent().is_some() && !it.starts_with("/usr"));
        if let Some(folder) = folder.filter(|it| !folders.iter().any(|other| other == it)) {
            folders.push(folder.to_owned());
        }
    }
    folders
}

/// A program on the path.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(program));
    places.find(|place| place.is_absolute() && place.is_file())
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

#[cfg(unix)]
fn become_nobody(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.uid(NOBODY).gid(NOBODY);
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(not(unix))]
fn become_nobody(_: &mut Command) {}

fn unavailable(message: &str) -> Error {
    Error::Setting {
        name: "code_interpreter".to_owned(),
        message: message.to_owned(),
    }
}
