//! Proofs over real documents: `README.md` beside says what each command proves and what it found.

mod arguments;
mod build;
mod compare;
mod corpus;
mod dialect;
mod document;
mod generate;
mod judge;
mod mutate;
mod operations;
mod pattern;
mod places;
mod prism;
mod program;
mod random;
mod report;
mod round_trip;
mod sample;
mod server;
mod table;
mod watch;

use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    let result = Arguments::read().and_then(|arguments| match arguments.command.as_str() {
        "generate" => generate::child(&arguments),
        "corpus" => corpus::run(&arguments),
        "prism" => prism::run(&arguments),
        "round-trip" => round_trip::run(&arguments),
        other => Err(format!("there is no command `{other}`")),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
