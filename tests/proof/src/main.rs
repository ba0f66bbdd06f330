//! Proofs over real documents: `README.md` beside says what each command proves and what it found.

mod arguments;
mod build;
mod corpus;
mod document;
mod generate;
mod operations;
mod places;
mod report;
mod table;
mod watch;

use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    let result = Arguments::read().and_then(|arguments| match arguments.command.as_str() {
        "generate" => generate::child(&arguments),
        "corpus" => corpus::run(&arguments),
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
