//! The command line.

use std::path::PathBuf;

use crate::{competitor::Competitor, krate::Step};

pub(crate) const USAGE: &str = "\
Measures what generated code costs to compile.

Usage: gpt-bench peers [DOCUMENT...] [OPTIONS]   beside other generators
       gpt-bench cold [OPTIONS]                  the first build of a small program
       gpt-bench growth [OPTIONS]                from 10 to 10,000 operations

A DOCUMENT is a path, or one below the folder that `GPT_CORPUS` names.

Options:
  --rounds N       how often everything is measured; the medians count (3)
  --steps LIST     of `check,debug,release` (all)
  --limit SECONDS  the CPU time after which a process is stopped (600)
  --only LIST      these competitors besides our own, such as `ploidy,progenitor` (all)
  --peers DIR      where the peers are installed (target/bench/peers)
  --keep           add to the results of earlier runs
";

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Peers,
    Cold,
    Growth,
}

pub(crate) struct Options {
    pub(crate) task: Task,
    pub(crate) documents: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) limit: u64,
    pub(crate) competitors: Vec<Competitor>,
    pub(crate) peers: Option<PathBuf>,
    pub(crate) keep: bool,
}

/// Understands the arguments after the name of the program.
pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let task = match arguments.next().as_deref() {
        Some("peers") => Task::Peers,
        Some("cold") => Task::Cold,
        Some("growth") => Task::Growth,
        _ => return Err(USAGE.into()),
    };
    let mut options = Options {
        task,
        documents: Vec::new(),
        rounds: 3,
        steps: Step::ALL.to_vec(),
        limit: 600,
        competitors: Competitor::ALL.to_vec(),
        peers: None,
        keep: false,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--rounds" => options.rounds = number(&value()?)?,
            "--limit" => options.limit = number(&value()?)?,
            "--peers" => options.peers = Some(value()?.into()),
            "--keep" => options.keep = true,
            "--steps" => {
                let names = value()?;
                options.steps = among(&names, &Step::ALL, Step::name)?;
            }
            "--only" => {
                let names = value()?;
                let peers = among(&names, &Competitor::ALL, Competitor::name)?;
                options
                    .competitors
                    .retain(|it| it.peer().is_none() || peers.contains(it));
            }
            option if option.starts_with('-') => {
                return Err(format!("there is no option `{option}`\n\n{USAGE}"));
            }
            _ => options.documents.push(argument),
        }
    }
    Ok(options)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// Those of a comma-separated list, in the order in which they are measured.
fn among<T: Copy + PartialEq>(
    names: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<Vec<T>, String> {
    let mut wanted = Vec::new();
    for word in names.split(',').filter(|word| !word.is_empty()) {
        let found = all.iter().copied().find(|it| name(*it) == word);
        wanted.push(found.ok_or_else(|| format!("`{word}` is not known"))?);
    }
    Ok(all
        .iter()
        .copied()
        .filter(|it| wanted.contains(it))
        .collect())
}
