//! The `cargo gpt` command: makes projects, serves and asks them while they are written, imports GPTs
//! of other hosts and exports to them, generates a crate to look at, checks descriptions, explains
//! lints.

mod arguments;
mod call;
mod chat;
mod check;
mod completion;
mod dev;
mod export;
mod generate;
mod gpts;
mod import;
mod program;
mod project;
mod report;
mod running;
mod terminal;

use std::{env, ffi::OsString, process::ExitCode};

use clap::{CommandFactory, Parser, error::ErrorKind};
use gpt_codegen::explain;

use arguments::{Arguments, Command};
use terminal::say;

/// Why a command ends without success.
enum Failure {
    /// The arguments make no sense.
    Arguments(String),
    /// It was said already.
    Reported,
    Other(String),
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    // Cargo runs `cargo gpt` as `cargo-gpt gpt`.
    if arguments.get(1).is_some_and(|first| first == "gpt") {
        arguments.remove(1);
    }
    match run(Arguments::parse_from(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Arguments(message)) => Arguments::command()
            .error(ErrorKind::ValueValidation, message)
            .exit(),
        Err(Failure::Reported) => ExitCode::FAILURE,
        Err(Failure::Other(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let color = arguments.color;
    match arguments.command {
        Command::New(new) => new.run(color),
        Command::Import(import) => import.run(color),
        Command::Generate(generate) => generate.run(color),
        Command::Check(check) => check.run(color),
        Command::Dev(dev) => dev.run(),
        Command::Call(call) => call.run(),
        Command::Chat(chat) => chat.run(),
        Command::Completion(completion) => completion.run(),
        Command::Export(export) => export.run(),
        Command::Explain(explain) => match &explain.lint {
            Some(lint) => say(explain::explain(lint)?.text),
            None => say(&explain::list()),
        },
    }
}

/// A configuration that makes no sense comes from the arguments.
impl From<gpt_codegen::Error> for Failure {
    fn from(error: gpt_codegen::Error) -> Self {
        Self::Arguments(error.to_string())
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Other(message)
    }
}
