//! Measures what generated code costs, beside other generators and beside serde's derive.
//!
//! `cargo run --release -p gpt-bench -- peers [DOCUMENT...]`; the README says what is measured.

mod cold;
mod competitor;
mod derive;
mod documents;
mod figures;
mod growth;
mod krate;
mod measure;
mod options;
mod place;
mod report;
mod rounds;
mod tools;

use std::{env, process::ExitCode};

use crate::{
    competitor::Tools,
    options::{Options, Task},
    place::{Place, write},
    rounds::Plan,
};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_some_and(|it| it == measure::ARGUMENT) {
        return measure::main(&arguments.collect::<Vec<_>>());
    }
    match options::parse(env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    let place = Place::find()?;
    let peers = match &options.peers {
        Some(folder) => folder.canonicalize().map_err(|error| error.to_string())?,
        None => place.bench.join("peers"),
    };
    let tools = tools::own(&place, peers)?;
    let plan = Plan {
        rounds: options.rounds,
        steps: options.steps,
        limit: options.limit,
        competitors: options.competitors,
    };
    match options.task {
        Task::Peers => run_peers(&place, &tools, &plan, &options.documents, options.keep),
        Task::Cold => {
            tools::install(&tools.peers, &plan.competitors)?;
            cold::run(&place, &tools, &plan)
        }
        Task::Growth => growth::run(&place, &tools, &plan),
    }
}

/// Measures document by document. The results are written after each, so that a run may be stopped.
fn run_peers(
    place: &Place,
    tools: &Tools,
    plan: &Plan,
    asked: &[String],
    keep: bool,
) -> Result<(), String> {
    tools::install(&tools.peers, &plan.competitors)?;
    let table = place.bench.join("results.tsv");
    let mut rows = if keep && table.exists() {
        figures::load(&table)?
    } else {
        Vec::new()
    };
    for document in documents::find(place, asked)? {
        let new = rounds::run(place, tools, plan, &document)?;
        rows.retain(|row| row.document != document.name);
        rows.extend(new);
        figures::save(&table, &rows)?;
        write(
            &place.bench.join("RESULTS.md"),
            &report::markdown(plan, &rows),
        )?;
    }
    eprintln!("the results are in {}", place.bench.display());
    Ok(())
}
