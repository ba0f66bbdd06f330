//! Python in the sandbox: what it can do, and what it cannot.
//!
//! Without bubblewrap, or where the system lets nobody make namespaces, the tests say so and pass,
//! unless `GPT_TEST_SANDBOX=required`. `GPT_PYTHON` names another interpreter; one with matplotlib is
//! needed.

mod tooling;

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::{Duration, Instant},
};

use gpt_runtime::{conversation::Event, error::Error, gpt::BuiltInTool, service::Service};
use gpt_runtime::{model::script::Script, tool::python::Python};
use serde_json::json;
use tooling::{Desk, Outcome, Stage};

fn python() -> Option<Python> {
    let interpreter = std::env::var("GPT_PYTHON").unwrap_or("/usr/bin/python3".to_owned());
    match Python::new(interpreter) {
        Ok(python) => Some(python),
        Err(error) => {
            let is_required = std::env::var("GPT_TEST_SANDBOX").is_ok_and(|it| it == "required");
            assert!(!is_required, "{error}");
            println!("skipped: {error}");
            None
        }
    }
}

/// A stage on which these programs run one after the other.
async fn stage<const N: usize>(programs: [&str; N]) -> Option<Stage> {
    let python = python()?;
    let calls = programs.map(|code| ("python", json!({ "code": code })));
    Some(Stage::new(calls, |it| it.tool(python)).await)
}

/// Runs one program.
async fn run(program: &str) -> Option<Outcome> {
    Some(stage([program]).await?.next().await)
}

/// Runs a program that prints one line for each thing it was refused.
async fn refused(program: &str, expected: &str) {
    if let Some(outcome) = run(program).await {
        assert_eq!(outcome.text, expected);
    }
}

/// What each attempt of a program needs to say how it ended.
const ATTEMPT: &str = r"
def attempt(name, action):
    try:
        print(name, 'worked', repr(action())[:200])
    except BaseException as error:
        print(name, type(error).__name__)
";

#[tokio::test]
async fn results_are_those_of_python() {
    let Some(outcome) = run("import statistics\nprint(statistics.mean([1, 2, 6]))\n3").await else {
        return;
    };
    assert_eq!((outcome.text.as_str(), outcome.is_error), ("3\n", false));
    let failed = run("print('before')\nraise ValueError('no')")
        .await
        .unwrap();
    assert!(failed.is_error);
    assert_eq!(
        failed.text,
        "before\nTraceback (most recent call last):\n  File \"main.py\", line 2, in <module>\n\
         ValueError: no\n"
    );
    let silent = run("import sys; sys.exit(3)").await.unwrap();
    assert_eq!(silent.text, "[the code printed nothing]");
    assert!(silent.is_error);
}

#[tokio::test]
async fn plots_come_out_as_images() {
    let plot = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\n\
                plt.bar(['a', 'b'], [1, 2])\nplt.savefig('bars.png')";
    let Some(stage) = stage([plot]).await else {
        return;
    };
    let outcome = stage.next().await;
    assert!(!outcome.is_error, "{}", outcome.text);
    let names: Vec<_> = outcome.files.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["bars.png", "figure-1.png"], "{}", outcome.text);
    for file in &outcome.files {
        assert_eq!(file.media_type, "image/png");
        let content = stage.content(file).await;
        assert!(content.starts_with(b"\x89PNG\r\n"), "{content:?}");
        let is_told = |event: &Event| matches!(event, Event::FileAdded { file: added, call_id: Some(_) } if added == file);
        assert!(outcome.events.iter().any(is_told), "{:?}", outcome.events);
    }
}

#[tokio::test]
async fn files_are_there_again_in_the_next_call() {
    let write = "open('a.csv', 'w').write('1,2')\nimport os\nos.mkdir('sub')\n\
                 open('sub/b.txt', 'w').write('b')";
    let read = "import os\nprint(sorted(os.listdir()), open('a.csv').read())\n\
                open('a.csv', 'a').write(',3')";
    let Some(stage) = stage([write, read, "print(open('a.csv').read())"]).await else {
        return;
    };
    let first = stage.next().await;
    let names: Vec<_> = first.files.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a.csv", "sub_b.txt"]);
    assert_eq!(first.files[0].media_type, "text/csv");
    let second = stage.next().await;
    assert!(
        second.text.starts_with("['a.csv', 'sub_b.txt'] 1,2\n"),
        "{}",
        second.text
    );
    // What did not change does not come out again.
    assert_eq!(second.files.len(), 1);
    assert_eq!(stage.content(&second.files[0]).await, b"1,2,3");
    assert_eq!(stage.next().await.text, "1,2,3\n");
}

