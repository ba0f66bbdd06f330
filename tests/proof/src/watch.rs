//! Runs a process to its end, or to the end of its limits, and says what it took.

use std::{
    fs,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Often enough to miss little of a short process.
const PAUSE: Duration = Duration::from_millis(5);

/// What a process may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) seconds: u64,
    pub(crate) mebibytes: u64,
}

/// How a process ended, and what it took.
#[derive(Debug)]
pub(crate) struct Run {
    /// Why it was ended, where it was.
    pub(crate) exceeded: Option<&'static str>,
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Of it and its children.
    pub(crate) cpu_seconds: f64,
    /// Of the largest process among it and its children.
    pub(crate) peak_mebibytes: u64,
}

/// Runs a command. It is given a text to read.
pub(crate) fn run(command: &mut Command, input: &str, limits: Limits) -> Result<Run, String> {
    let ticks = children_ticks();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let stdin = child.stdin.take();
    let input = input.to_owned();
    let writer = thread::spawn(move || stdin.map(|mut it| it.write_all(input.as_bytes())));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let (success, exceeded, peak) = wait(&mut child, limits)?;
    drop(writer.join());
    Ok(Run {
        exceeded,
        success,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
        cpu_seconds: Duration::from_millis((children_ticks() - ticks) * 10).as_secs_f64(),
        peak_mebibytes: peak,
    })
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            drop(stream.read_to_end(&mut bytes));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, limits: Limits) -> Result<(bool, Option<&'static str>, u64), String> {
    let start = Instant::now();
    let (mut peak, mut exceeded) = (0, None);
    loop {
        peak = peak.max(largest(child.id()));
        if let Some(status) = child.try_wait().map_err(|it| it.to_string())? {
            return Ok((status.success(), exceeded, peak));
        }
        if peak > limits.mebibytes {
            exceeded = Some("memory");
        } else if start.elapsed() > Duration::from_secs(limits.seconds) {
            exceeded = Some("time");
        }
        if exceeded.is_some() {
            child.kill().map_err(|it| it.to_string())?;
        }
        thread::sleep(PAUSE);
    }
}

/// The most memory in MiB that a process or one of its children ever held.
fn largest(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let held = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let held = held.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let children = children(process).into_iter().map(largest);
    children.max().unwrap_or(0).max(held.unwrap_or(0) / 1024)
}

/// The children of all threads of a process.
fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    let mut children = Vec::new();
    for thread in threads.into_iter().flatten().flatten() {
        let listed = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.extend(
            listed
                .split_whitespace()
                .filter_map(|it| it.parse::<u32>().ok()),
        );
    }
    children
}

/// The time that children took which have ended, in ticks of a hundredth of a second.
fn children_ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may hold spaces; what follows it is numbered from field 3.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let fields = fields.split_whitespace().skip(13).take(2);
    fields.filter_map(|it| it.parse::<u64>().ok()).sum()
}
