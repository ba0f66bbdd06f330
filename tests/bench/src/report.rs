//! The figures as tables.

use std::{collections::BTreeMap, fmt::Write as _, process::Command};

use crate::{
    competitor::Competitor,
    figures::{Metric, Row},
    measure::median,
    rounds::Plan,
};

/// Everything that was measured, in Markdown.
pub(crate) fn markdown(plan: &Plan, rows: &[Row]) -> String {
    let table = Table::new(rows);
    let mut text = format!(
        "# What generated code costs beside others\n\n{}\n\
         `x`: the generator failed. `!`: the output does not compile. `t`: a process took more than \
         {} CPU seconds and was stopped. Empty: not measured. In brackets: our figure as a part of \
         theirs.\n\n\
         `floor` is an empty crate that depends on our runtime. `build script` is our generator as \
         cargo builds it for a build script, without optimization. `serde derive` is our types with \
         serde's derive, without operations.\n",
        conditions(plan),
        plan.limit,
    );
    text.push_str(&summary(&table));
    text.push_str(&documents(&table));
    for metric in Metric::ALL {
        let measured = rows.iter().any(|row| row.figures.contains_key(&metric));
        if measured {
            text.push_str(&matrix(&table, metric));
        }
    }
    text
}

/// What the figures depend on.
fn conditions(plan: &Plan) -> String {
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or_else(
        |_| "rustc".into(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let peers = Competitor::ALL.iter().filter_map(|it| it.peer());
    let peers: Vec<_> = peers
        .map(|peer| format!("{} {}", peer.package, peer.version))
        .collect();
    format!(
        "{rustc}, {cores} cores, rounds: {}. Peers: {}.\n",
        plan.rounds,
        peers.join(", ")
    )
}

/// The rows by document, in the order they were measured.
struct Table<'a> {
    documents: Vec<&'a Row>,
    competitors: Vec<Competitor>,
    rows: BTreeMap<(&'a str, Competitor), &'a Row>,
}

impl<'a> Table<'a> {
    fn new(rows: &'a [Row]) -> Self {
        let mut documents: Vec<&Row> = Vec::new();
        for row in rows {
            if !documents.iter().any(|it| it.document == row.document) {
                documents.push(row);
            }
        }
        documents.sort_by_key(|row| row.bytes);
        let is_there = |it: &Competitor| rows.iter().any(|row| row.competitor == *it);
        Self {
            documents,
            competitors: Competitor::ALL.into_iter().filter(is_there).collect(),
            rows: rows
                .iter()
                .map(|row| ((row.document.as_str(), row.competitor), row))
                .collect(),
        }
    }

    fn row(&self, document: &str, competitor: Competitor) -> Option<&'a Row> {
        self.rows.get(&(document, competitor)).copied()
    }

    fn figure(&self, document: &str, competitor: Competitor, metric: Metric) -> Option<f64> {
        self.row(document, competitor)?
            .figures
            .get(&metric)
            .copied()
    }

    /// How many times ours the figure of another is, for each document that both handle.
    fn ratios(&self, competitor: Competitor, metric: Metric, above_floor: bool) -> Vec<f64> {
        let documents = self.documents.iter();
        let ratios = documents.filter_map(|row| {
            let figure = |competitor| self.figure(&row.document, competitor, metric);
            let (ours, theirs) = (figure(Competitor::Gpt)?, figure(competitor)?);
            let floor = if above_floor {
                figure(Competitor::Floor)?
            } else {
                0.0
            };
            // What does not rise above the floor has no ratio.
            let (ours, theirs) = (ours - floor, theirs - floor);
            (ours > 0.0 && theirs > 0.0).then(|| theirs / ours)
        });
        ratios.collect()
    }
}

/// The medians of the ratios over documents.
fn summary(table: &Table) -> String {
    let columns: Vec<_> = table
        .competitors
        .iter()
        .copied()
        .filter(|it| *it != Competitor::Floor)
        .collect();
    let mut text = String::from(
        "\n## Ours as a part of theirs\n\n\
         Medians over the documents that both handle. `above the floor`: after the figure of the \
         empty crate is taken from both.\n\n| |",
    );
    for competitor in &columns {
        let _ = write!(text, " {} |", competitor.name());
    }
    let _ = writeln!(text, "\n|---|{}", "--:|".repeat(columns.len()));
    let count = |name: &str, takes_part: fn(Competitor) -> bool, good: fn(&Row) -> bool| {
        let mut line = format!("| {name} |");
        for &competitor in &columns {
            if !takes_part(competitor) {
                line += " |";
                continue;
            }
            let documents = table.documents.iter();
            let measured = documents.filter_map(|row| table.row(&row.document, competitor));
            let (good, bad): (Vec<_>, Vec<_>) = measured.partition(|row| good(row));
            let _ = write!(line, " {}/{} |", good.len(), good.len() + bad.len());
        }
        line + "\n"
    };
    text += &count("documents generated", Competitor::generates, |row| {
        row.figures.contains_key(&Metric::GenerateCpu)
    });
    text += &count("documents that compile", Competitor::compiles, |row| {
        Metric::ALL
            .iter()
            .any(|metric| metric.step().is_some() && row.figures.contains_key(metric))
    });
    for metric in Metric::ALL {
        for above_floor in [false, true] {
            if above_floor && !matches!(metric, Metric::Cpu(_)) {
                continue;
            }
            let ratios = columns
                .iter()
                .map(|it| match it {
                    Competitor::Gpt => None,
                    other => median(table.ratios(*other, metric, above_floor)),
                })
                .map(|ratio| ratio.map_or_else(String::new, part));
            let ratios: Vec<_> = ratios.collect();
            if ratios.iter().any(|it| !it.is_empty()) {
                let suffix = if above_floor { ", above the floor" } else { "" };
                let _ = writeln!(
                    text,
                    "| {}{suffix} | {} |",
                    metric.title(),
                    ratios.join(" | ")
                );
            }
        }
    }
    text
}

fn documents(table: &Table) -> String {
    let mut text =
        String::from("\n## Documents\n\n| document | kB | operations |\n|---|--:|--:|\n");
    for row in &table.documents {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            row.document,
            row.bytes.div_ceil(1000),
            row.operations
        );
    }
    text
}

