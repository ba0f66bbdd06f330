//! How cost grows with the document, and how far choosing operations takes it back.

mod document;

use std::fmt::Write as _;

use crate::{
    competitor::{Competitor, Tools},
    krate::{Krate, Step},
    measure::{Cost, measure, median},
    place::{Place, write},
    rounds::Plan,
};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// How many operations are chosen from each document.
const CHOSEN: usize = 30;

/// One document, whole or in part.
struct Case {
    operations: usize,
    /// How many of them are generated.
    generated: usize,
    document_bytes: usize,
    arguments: Vec<String>,
    krate: Krate,
    source_bytes: u64,
    generation: Vec<Cost>,
    check: Vec<Cost>,
}

/// Measures every size and writes `GROWTH.md`.
pub(crate) fn run(place: &Place, tools: &Tools, plan: &Plan) -> Result<(), String> {
    let mut cases = Vec::new();
    for operations in SIZES {
        let path = place.bench.join(format!("growth/{operations}.json"));
        let text = document::write(operations);
        write(&path, &text)?;
        for is_part in [false, true] {
            let name = format!("{operations}-{}", if is_part { "part" } else { "whole" });
            let chosen = if is_part { CHOSEN.min(operations) } else { 0 };
            // From all over the document.
            let ids = (0..chosen).map(|it| document::operation_id(it * operations / chosen));
            let arguments = ids.flat_map(|id| ["--operation".into(), id]).collect();
            let folder = place.bench.join("growth").join(name);
            cases.push(Case {
                operations,
                generated: if is_part { chosen } else { operations },
                document_bytes: text.len(),
                arguments,
                krate: Krate::new(place, Competitor::Gpt, folder),
                source_bytes: 0,
                generation: Vec::new(),
                check: Vec::new(),
            });
        }
    }
    for round in 0..=plan.rounds {
        for case in &mut cases {
            eprintln!(
                "{} of {} operations: round {round} of {}",
                case.generated, case.operations, plan.rounds
            );
            case.measure(place, tools, plan, round)?;
        }
    }
    for case in &cases {
        case.krate.clean();
    }
    write(&place.bench.join("GROWTH.md"), &markdown(&cases))
}

impl Case {
    /// Takes one figure of everything. Round 0 only prepares.
    fn measure(
        &mut self,
        place: &Place,
        tools: &Tools,
        plan: &Plan,
        round: usize,
    ) -> Result<(), String> {
        let document = place.bench.join(format!("growth/{}.json", self.operations));
        let command = tools.generate(place, Competitor::Gpt, &document, &self.krate.folder);
        let mut command = command.ok_or("our generator is missing")?;
        command.args(&self.arguments);
        let generated = measure(&command, plan.limit, &place.bench)?.success()?;
        if round == 0 {
            self.source_bytes = self.krate.source().0;
            return self.krate.prepare(&[Step::Check]);
        }
        self.generation.push(generated.cost);
        let (checked, _) = self.krate.compile(Step::Check, plan.limit)?;
        self.check.push(checked.success()?.cost);
        Ok(())
    }
}

fn markdown(cases: &[Case]) -> String {
    let mut text = String::from(
        "# How cost grows with the document\n\n\
         | operations | of them generated | document, kB | source, kB | generation, CPU s | peak MB \
         | check, CPU s | peak MB |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for case in cases {
        let middle = |costs: &[Cost], which: fn(&Cost) -> f64| {
            median(costs.iter().map(which).collect()).unwrap_or(f64::NAN)
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.3} | {:.0} | {:.2} | {:.0} |",
            case.operations,
            case.generated,
            case.document_bytes.div_ceil(1000),
            case.source_bytes.div_ceil(1000),
            middle(&case.generation, |cost| cost.cpu),
            middle(&case.generation, |cost| cost.peak),
            middle(&case.check, |cost| cost.cpu),
            middle(&case.check, |cost| cost.peak),
        );
    }
    text
}
