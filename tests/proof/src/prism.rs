//! `prism`: every operation is called through both of its faces, and Prism judges the request.

mod outcome;

use std::{collections::BTreeMap, fs};

use serde_json::{Map, Value, json};

use self::outcome::{Outcome, outcome};
use crate::{
    arguments::{Arguments, output},
    document::{Document, documents},
    generate::{Module, generate},
    program::Program,
    random::Random,
    round_trip::subjects,
    sample::Sampler,
    server::Prism,
    table::Table,
};

/// How often an operation is called with arguments made from its schema, beside its example.
const SAMPLES: usize = 2;

/// What came of the calls of a document, by face.
#[derive(Default)]
struct Tally {
    operations: usize,
    calls: usize,
    /// Taken by Prism and, where it is typed, read.
    good: BTreeMap<&'static str, usize>,
    kinds: BTreeMap<&'static str, usize>,
}

/// What failed, by its reason: how often, and where for example.
type Reasons = BTreeMap<(&'static str, String), (usize, String)>;

/// Prints the tables; whether nearly every call was taken and its answer read.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, String> {
    fs::create_dir_all(output().join("prism")).map_err(|it| it.to_string())?;
    let mut table = Table::new([
        "document",
        "operations",
        "calls",
        "tool",
        "typed",
        "typed, dynamic",
        "failures",
    ]);
    let (mut total, mut reasons) = (Tally::default(), Reasons::new());
    for document in documents(arguments)? {
        match prove(arguments, &document, &mut reasons) {
            Ok(None) => {}
            Ok(Some(tally)) => {
                eprintln!("{}: {}", document.name, tally.cells("").join(" "));
                total.add(&tally);
                table.push(tally.cells(&document.name));
            }
            Err(error) => {
                eprintln!("{}: {error}", document.name);
                let first = error.lines().next().unwrap_or_default().to_owned();
                count(&mut reasons, ("not tried", first), &document.name);
            }
        }
    }
    table.push(total.cells("all"));
    table.write(&output(), "prism")?;
    println!();
    write_reasons(reasons)?;
    let good = total.good.values().sum::<usize>();
    Ok(good * 100 >= total.calls * 3 * 97)
}

fn write_reasons(reasons: Reasons) -> Result<(), String> {
    let mut table = Table::new(["kind", "reason", "count", "example"]);
    let mut rows: Vec<_> = reasons.into_iter().collect();
    rows.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for ((kind, reason), (count, example)) in rows {
        table.push([kind.to_owned(), reason, count.to_string(), example]);
    }
    table.write(&output(), "prism-reasons")
}

fn prove(
    arguments: &Arguments,
    document: &Document,
    reasons: &mut Reasons,
) -> Result<Option<Tally>, String> {
    let Some(module) = generate(document)?.module else {
        return Ok(None);
    };
    let prism = Prism::start(&document.path, &document.module())?;
    let subjects = subjects(document, &module);
    let types: Vec<_> = subjects.iter().map(|it| it.rust.as_str()).collect();
    let program = Program::build(document, &module, &types)?;
    let calls = calls(arguments, &module);
    let done = program.run(&prism.address, &calls)?;
    let ids = module.facts["operations"].as_array().into_iter().flatten();
    let ids: Vec<_> = ids.filter_map(|it| it["id"].as_str()).collect();
    let mut tally = Tally {
        operations: ids.len(),
        ..Tally::default()
    };
    for (call, done) in calls.iter().zip(&done) {
        tally.calls += 1;
        let index = call["operation"]
            .as_u64()
            .and_then(|it| usize::try_from(it).ok());
        let id = index
            .and_then(|it| ids.get(it))
            .copied()
            .unwrap_or_default();
        let example: String = call["arguments"].to_string().chars().take(300).collect();
        let example = format!("{} {id} {example}", document.name);
        for face in ["tool", "typed", "dynamic"] {
            let Outcome { kind, reason } = outcome(face, done);
            *tally.kinds.entry(kind).or_default() += 1;
            if kind == outcome::GOOD {
                *tally.good.entry(face).or_default() += 1;
            } else {
                count(reasons, (kind, format!("{face}: {reason}")), &example);
            }
        }
    }
    Ok(Some(tally))
}

fn count(reasons: &mut Reasons, key: (&'static str, String), example: &str) {
    reasons
        .entry(key)
        .or_insert_with(|| (0, example.to_owned()))
        .0 += 1;
}

/// Calls of every tool: with its example, and with values of its schema.
fn calls(arguments: &Arguments, module: &Module) -> Vec<Value> {
    let tools = module.facts["tools"]["tools"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let parameters: Map<String, Value> = (0..)
        .zip(&tools)
        .map(|(index, tool): (usize, _)| (index.to_string(), tool["parameters"].clone()))
        .collect();
    let root = json!({ "$defs": module.facts["tools"]["schemas"], "tools": parameters });
    let mut sampler = Sampler::new(&root, Random::new(arguments.seed));
    sampler.plain = true;
    let mut calls = Vec::new();
    for (index, tool) in tools.iter().enumerate() {
        calls.push(json!({ "operation": index, "arguments": tool["example"] }));
        for _ in 0..SAMPLES {
            if let Some(made) = sampler.sample_at(&format!("/tools/{index}")) {
                calls.push(json!({ "operation": index, "arguments": made }));
            }
        }
    }
    calls
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.calls += other.calls;
        for (face, count) in &other.good {
            *self.good.entry(face).or_default() += count;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
    }

    fn cells(&self, name: &str) -> [String; 7] {
        let good = |face| self.good.get(face).copied().unwrap_or_default().to_string();
        let failures = self
            .kinds
            .iter()
            .filter(|(kind, _)| **kind != outcome::GOOD);
        let failures = failures.map(|(kind, count)| format!("{kind} ×{count}"));
        [
            name.to_owned(),
            self.operations.to_string(),
            self.calls.to_string(),
            good("tool"),
            good("typed"),
            good("dynamic"),
            failures.collect::<Vec<_>>().join(", "),
        ]
    }
}
