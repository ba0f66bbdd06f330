//! What a command and all processes it starts cost.
//!
//! The kernel adds up the CPU time of every child that was waited for, and keeps the largest
//! memory any of them held. That memory is a maximum over the whole life of the parent, so each
//! command runs below a copy of this program that measures it and nothing else.

use std::{
    env,
    ffi::OsString,
    fs::File,
    io::Read,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use nix::sys::{
    resource::{Resource, UsageWho, getrusage, setrlimit},
    time::TimeValLike,
};

/// The first argument by which this program knows that it is the copy that measures.
pub(crate) const ARGUMENT: &str = "measure";

/// What one run of a command took.
pub(crate) struct Cost {
    /// User and system time of all processes, in seconds.
    pub(crate) cpu: f64,
    /// The most memory that one of the processes held, in megabytes.
    pub(crate) peak: f64,
}

/// How a command ended.
pub(crate) struct Outcome {
    pub(crate) cost: Cost,
    pub(crate) end: End,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Success,
    Failure,
    /// A process was stopped because it had taken all the CPU time it may.
    TimeLimit,
}

impl Outcome {
    /// The cost of a command that has to succeed.
    pub(crate) fn success(self) -> Result<Self, String> {
        match self.end {
            End::Success => Ok(self),
            End::Failure => {
                let lines: Vec<_> = self.stderr.lines().take(40).collect();
                Err(lines.join("\n"))
            }
            End::TimeLimit => Err("the time limit was reached".into()),
        }
    }
}

/// Runs a command and measures it. `limit` is the CPU seconds that each of its processes may take.
///
/// Cargo is to run without incremental compilation, which would write files for a next time that
/// never comes.
pub(crate) fn measure(command: &Command, limit: u64, scratch: &Path) -> Result<Outcome, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{command:?}: {error}");
    let report = scratch.join("measured.txt");
    let output = |name: &str| File::create(scratch.join(name)).map_err(|error| fail(&error));
    let mut copy = Command::new(env::current_exe().map_err(|error| fail(&error))?);
    copy.arg(ARGUMENT)
        .arg(&report)
        .arg(limit.to_string())
        .arg(command.get_program())
        .args(command.get_args())
        .env("CARGO_INCREMENTAL", "0")
        .stdin(Stdio::null())
        .stdout(output("stdout.txt")?)
        .stderr(output("stderr.txt")?);
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    // Files rather than pipes, so that nothing waits for this process to read.
    let status = copy.status().map_err(|error| fail(&error))?;
    let text = |name: &str| {
        let mut bytes = Vec::new();
        File::open(scratch.join(name))
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|error| fail(&error))?;
        Ok::<_, String>(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (stdout, stderr) = (text("stdout.txt")?, text("stderr.txt")?);
    if status.code() == Some(i32::from(NOT_MEASURED)) {
        return Err(fail(&stderr));
    }
    let measured = text("measured.txt")?;
    let mut numbers = measured.split_whitespace().map(str::parse::<f64>);
    let mut number = || match numbers.next() {
        Some(Ok(number)) => Ok(number),
        _ => Err(fail(&"no measurement")),
    };
    let cost = Cost {
        cpu: number()?,
        peak: number()?,
    };
    let end = if status.success() {
        End::Success
    } else if Some(cost.cpu) >= u32::try_from(limit).ok().map(f64::from) {
        End::TimeLimit
    } else {
        End::Failure
    };
    Ok(Outcome {
        cost,
        end,
        stdout,
        stderr,
    })
}

/// The exit code by which the copy says that it could not measure.
const NOT_MEASURED: u8 = 125;

/// The copy: runs what follows in its arguments and writes what it took.
pub(crate) fn main(arguments: &[OsString]) -> ExitCode {
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(NOT_MEASURED)
        }
    }
}

fn run(arguments: &[OsString]) -> Result<bool, String> {
    let [report, limit, program, arguments @ ..] = arguments else {
        return Err("too few arguments".into());
    };
    let limit = limit
        .to_str()
        .and_then(|limit| limit.parse().ok())
        .ok_or("the limit is no number")?;
    // Inherited by every process below: each may take so much for itself.
    setrlimit(Resource::RLIMIT_CPU, limit, limit).map_err(|error| error.to_string())?;
    let status = Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| error.to_string())?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let cpu = usage.user_time() + usage.system_time();
    let seconds = i32::try_from(cpu.num_milliseconds()).map_err(|error| error.to_string())?;
    // Linux counts kilobytes.
    let kilobytes = i32::try_from(usage.max_rss()).map_err(|error| error.to_string())?;
    let (cpu, peak) = (f64::from(seconds) / 1e3, f64::from(kilobytes) / 1e3);
    crate::place::write(Path::new(report), &format!("{cpu} {peak}\n"))?;
    Ok(status.success())
}

/// The middle of some figures, or between the two in the middle.
pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let upper = figures.get(figures.len() / 2)?;
    let lower = figures.get((figures.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}