/// One figure of every competitor on every document.
fn matrix(table: &Table, metric: Metric) -> String {
    let columns: Vec<_> = table
        .competitors
        .iter()
        .filter(|it| match metric {
            Metric::GenerateCpu | Metric::GeneratePeak => it.generates(),
            _ => it.compiles(),
        })
        .collect();
    let mut text = format!("\n## {}\n\n| document |", metric.title());
    for competitor in &columns {
        let _ = write!(text, " {} |", competitor.name());
    }
    let _ = writeln!(text, "\n|---|{}", "--:|".repeat(columns.len()));
    for document in table.documents.iter().map(|row| row.document.as_str()) {
        let ours = table.figure(document, Competitor::Gpt, metric);
        let _ = write!(text, "| {document} |");
        for &&competitor in &columns {
            let cell = match table.row(document, competitor) {
                None => String::new(),
                Some(row) => match (row.figures.get(&metric), row.failure) {
                    (Some(&figure), _) => {
                        let is_peer = !matches!(competitor, Competitor::Gpt | Competitor::Floor);
                        let part = ours.filter(|_| is_peer).map(|ours| part(figure / ours));
                        let part = part.map_or_else(String::new, |part| format!(" ({part})"));
                        format!("{}{part}", metric.show(figure))
                    }
                    (None, Some(failure)) => failure.mark(metric).to_owned(),
                    (None, None) => String::new(),
                },
            };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text
}

/// `1/7.2` where theirs is 7.2 times ours, `1.4` where ours is 1.4 times theirs.
pub(crate) fn part(times: f64) -> String {
    if times >= 1.0 {
        format!("1/{times:.1}")
    } else {
        format!("{:.1}", 1.0 / times)
    }
}
