//! `prism`: every operation is called through both of its faces, and Prism judges the request.

mod answers;
mod outcome;
mod record;
mod violation;

use std::{collections::BTreeMap, fs, io::Write};

use serde_json::Value;

use self::{
    answers::{Described, Schemas},
    outcome::{Context, Fault, GOOD, Outcome},
    record::{Call, Record},
};
use crate::{
    arguments::{Arguments, output},
    document::{Document, documents},
    table::Table,
};

const FACES: [&str; 3] = ["tool", "typed", "dynamic"];

/// What came of the calls of a document.
#[derive(Default)]
struct Tally {
    operations: usize,
    calls: usize,
    faces: BTreeMap<&'static str, Count>,
}

/// What came of the calls through one face.
#[derive(Clone, Copy, Default)]
struct Count {
    /// Taken by Prism and, where it is typed, read.
    good: usize,
    ours: usize,
    others: usize,
}

/// What failed, by whose fault it is, its kind and its reason: how often, and where for example.
type Reasons = BTreeMap<(Fault, &'static str, String), (usize, String)>;

/// All that is found.
#[derive(Default)]
struct Findings {
    rows: Vec<[String; 7]>,
    total: Tally,
    reasons: Reasons,
    untried: Vec<[String; 2]>,
}

/// Prints the tables; whether nearly every call was taken and its answer read, but for what is not
/// our fault.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, String> {
    fs::create_dir_all(output().join("prism")).map_err(|it| it.to_string())?;
    let failures = output().join("prism-failures.tsv");
    let mut failures = fs::File::create(failures).map_err(|it| it.to_string())?;
    let mut findings = Findings::default();
    let mut documents = documents(arguments)?;
    documents.sort_by_key(|it| fs::metadata(&it.path).map_or(0, |it| it.len()));
    for document in documents {
        match prove(arguments, &document, &mut findings.reasons, &mut failures) {
            Ok(None) => {}
            Ok(Some(tally)) => {
                let cells = tally.cells(&document.name);
                eprintln!("{}", cells.join(" "));
                findings.rows.push(cells);
                findings.total.add(&tally);
            }
            Err(error) => {
                eprintln!("{}: {error}", document.name);
                let first = error.lines().next().unwrap_or_default().to_owned();
                findings.untried.push([document.name, first]);
            }
        }
        // A run may be ended by hand; what it found so far is kept.
        findings.write()?;
    }
    print!("{}", findings.tables());
    Ok(findings.total.is_enough())
}

impl Findings {
    fn write(&self) -> Result<(), String> {
        fs::write(output().join("prism.md"), self.tables()).map_err(|it| it.to_string())
    }

    fn tables(&self) -> String {
        let mut documents = Table::new([
            "document",
            "operations",
            "calls",
            "tool",
            "typed",
            "dynamic",
            "ours, others'",
        ]);
        self.rows.iter().for_each(|it| documents.push(it.clone()));
        documents.push(self.total.cells("all"));
        let mut reasons = Table::new(["fault", "kind", "reason", "count", "example"]);
        let mut rows: Vec<_> = self.reasons.iter().collect();
        rows.sort_by_key(|((fault, ..), (count, _))| (*fault, std::cmp::Reverse(*count)));
        for ((fault, kind, reason), (count, example)) in rows {
            reasons.push([
                fault.word().to_owned(),
                (*kind).to_owned(),
                reason.clone(),
                count.to_string(),
                example.clone(),
            ]);
        }
        let mut untried = Table::new(["document", "not tried because"]);
        self.untried.iter().for_each(|it| untried.push(it.clone()));
        format!(
            "{}\n{}\n{}\n{}",
            documents.markdown(),
            self.total.shares(),
            reasons.markdown(),
            untried.markdown(),
        )
    }
}

fn prove(
    arguments: &Arguments,
    document: &Document,
    reasons: &mut Reasons,
    failures: &mut fs::File,
) -> Result<Option<Tally>, String> {
    let Some(record) = Record::of(arguments, document)? else {
        return Ok(None);
    };
    let schemas = Schemas::read(document)?;
    let described = Described::new(&schemas);
    let mut tally = Tally {
        operations: record.operations.len(),
        calls: record.calls.len(),
        ..Tally::default()
    };
    for Call { task, done } in &record.calls {
        let index = task["operation"].as_u64().unwrap_or_default();
        let index = usize::try_from(index).map_err(|it| it.to_string())?;
        let operation = record.operations.get(index).unwrap_or(&Value::Null);
        let context = Context {
            described: &described,
            operation,
            task,
        };
        for face in FACES {
            let found = context.outcome(face, done);
            tally.faces.entry(face).or_default().count(&found);
            if found.kind != GOOD {
                let line = failure(document, operation, task, face, &found);
                writeln!(failures, "{line}").map_err(|it| it.to_string())?;
                let example = format!("{} {}", document.name, operation["id"]);
                let key = (found.fault, found.kind, format!("{face}: {}", found.reason));
                reasons.entry(key).or_insert((0, example)).0 += 1;
            }
        }
    }
    Ok(Some(tally))
}

/// A line of the file of failures.
fn failure(
    document: &Document,
    operation: &Value,
    task: &Value,
    face: &str,
    found: &Outcome,
) -> String {
    let id = operation["id"].as_str().unwrap_or_default();
    let arguments: String = task["arguments"].to_string().chars().take(300).collect();
    let cells = [
        &document.name,
        id,
        face,
        found.kind,
        &found.reason,
        found.fault.word(),
        &arguments,
    ];
    cells.map(|it| it.replace(['\t', '\n'], " ")).join("\t")
}

impl Count {
    fn count(&mut self, found: &Outcome) {
        match found.fault {
            _ if found.kind == GOOD => self.good += 1,
            Fault::Ours => self.ours += 1,
            _ => self.others += 1,
        }
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.calls += other.calls;
        for (face, count) in &other.faces {
            let all = self.faces.entry(face).or_default();
            all.good += count.good;
            all.ours += count.ours;
            all.others += count.others;
        }
    }

    /// Whether 97 % of the calls through each face are good, without those that others failed.
    fn is_enough(&self) -> bool {
        let mut counts = self.faces.values();
        counts.all(|it| it.good * 100 >= (it.good + it.ours) * 97)
    }

    fn cells(&self, name: &str) -> [String; 7] {
        let face = |face| self.faces.get(face).copied().unwrap_or_default();
        let counts = FACES.map(face);
        let ours: usize = counts.iter().map(|it| it.ours).sum();
        let others: usize = counts.iter().map(|it| it.others).sum();
        let [tool, typed, dynamic] = counts.map(|it| it.good.to_string());
        [
            name.to_owned(),
            self.operations.to_string(),
            self.calls.to_string(),
            tool,
            typed,
            dynamic,
            format!("{ours}, {others}"),
        ]
    }

    /// The shares of good calls by face, of all and of those that nobody else failed.
    fn shares(&self) -> String {
        let mut table = Table::new(["face", "good", "ours", "others'", "of all", "attributable"]);
        for (face, count) in &self.faces {
            let attributable = count.good + count.ours;
            table.push([
                (*face).to_owned(),
                count.good.to_string(),
                count.ours.to_string(),
                count.others.to_string(),
                share(count.good, attributable + count.others),
                share(count.good, attributable),
            ]);
        }
        table.markdown()
    }
}

fn share(part: usize, whole: usize) -> String {
    let hundredths = (part * 10_000).checked_div(whole).unwrap_or_default();
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}
