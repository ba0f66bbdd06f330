//! What a host does not take of a GPT, and what is left to do there.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What is to be known about the files for a host.
#[derive(Debug, Default)]
pub(super) struct Report {
    losses: Vec<Loss>,
    steps: Vec<String>,
}

/// Something that is not there, or is there otherwise.
#[derive(Debug, PartialEq, Eq)]
struct Loss {
    /// Where it is in the definition, such as ``parameter `unit` of `getForecast` ``.
    place: String,
    /// What became of it.
    what: String,
    /// Why the host does not take it.
    why: String,
}

impl Report {
    /// Notes what became of something, once.
    pub(super) fn lost(
        &mut self,
        place: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let loss = Loss {
            place: place.into(),
            what: what.into(),
            why: why.into(),
        };
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }

    /// Notes what people do with the files.
    pub(super) fn step(&mut self, step: impl Into<String>) {
        self.steps.push(step.into());
    }

    /// A line for each loss.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.losses
            .iter()
            .map(|Loss { place, what, why }| format!("{place}: {what}: {why}"))
    }

    pub(super) fn to_json(&self, host: &str, files: &[&str]) -> Value {
        let losses = self
            .losses
            .iter()
            .map(|Loss { place, what, why }| json!({ "place": place, "what": what, "why": why }));
        json!({
            "made_by": "cargo gpt export",
            "host": host,
            "files": files,
            "losses": losses.collect::<Vec<_>>(),
            "steps": self.steps,
        })
    }

    pub(super) fn to_markdown(&self, gpt: &str, host: &str) -> String {
        let mut text = format!("# {gpt} for {host}\n\nMade by `cargo gpt export`.\n");
        if !self.steps.is_empty() {
            text.push_str("\n## What to do with it\n\n");
            for (step, number) in self.steps.iter().zip(1..) {
                // Writing into a `String` cannot fail.
                let _ = writeln!(text, "{number}. {step}");
            }
        }
        text.push_str("\n## What it lacks\n\n");
        if self.losses.is_empty() {
            text.push_str("Nothing: all of the definition is there.\n");
        } else {
            text.push_str("| where | what | why |\n|---|---|---|\n");
            for Loss { place, what, why } in &self.losses {
                let cells = [place, what, why].map(|it| it.replace('|', "\\|").replace('\n', " "));
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
        text
    }
}
