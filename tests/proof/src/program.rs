//! A program around a generated module that does the tasks of a proof.

use std::{path::PathBuf, process::Command};

use serde_json::Value;

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

    /// What came of each task, and what was said of an early end.
    pub(crate) fn run(&self, address: &str, tasks: &[Value]) -> Result<Vec<Value>, String> {
        let tasks: String = tasks.iter().map(|it| format!("{it}\n")).collect();
        let run = watch::run(Command::new(&self.0).arg(address), &tasks, LIMITS)?;
        if !run.success {
            let limit = run.exceeded.unwrap_or_default();
            return Err(format!("the program ended early: {limit} {}", run.stderr));
        }
        let done = run.stdout.lines().map(serde_json::from_str);
        done.collect::<Result<_, _>>().map_err(|it| it.to_string())
    }
}