#[tokio::test]
async fn there_is_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let program = format!(
        "{ATTEMPT}
import socket, os
attempt('loopback', lambda: socket.create_connection(('127.0.0.1', {port}), 3))
attempt('address', lambda: socket.create_connection(('1.1.1.1', 80), 3))
attempt('name', lambda: socket.getaddrinfo('example.com', 80))
attempt('unix', lambda: [it for it in ('/run', '/var/run', '/tmp/.X11-unix') if os.path.exists(it)])
print([it[1] for it in socket.if_nameindex()])"
    );
    let expected = "loopback ConnectionRefusedError\naddress OSError\nname gaierror\n\
                    unix worked []\n['lo']\n";
    refused(&program, expected).await;
    assert!(listener.accept().is_err());
}

#[tokio::test]
async fn nothing_of_the_host_can_be_read() {
    // Cargo has set more variables in this process than a server has secrets.
    let repository = env!("CARGO_MANIFEST_DIR");
    let mut secret = tempfile("secret");
    secret.1.write_all(b"secret").unwrap();
    let program = format!(
        "{ATTEMPT}
import os
for path in ['/etc/shadow', '/etc/passwd', '{repository}', '/root', '/home', '/var', '/sys', '{}']:
    print(path.startswith('/etc') and path or 'folder', os.path.exists(path))
print(sorted(os.listdir('/')))
print(sorted(it for it in os.listdir('/proc') if it.isdigit() and int(it) > 20))
found = set(os.environ)
for process in [it for it in os.listdir('/proc') if it.isdigit()]:
    try:
        text = open('/proc/' + process + '/environ', 'rb').read()
        found |= {{it.split(b'=')[0].decode() for it in text.split(b'\\0') if it}}
    except PermissionError:
        pass
print(sorted(it for it in found if 'CARGO' in it or 'KEY' in it or 'GPT' in it))",
        secret.0
    );
    let Some(outcome) = run(&program).await else {
        return;
    };
    let mut lines = outcome.text.lines();
    assert_eq!(lines.next(), Some("/etc/shadow False"));
    assert_eq!(lines.next(), Some("/etc/passwd False"));
    for _ in 0..6 {
        assert_eq!(lines.next(), Some("folder False"), "{}", outcome.text);
    }
    let folders = lines.next().unwrap();
    for folder in ["home", "root", "var", "sys", "run", "opt", "srv", "mnt"] {
        assert!(!folders.contains(&format!("'{folder}'")), "{folders}");
    }
    assert_eq!(lines.next(), Some("[]"));
    assert_eq!(lines.next(), Some("[]"));
    std::fs::remove_file(secret.0).unwrap();
}

/// A file in the folder for temporary ones.
fn tempfile(name: &str) -> (String, std::fs::File) {
    let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
    let file = std::fs::File::create(&path).unwrap();
    (path.display().to_string(), file)
}

#[tokio::test]
async fn nothing_outside_can_be_written() {
    let program = format!(
        "{ATTEMPT}
import os
for path in ['/x', '/usr/x', '/bin/x', '/dev/x', '/dev/shm/x', '/etc/x', '/proc/sys/kernel/hostname']:
    attempt(path, lambda: open(path, 'w').write('x'))
attempt('mount', lambda: __import__('subprocess').run(['mount', '-t', 'tmpfs', 'x', '/work'], check=True, capture_output=True))
attempt('namespace', lambda: __import__('subprocess').run(['unshare', '-U', 'true'], check=True, capture_output=True))"
    );
    let Some(outcome) = run(&program).await else {
        return;
    };
    assert_eq!(outcome.text.lines().count(), 9, "{}", outcome.text);
    assert!(!outcome.text.contains("worked"), "{}", outcome.text);
}

