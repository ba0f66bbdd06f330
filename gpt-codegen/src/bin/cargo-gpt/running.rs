//! A program that serves, and what is asked of it over HTTP on this machine.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;
use ureq::{Agent, Body, http::Response};

use crate::Failure;

/// How long a program may take to listen: it may open a database on another machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a program may take to end when it is asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// A program that serves, until this is dropped.
pub(crate) struct Running {
    process: Process,
    /// Where it listens.
    pub(crate) origin: String,
}

impl Running {
    /// Starts a program and waits until it listens. Each line that it prints goes to `tell`.
    ///
    /// # Errors
    /// It ends before, which it said why, or takes too long.
    pub(crate) fn start(
        mut program: Command,
        tell: impl Fn(&str) + Send + 'static,
    ) -> Result<Self, Failure> {
        let name = program.get_program().to_string_lossy().into_owned();
        let mut child = program
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run `{name}`: {error}"))?;
        let output = child.stdout.take();
        let mut running = Self {
            process: Process(Arc::new(Mutex::new(child))),
            origin: String::new(),
        };
        let output = output.ok_or_else(|| format!("cannot read what `{name}` says"))?;
        let listening = read(output, tell);
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(origin) = listening.recv_timeout(Duration::from_millis(50)) {
                running.origin = origin;
                return Ok(running);
            }
            if running.process.ended()?.is_some() {
                return Err(Failure::Reported);
            }
        }
        Err(Failure::Other(format!(
            "`{name}` does not say where it listens: let it call `gpt_runtime::serve`, `serve_all` or \
             `Server::run`"
        )))
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.end();
    }
}

/// The process of a program.
#[derive(Clone)]
pub(crate) struct Process(Arc<Mutex<Child>>);

impl Process {
    /// How it ended, if it has.
    pub(crate) fn ended(&self) -> Result<Option<ExitStatus>, Failure> {
        let status = self.with(Child::try_wait);
        status.map_err(|error| Failure::Other(format!("cannot wait for the program: {error}")))
    }

    /// Asks it to end, and sees to it that it does.
    pub(crate) fn end(&self) {
        self.with(|it| ask_to_end(it));
        let start = Instant::now();
        while start.elapsed() < FAREWELL {
            match self.with(Child::try_wait) {
                Ok(Some(_)) => return,
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Err(_) => break,
            }
        }
        // It may have ended just now, which is as well.
        let _ = self.with(Child::kill);
        let _ = self.with(Child::wait);
    }

    fn with<T>(&self, what: impl FnOnce(&mut Child) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Asks a program to end, where there is a way.
fn ask_to_end(child: &Child) {
    if cfg!(unix) {
        let id = child.id().to_string();
        // Where there is no such command the program is ended without being asked.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
    }
}

/// Passes on what a program prints, and where it listens once it says so.
fn read(
    output: impl Read + Send + 'static,
    tell: impl Fn(&str) + Send + 'static,
) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { break };
            if let Some((_, origin)) = line.rsplit_once(" listening on ") {
                // Nobody waits for it a second time.
                let _ = sender.send(origin.trim().to_owned());
            }
            tell(&line);
        }
    });
    receiver
}

/// A client of a running program, as its owner.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: String,
}

impl Client {
    /// A client of the GPT below `base`, whose owner has `token`.
    pub(crate) fn new(base: String, token: String) -> Self {
        let agent = Agent::config_builder()
            // No proxy knows this machine.
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { agent, base, token }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address at which a browser, as the owner, signs in where `path` says.
    pub(crate) fn sign_in_url(&self, path: &str) -> String {
        let (_, place) = path.rsplit_once("/sign-in/").unwrap_or_default();
        self.url(&format!("/?token={}&sign_in={place}", self.token))
    }

    /// Sends JSON, and reads what is answered while it arrives.
    pub(crate) fn post(
        &self,
        path: &str,
        body: &Value,
        accept: &str,
    ) -> Result<Response<Body>, Failure> {
        let answer = self
            .agent
            .post(self.url(path))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Accept", accept)
            .header("Content-Type", "application/json")
            .send(body.to_string())
            .map_err(|error| format!("cannot reach the program: {error}"))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let said = text(answer)?;
        let problem: Value = serde_json::from_str(&said).unwrap_or_default();
        let detail = problem["detail"].as_str();
        Err(Failure::Other(match detail {
            Some(detail) => detail.to_owned(),
            None => format!("the program says {status}"),
        }))
    }

    /// Sends JSON, and reads the JSON that is answered.
    pub(crate) fn json(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let answer = text(self.post(path, body, "application/json")?)?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        let answer = serde_json::from_str(&answer);
        answer
            .map_err(|error| Failure::Other(format!("cannot read what the program says: {error}")))
    }
}

/// The whole body of an answer.
fn text(answer: Response<Body>) -> Result<String, Failure> {
    /// Programs of one's own, whose answers models read.
    const MAX_BYTES: u64 = 64 * 1024 * 1024;
    let text = answer
        .into_body()
        .into_with_config()
        .limit(MAX_BYTES)
        .read_to_string();
    text.map_err(|error| Failure::Other(format!("cannot read what the program says: {error}")))
}

/// A token that nobody guesses.
pub(crate) fn token() -> Result<String, Failure> {
    let mut bytes = [0; 24];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Failure::Other("the system has no random numbers".to_owned()))?;
    let mut token = String::new();
    for byte in bytes {
        let _ = write!(token, "{byte:02x}");
    }
    Ok(token)
}
