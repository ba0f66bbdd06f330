//! A program around a generated module that does the tasks of a proof.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::{
    build,
    document::Document,
    generate::Module,
    watch::{self, Limits},
};

const LIMITS: Limits = Limits {
    seconds: 900,
    mebibytes: 4096,
};

/// A program that reads types and calls operations.
#[derive(Debug)]
pub(crate) struct Program(PathBuf);

impl Program {
    /// Builds the program of a module, with these types of it.
    pub(crate) fn build(
        document: &Document,
        module: &Module,
        types: &[&str],
    ) -> Result<Self, String> {
        let operations = module.facts["operations"].as_array().into_iter().flatten();
        let names = operations.filter_map(|it| it["rust"].as_str());
        let callers = names.map(|it| {
            format!("(<{it} as rt::Action>::OPERATION, ::gpt_proof_driver::call::<{it}>),\n")
        });
        let readers = types
            .iter()
            .map(|it| format!("::gpt_proof_driver::read::<{it}>,\n"));
        let tables = format!(
            "pub static CALLERS: &[::gpt_proof_driver::Caller] = &[\n{}];\n\
             pub static READERS: &[::gpt_proof_driver::Reader] = &[\n{}];\n",
            callers.collect::<String>(),
            readers.collect::<String>(),
        );
        build::program(&document.module(), module, &tables).map(Self)
    }

    /// What came of each task. One that ends the program has that as its outcome.
    pub(crate) fn run(&self, address: &str, tasks: &[Value]) -> Result<Vec<Value>, String> {
        let mut done = Vec::new();
        while let Some(rest) = tasks.get(done.len()..).filter(|it| !it.is_empty()) {
            let lines: Vec<_> = rest.iter().map(Value::to_string).collect();
            let lines = lines.join("\n") + "\n";
            let run = watch::run(Command::new(&self.0).arg(address), &lines, LIMITS)?;
            for line in run.stdout.lines() {
                done.push(serde_json::from_str(line).map_err(|it| it.to_string())?);
            }
            if done.len() < tasks.len() {
                let words = run
                    .stderr
                    .lines()
                    .find(|it| !it.is_empty() && !it.contains("main"));
                let cause = run.exceeded.or(words).unwrap_or("an early end");
                done.push(json!({ "message": format!("the program ended: {cause}") }));
            }
        }
        Ok(done)
    }
}