#[tokio::test]
async fn processes_of_the_host_cannot_be_reached() {
    let mut sleeper = std::process::Command::new("sleep")
        .arg("600")
        .spawn()
        .unwrap();
    let (own, other) = (std::process::id(), sleeper.id());
    let program = format!(
        "{ATTEMPT}
import os, signal, ctypes
for process in [{own}, {other}]:
    attempt('kill', lambda: os.kill(process, signal.SIGKILL))
    libc = ctypes.CDLL(None, use_errno=True)
    print('ptrace', libc.ptrace(16, process, 0, 0))
# Everything that can be seen.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
attempt('parent', lambda: os.kill(1, signal.SIGKILL))"
    );
    let outcome = run(&program).await;
    let is_running = sleeper.try_wait().unwrap().is_none();
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    let Some(outcome) = outcome else { return };
    assert!(is_running);
    let text = &outcome.text;
    assert!(!text.contains("kill worked"), "{text}");
    assert_eq!(text.matches("ptrace -1").count(), 2, "{text}");
}

#[tokio::test]
async fn code_that_ends_its_own_sandbox_gets_no_result() {
    let program = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, 9)";
    if let Some(outcome) = run(program).await {
        assert!(outcome.is_error);
        assert!(
            outcome.text.contains("broke off without a result"),
            "{}",
            outcome.text
        );
    }
}

#[tokio::test]
async fn fork_bombs_stay_small() {
    let program = "import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(100)
        made += 1
except BlockingIOError:
    print('at most 16:', 0 < made <= 16)";
    let start = Instant::now();
    refused(program, "at most 16: True\n").await;
    assert!(start.elapsed() < Duration::from_secs(40));
    // And one that never stops trying.
    let Some(outcome) =
        run("import os\nwhile True:\n  try: os.fork()\n  except OSError: break").await
    else {
        return;
    };
    assert!(outcome.text.len() < 100_000);
}

#[tokio::test]
async fn memory_is_bounded() {
    let program = "kept = []
try:
    while True:
        kept.append(bytearray(50_000_000))
except MemoryError:
    print(5 < len(kept) < 22)";
    refused(program, "True\n").await;
}

