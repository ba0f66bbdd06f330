//! Runs Python that a model wrote, in a sandbox.

mod files;
mod memory;
mod sandbox;

use std::{
    fmt::{self, Write as _},
    path::Path,
    process::Stdio,
    time::Duration,
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    sync::Semaphore,
};

use super::{Answer, Context, MadeFile, Output, Tool};
use crate::{error::Error, store::StoreError};
use sandbox::Sandbox;

/// The longest the code may run, in seconds, unless set, and the time a processor may spend on each
/// process.
const SECONDS: u64 = 45;
/// Time for the sandbox itself, to begin and to hand out files.
const AROUND: u64 = 15;
/// The most bytes of the address space of each process.
const MEMORY: u64 = 1 << 30;
/// The most bytes that all processes may take together.
const MEMORY_TOGETHER: u64 = 2 << 30;
/// The most processes and threads at once.
const PROCESSES: u64 = 16;
/// The most bytes of a file.
const FILE: u64 = 20 << 20;
/// The most files that come out of a call.
const FILES: usize = 10;
/// The most bytes of all files that go in, or come out.
const FILES_SIZE: u64 = 40 << 20;
/// The most bytes of what the code prints that are kept.
const OUTPUT: u64 = 50_000;
/// The most bytes of the line before the files: what was printed, as JSON writes it.
const MAX_HEAD: u64 = OUTPUT * 6 + 100_000;
/// How many sandboxes may run at once; others wait.
const AT_ONCE: usize = 4;

/// Runs Python in a sandbox of Linux: the tool `python`.
///
/// Each call is a process of its own in namespaces of its own, made by
/// [bubblewrap](https://github.com/containers/bubblewrap): it has no network, sees `/usr` and nothing
/// else of this machine, nothing of the environment and no other process, and may write into two
/// folders in memory, which end with it. Time, memory, processes, files and output are bounded. What it leaves in its working folder comes to the conversation as files, and the files
/// of the conversation are in that folder when the next call begins.
pub struct Python {
    sandbox: Sandbox,
    at_once: Semaphore,
    seconds: u64,
}

impl Python {
    /// Runs code with the interpreter at this path, such as `/usr/bin/python3`. One outside `/usr`
    /// is seen from inside with the folder around its `bin`, as a virtual environment has it.
    ///
    /// Runs a line of code to see that all of it works, which takes some milliseconds.
    ///
    /// # Errors
    /// This is not Linux, bubblewrap or the interpreter is missing, or the system lets nobody make
    /// namespaces.
    pub fn new(interpreter: impl AsRef<Path>) -> Result<Self, Error> {
        let sandbox = Sandbox::new(interpreter.as_ref())?;
        let python = Self {
            sandbox,
            at_once: Semaphore::new(AT_ONCE),
            seconds: SECONDS,
        };
        python
            .sandbox
            .try_out(&task("print(6 * 7)", &[], SECONDS))?;
        Ok(python)
    }

    /// Stops code that runs longer than this, 45 seconds by default; in whole seconds, at least one.
    #[must_use]
    pub fn run_limit(mut self, limit: Duration) -> Self {
        self.seconds = limit.as_secs().max(1);
        self
    }

    async fn run(&self, code: &str, context: Context<'_>) -> Result<Output, StoreError> {
        let given = files::given(context, FILES_SIZE).await?;
        let mut input = task(code, &given, self.seconds);
        for (_, content) in given {
            input.extend_from_slice(&content);
        }
        // It is never closed; were it, nothing would wait.
        let _permit = self.at_once.acquire().await;
        let mut command = Command::from(self.sandbox.command());
        let running = exchange(command.stderr(Stdio::null()), input, self.seconds).await;
        let broken = || {
            Output::error(
                "The sandbox broke off without a result: the code may have ended its own processes.",
            )
        };
        Ok(match running {
            Ok(End::Answer(answer)) => read(&answer).unwrap_or_else(broken),
            Ok(End::Memory) => {
                Output::error("stopped: its processes took more than 2 GiB of memory together")
            }
            Err(_) => broken(),
        })
    }
}

impl Tool for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn description(&self) -> &'static str {
        "Runs Python code in a sandbox and returns what it prints. Each call is a new process: \
         variables do not outlive it, print what you want to see. Files of this conversation are in \
         the working folder under their names; what the code writes there comes back as files that \
         the person sees, and is there again in the next call. Plots of matplotlib come back as \
         PNG. There is no network and nothing can be installed. Time and memory are short."
    }

    fn parameters(&self) -> Value {
        serde_json::json!({
            "type": "object",
            "properties": {
                "code": { "type": "string", "description": "A whole Python program.", "minLength": 1 }
            },
            "required": ["code"],
            "additionalProperties": false
        })
    }

    fn time_limit(&self) -> Duration {
        // A call may wait for one that was there before it.
        Duration::from_secs((self.seconds + AROUND) * 2)
    }

    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a> {
        Box::pin(async move {
            let code = arguments.get("code").and_then(Value::as_str);
            match self.run(code.unwrap_or_default(), context).await {
                Ok(output) => output,
                Err(error) => Output::error(format!("Nothing was run: {error}.")),
            }
        })
    }
}

