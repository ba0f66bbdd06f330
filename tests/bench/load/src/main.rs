//! Drives many streamed conversations at once against a scripted model, and against a bare axum
//! endpoint that sends the same bytes at the same pace.
//!
//! `cargo run --release -p gpt-bench-load [CONVERSATIONS]`; each server is a process of its own.

mod client;
mod serve;

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// The most conversations at once, unless said otherwise.
const CONVERSATIONS: usize = 1_000;
/// So many pieces an answer has.
const PIECES: usize = 50;
/// The pause before each.
const PAUSE: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    let argument = env::args().nth(1);
    let done = match argument.as_deref() {
        Some("gpt") => runtime.block_on(serve::gpt()),
        Some("bare") => runtime.block_on(serve::bare()),
        Some(count) => match count.parse() {
            Ok(count) => runtime.block_on(compare(count)),
            Err(_) => Err(format!("`{count}` is no number")),
        },
        None => runtime.block_on(compare(CONVERSATIONS)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

async fn compare(count: usize) -> Result<(), String> {
    println!("{count} conversations at once, {PIECES} pieces each, {PAUSE:?} between them\n");
    println!(
        "| server | answers a second | first event, p50 | p99 | whole answer, p50 | p99 | kB per conversation |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for kind in ["bare", "gpt"] {
        let server = Server::start(kind)?;
        // What a server sets up once is not a conversation's.
        client::drive(&server.address, 10).await?;
        let before = server.peak()?;
        let start = Instant::now();
        let mut times = client::drive(&server.address, count).await?;
        let seconds = start.elapsed().as_secs_f64();
        let memory = server.peak()?.saturating_sub(before) / count.max(1);
        let first = times.percentiles(|it| it.first);
        let whole = times.percentiles(|it| it.whole);
        println!(
            "| {kind} | {:.0} | {:.1?} | {:.1?} | {:.0?} | {:.0?} | {memory} |",
            f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds,
            first.0,
            first.1,
            whole.0,
            whole.1,
        );
    }
    println!(
        "\nAn answer without any cost takes {:?}.",
        PAUSE * u32::try_from(PIECES).unwrap_or(0)
    );
    Ok(())
}

/// A server in a process of its own, ended when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(kind: &str) -> Result<Self, String> {
        let own = env::current_exe().map_err(|error| error.to_string())?;
        let child = Command::new(own).arg(kind).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut address = String::new();
        let read = BufReader::new(output).read_line(&mut address);
        read.map_err(|error| error.to_string())?;
        let address = address.trim().to_owned();
        Ok(Self { child, address })
    }

    /// The most memory it has held so far, in kB.
    fn peak(&self) -> Result<usize, String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.map_err(|error| error.to_string())?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let number = line.and_then(|it| it.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| "the system does not say how much memory the server holds".to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