#[tokio::test]
async fn memory_is_bounded_for_all_processes_together() {
    let program = "import os, time
for _ in range(12):
    if os.fork() == 0:
        break
kept = bytearray(b'x') * 700_000_000
time.sleep(30)";
    let start = Instant::now();
    let expected = "stopped: its processes took more than 2 GiB of memory together";
    refused(program, expected).await;
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn space_is_bounded() {
    let program = format!(
        "{ATTEMPT}
import os
def fill(folder):
    for number in range(1000):
        with open(folder + '/' + str(number), 'wb') as file:
            for _ in range(10):
                file.write(bytes(1_000_000))
def large():
    with open('/work/large', 'wb') as file:
        for _ in range(40):
            file.write(bytes(1_000_000))
            file.flush()
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
attempt('large', large)
os.remove('/work/large')
attempt('work', lambda: fill('/work'))
attempt('tmp', lambda: fill('/tmp'))
for name in os.listdir('/work'): os.remove('/work/' + name)"
    );
    refused(&program, "large OSError\nwork OSError\ntmp OSError\n").await;
}

#[tokio::test]
async fn output_is_bounded() {
    let Some(outcome) = run("for _ in range(100000): print('x' * 999)").await else {
        return;
    };
    assert!(!outcome.is_error, "{}", outcome.text);
    assert!(outcome.text.len() < 60_000, "{}", outcome.text.len());
    assert!(
        outcome.text.ends_with("more bytes of output]"),
        "{}",
        &outcome.text[outcome.text.len() - 100..]
    );
    // Past the runner, into what is read outside.
    let flood = "import os\nfd = os.open('/proc/%d/fd/1' % os.getppid(), os.O_WRONLY)\n\
                 while True: os.write(fd, b'x' * 65536)";
    let outcome = run(flood).await.unwrap();
    assert!(outcome.is_error);
    assert!(outcome.text.len() < 60_000);
}

#[tokio::test]
async fn names_of_files_lead_nowhere() {
    let program = "import os
os.symlink('/etc/passwd', 'link.txt')
os.symlink('/usr', 'folder')
os.mkfifo('pipe')
os.mkdir('..x')
open('..x/y', 'w').write('hidden')
open('a\\\\..\\\\b', 'w').write('b')
open('c\\n\\u202ed', 'w').write('c')
open('.hidden', 'w').write('h')";
    let Some(outcome) = run(program).await else {
        return;
    };
    let mut names: Vec<_> = outcome.files.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a_.._b", "c_d"], "{}", outcome.text);
    assert!(
        outcome.text.contains("[left out: link.txt"),
        "{}",
        outcome.text
    );
    assert!(outcome.text.contains("[left out: pipe"), "{}", outcome.text);
}

#[tokio::test]
async fn only_some_files_come_out() {
    let program = "for number in range(50): open(f'{number:02}.txt', 'w').write('x')";
    if let Some(outcome) = run(program).await {
        assert_eq!(outcome.files.len(), 10);
        assert!(
            outcome.text.contains("[left out: 10.txt"),
            "{}",
            outcome.text
        );
    }
}

#[tokio::test]
async fn what_is_left_behind_ends() {
    let program = "import subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)
subprocess.Popen(['yes'])
print('left')";
    let start = Instant::now();
    let Some(outcome) = run(program).await else {
        return;
    };
    assert!(outcome.text.starts_with("left\n") || outcome.text.starts_with('y'));
    assert!(start.elapsed() < Duration::from_secs(30));
    wait_for_sandboxes(0).await;
}

#[tokio::test]
async fn a_cancelled_turn_ends_its_code() {
    let Some(stage) = stage(["print(1, flush=True)\nwhile True: pass"]).await else {
        return;
    };
    let said = stage.service.say("someone", &stage.conversation, "Go.");
    let mut turn = said.await.unwrap();
    while let Some(event) = turn.next().await {
        if matches!(event, Event::CallStarted { .. }) {
            break;
        }
    }
    wait_for_sandboxes(1).await;
    let cancelled = stage.service.cancel("someone", &stage.conversation);
    assert!(cancelled.await.unwrap());
    while turn.next().await.is_some() {}
    wait_for_sandboxes(0).await;
}

/// Waits until this thread, which runs this test alone, has so many sandboxes.
async fn wait_for_sandboxes(expected: usize) {
    let start = Instant::now();
    loop {
        let mut children = String::new();
        let mut file = std::fs::File::open("/proc/thread-self/children").unwrap();
        file.read_to_string(&mut children).unwrap();
        if children.split_whitespace().count() == expected {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{children}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn endless_loops_end() {
    let start = Instant::now();
    let Some(python) = python() else { return };
    let python = python.run_limit(Duration::from_secs(2));
    let code = json!({ "code": "print('begun', flush=True)\nwhile True: pass" });
    let asleep = json!({ "code": "import time; time.sleep(600)" });
    let stage = Stage::new([("python", code), ("python", asleep)], |it| it.tool(python)).await;
    let outcome = stage.next().await;
    assert!(outcome.is_error);
    assert!(
        outcome.text.starts_with("begun\n\nstopped"),
        "{}",
        outcome.text
    );
    let outcome = stage.next().await;
    assert!(outcome.is_error);
    assert_eq!(outcome.text, "\nstopped: it ran longer than 2 s");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn what_is_missing_is_said_at_start() {
    let start = |settings: &'static [(&str, &str)]| -> Result<Service, Error> {
        let lookup = move |name: &str| {
            let found = settings.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let builder =
            Service::builder(Desk(&[BuiltInTool::CodeInterpreter])).model(Script::new([]));
        builder.from_settings(lookup)?.build()
    };
    let missing = start(&[("GPT_PYTHON", "/no/python"), ("GPT_STORE", "memory")]);
    let message = missing.unwrap_err().to_string();
    assert!(
        message
            .starts_with("code_interpreter: there is no Python at `/no/python`: install it with"),
        "{message}"
    );
    let wrong = start(&[("GPT_PYTHON", "/usr/bin/env"), ("GPT_STORE", "memory")]);
    let message = wrong.unwrap_err().to_string();
    assert!(
        message.starts_with("code_interpreter: the sandbox"),
        "{message}"
    );
    if python().is_some() {
        start(&[("GPT_STORE", "memory")]).unwrap();
    }
    // By hand nothing is read from the environment.
    let builder = Service::builder(Desk(&[BuiltInTool::CodeInterpreter])).model(Script::new([]));
    let error = builder.build().unwrap_err();
    assert!(matches!(error, Error::ToolUnavailable { .. }), "{error}");
}