impl fmt::Debug for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Python").field(&self.sandbox).finish()
    }
}

/// What `runner.py` reads first.
#[derive(Serialize)]
struct Task<'a> {
    code: &'a str,
    files: Vec<(&'a str, usize)>,
    limits: Limits,
}

#[derive(Serialize)]
struct Limits {
    memory: u64,
    seconds: u64,
    processes: u64,
    file: u64,
    files: usize,
    files_size: u64,
    output: u64,
}

/// What `runner.py` writes first.
#[derive(Deserialize)]
struct Head {
    text: String,
    is_error: bool,
    files: Vec<(String, usize)>,
    left_out: Vec<String>,
}

fn task(code: &str, given: &[(String, Bytes)], seconds: u64) -> Vec<u8> {
    let files = given.iter().map(|(name, it)| (name.as_str(), it.len()));
    let task = Task {
        code,
        files: files.collect(),
        limits: Limits {
            memory: MEMORY,
            seconds,
            processes: PROCESSES,
            file: FILE,
            files: FILES,
            files_size: FILES_SIZE,
            output: OUTPUT,
        },
    };
    let mut line = serde_json::json!(task).to_string().into_bytes();
    line.push(b'\n');
    line
}

/// How a sandbox ended.
enum End {
    /// With what it wrote, as far as it may.
    Answer(Vec<u8>),
    /// It took too much memory.
    Memory,
}

/// Runs a command with this input.
async fn exchange(command: &mut Command, input: Vec<u8>, seconds: u64) -> std::io::Result<End> {
    let mut child = command.kill_on_drop(true).spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async move {
        if let Some(mut stdin) = stdin {
            // It fails where the other side has ended, which its answer shows.
            let _ = stdin.write_all(&input).await;
        }
    };
    let mut answer = Vec::new();
    let read = async {
        match stdout {
            Some(stdout) => {
                let most = MAX_HEAD + FILES_SIZE;
                stdout.take(most).read_to_end(&mut answer).await
            }
            None => Ok(0),
        }
    };
    let limit = Duration::from_secs(seconds + AROUND);
    let both = async { tokio::join!(write, read).1 };
    let too_much = memory::exceeds(child.id().unwrap_or_default(), MEMORY_TOGETHER);
    let is_read = tokio::select! {
        count = tokio::time::timeout(limit, both) => {
            count.map_err(std::io::Error::from).and_then(|it| it).map(|_| true)
        }
        () = too_much => Ok(false),
    };
    // Whatever still runs does so without a reader.
    child.kill().await?;
    Ok(if is_read? {
        End::Answer(answer)
    } else {
        End::Memory
    })
}

/// What came out of the sandbox; `None` where it is not what `runner.py` writes. Code can write there
/// too, so that nothing of it is believed.
fn read(answer: &[u8]) -> Option<Output> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (head, mut rest) = (answer.get(..end)?, answer.get(end + 1..)?);
    let head: Head = serde_json::from_slice(head).ok()?;
    let mut text = head.text;
    let mut made = Vec::new();
    for (name, size) in head.files.into_iter().take(FILES) {
        let (content, after) = rest.split_at_checked(size)?;
        rest = after;
        let name = files::harmless(&name);
        made.push(MadeFile {
            media_type: crate::file::media_type("", &name),
            name,
            content: Bytes::copy_from_slice(content),
        });
    }
    if text.is_empty() && made.is_empty() {
        text.push_str("[the code printed nothing]");
    }
    for file in &made {
        let (name, kind, size) = (&file.name, &file.media_type, file.content.len());
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n[file: {name}, {kind}, {size} bytes]");
    }
    for name in head.left_out.iter().take(FILES) {
        let name = files::harmless(name);
        let _ = write!(text, "\n[left out: {name}, too large, too many or no file]");
    }
    Some(Output {
        text,
        is_error: head.is_error,
        files: made,
        citations: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_comes_out_is_not_believed() {
        let answer = b"{\"text\":\"\",\"is_error\":false,\"left_out\":[\"../b\"],\
                       \"files\":[[\"../../etc/cron.d/x.png\",3]]}\nabcdef";
        let output = read(answer).unwrap();
        assert_eq!(output.files[0].name, "etc_cron.d_x.png");
        assert_eq!(output.files[0].media_type, "image/png");
        assert_eq!(&output.files[0].content[..], b"abc");
        assert!(output.text.contains("[left out: b,"), "{}", output.text);
        for wrong in [
            "",
            "\n",
            "hello\n",
            "{}\n",
            "{\"text\":\"\",\"is_error\":false,\"left_out\":[],\"files\":[[\"a\",4]]}\nabc",
            "{\"text\":\"\",\"is_error\":false,\"left_out\":[],\"files\":[[\"a\",-1]]}\nabc",
        ] {
            assert_eq!(read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
