//! `corpus`: every document generates, what it generates compiles, and what is missing is reported.

use std::{collections::HashSet, fs};

use serde_json::Value;

use crate::{
    arguments::{Arguments, output},
    build,
    document::{Document, documents, read, version},
    generate::{Outcome, generate},
    operations::{Operation, operations},
    places::Places,
    report::summary,
    table::Table,
};

/// What became of a document.
#[derive(Debug, Default)]
struct Row {
    version: String,
    operations: usize,
    generated: usize,
    left_out: usize,
    reports: String,
    seconds: f64,
    peak: u64,
    check: Option<(f64, u64)>,
    fault: Option<String>,
}

/// Prints the table; whether all is well.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, String> {
    let mut table = Table::new([
        "document",
        "version",
        "operations",
        "generated",
        "left out",
        "generate s",
        "generate MiB",
        "check CPU s",
        "check MiB",
        "reports",
        "fault",
    ]);
    let mut total = Row::default();
    let (mut count, mut faults) = (0, 0);
    for document in documents(arguments)? {
        let row = prove(arguments, &document)?;
        eprintln!("{}: {} of {}", document.name, row.generated, row.operations);
        if let Some(fault) = &row.fault {
            eprintln!("  {fault}");
            faults += 1;
        }
        count += 1;
        total.add(&row);
        table.push(row.cells(&document.name));
    }
    total.reports = format!("{faults} faults");
    table.push(total.cells(&format!("{count} documents")));
    fs::create_dir_all(output()).map_err(|it| it.to_string())?;
    table.write(&output(), "corpus")?;
    Ok(faults == 0)
}

fn prove(arguments: &Arguments, document: &Document) -> Result<Row, String> {
    let outcome = generate(document)?;
    let root = read(&document.path);
    let known = root
        .as_ref()
        .map_or_else(|_| Vec::new(), |it| operations(it, &document.path));
    let mut row = Row {
        version: root
            .as_ref()
            .ok()
            .and_then(version)
            .unwrap_or("none")
            .to_owned(),
        operations: known.len(),
        reports: summary(&outcome.reports),
        seconds: outcome.seconds,
        peak: outcome.peak_mebibytes,
        fault: fault(document, &outcome, root.as_ref().ok(), &known),
        left_out: outcome.left_out,
        ..Row::default()
    };
    if let Some(module) = &outcome.module {
        row.generated = module.facts["operations"].as_array().map_or(0, Vec::len);
        if !arguments.skip_check {
            let run = build::check(&document.module(), module)?;
            row.check = Some((run.cpu_seconds, run.peak_mebibytes));
            if !run.success {
                let error = run.stderr.lines().find(|it| it.starts_with("error"));
                row.fault = Some(format!("does not compile: {}", error.unwrap_or_default()));
            }
        }
    }
    Ok(row)
}

/// What must not be: a crash, no report where there is no module, an operation lost in silence.
fn fault(
    document: &Document,
    outcome: &Outcome,
    root: Option<&Value>,
    known: &[Operation],
) -> Option<String> {
    if let Some(crash) = &outcome.crash {
        return Some(crash.clone());
    }
    let Some(module) = &outcome.module else {
        let located = outcome.reports.iter().any(|it| it.is_located);
        return (!located).then(|| "no report says why there is no module".to_owned());
    };
    let generated = module.facts["operations"].as_array().into_iter().flatten();
    let generated: HashSet<_> = generated
        .filter_map(|it| Some((it["method"].as_str()?, it["path"].as_str()?)))
        .collect();
    let is_missing = |it: &&Operation| !generated.contains(&(&*it.method, &*it.path));
    let missing: Vec<_> = known.iter().filter(is_missing).collect();
    if missing.is_empty() {
        return None;
    }
    let places = Places::of(&document.path);
    let reports = outcome.reports.iter();
    let offsets: Vec<_> = reports.flat_map(|it| it.offsets.clone()).collect();
    let root = root.unwrap_or(&Value::Null);
    let is_silent = |it: &&&Operation| match &it.pointer {
        Some(pointer) => !places.hold(root, pointer, &offsets),
        // Its report stands in another file; the generator must at least know of it.
        None => missing.len() > outcome.left_out,
    };
    let silent: Vec<_> = missing.iter().filter(is_silent).collect();
    let Operation { method, path, .. } = silent.first()?;
    let count = silent.len();
    Some(format!(
        "{count} operations vanished, such as {method} {path}"
    ))
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.generated += other.generated;
        self.left_out += other.left_out;
        self.seconds += other.seconds;
        self.peak = self.peak.max(other.peak);
        if let Some((seconds, peak)) = other.check {
            let (all, most) = self.check.unwrap_or_default();
            self.check = Some((all + seconds, most.max(peak)));
        }
    }

    fn cells(&self, name: &str) -> [String; 11] {
        [
            name.to_owned(),
            self.version.clone(),
            self.operations.to_string(),
            self.generated.to_string(),
            self.left_out.to_string(),
            format!("{:.2}", self.seconds),
            self.peak.to_string(),
            self.check
                .map_or_else(String::new, |(seconds, _)| format!("{seconds:.1}")),
            self.check
                .map_or_else(String::new, |(_, peak)| peak.to_string()),
            self.reports.clone(),
            self.fault.clone().unwrap_or_default(),
        ]
    }
}
