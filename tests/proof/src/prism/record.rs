//! Makes the calls of a document, and keeps what came of them.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use serde_json::{Map, Value, json};

use crate::{
    arguments::{Arguments, Recordings, output},
    document::Document,
    generate::{Module, generate},
    judge::Judge,
    program::Program,
    random::Random,
    sample::Sampler,
    server::Prism,
};

/// How often an operation is called with arguments made from its schema, beside its example.
const SAMPLES: usize = 2;
/// How often values are made that do not fit before the operation is left with its example.
const TRIES: usize = 10;
/// How often Prism is started for a document, when it no longer answers.
const STARTS: usize = 2;

/// What was called, and what came of it.
pub(super) struct Record {
    /// `{id, method, path}` of each operation.
    pub(super) operations: Vec<Value>,
    pub(super) calls: Vec<Call>,
}

/// A call through every face.
pub(super) struct Call {
    /// `{operation, arguments, origin}`
    pub(super) task: Value,
    pub(super) done: Value,
}

impl Record {
    /// Calls every operation, unless an earlier run did and that is enough. `None` where nothing
    /// is generated.
    pub(super) fn of(arguments: &Arguments, document: &Document) -> Result<Option<Self>, String> {
        let is_recorded = file(document).exists();
        match arguments.recordings {
            Recordings::Keep | Recordings::Only if is_recorded => {
                return Self::read(document).map(Some);
            }
            Recordings::Only => return Ok(None),
            Recordings::Keep | Recordings::Renew => {}
        }
        let Some(module) = generate(document)?.module else {
            return Ok(None);
        };
        let prism = Prism::start(&document.path, &document.module())?;
        let program = Program::build(document, &module, &[])?;
        let tasks = tasks(arguments, &module)?;
        let done = call(document, &program, prism, &tasks)?;
        let calls = tasks.into_iter().zip(done);
        let record = Self {
            operations: module.facts["operations"]
                .as_array()
                .cloned()
                .unwrap_or_default(),
            calls: calls.map(|(task, done)| Call { task, done }).collect(),
        };
        record.write(document)?;
        Ok(Some(record))
    }

    fn read(document: &Document) -> Result<Self, String> {
        let file = fs::File::open(file(document)).map_err(|it| it.to_string())?;
        let mut lines = BufReader::new(file).lines().map(|line| {
            let line = line.map_err(|it| it.to_string())?;
            serde_json::from_str::<Value>(&line).map_err(|it| it.to_string())
        });
        let operations = lines.next().transpose()?.unwrap_or_default();
        let calls = lines.map(|it| {
            it.map(|mut it| Call {
                task: it["task"].take(),
                done: it["done"].take(),
            })
        });
        Ok(Self {
            operations: operations.as_array().cloned().unwrap_or_default(),
            calls: calls.collect::<Result<_, _>>()?,
        })
    }

    fn write(&self, document: &Document) -> Result<(), String> {
        let mut text = format!("{}\n", Value::Array(self.operations.clone()));
        for Call { task, done } in &self.calls {
            text += &json!({ "task": task, "done": done }).to_string();
            text.push('\n');
        }
        fs::write(file(document), text).map_err(|it| it.to_string())
    }
}

fn file(document: &Document) -> PathBuf {
    let name = format!("{}.jsonl", document.module());
    output().join("prism").join(name)
}

/// What came of each task. Prism is started anew where it no longer answers.
fn call(
    document: &Document,
    program: &Program,
    mut prism: Prism,
    tasks: &[Value],
) -> Result<Vec<Value>, String> {
    let mut done = Vec::new();
    for start in 1..=STARTS {
        let rest = tasks.get(done.len()..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        if start > 1 {
            drop(prism);
            prism = Prism::start(&document.path, &document.module())?;
        }
        done.extend(program.run(&prism.address, rest)?);
        if start < STARTS {
            let answered = |it: &&Value| it["given_up"] != true;
            let count = done.iter().filter(answered).count();
            done.truncate(count);
        }
    }
    Ok(done)
}

/// A task for every tool with its example, and with values of its schema.
fn tasks(arguments: &Arguments, module: &Module) -> Result<Vec<Value>, String> {
    let tools = module.facts["tools"]["tools"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let parameters: Map<String, Value> = (0..)
        .zip(&tools)
        .map(|(index, tool): (usize, _)| (index.to_string(), tool["parameters"].clone()))
        .collect();
    let root = json!({ "$defs": module.facts["tools"]["schemas"], "tools": parameters });
    let judge = Judge::new(&root)?;
    let mut sampler = Sampler::new(&root, Random::new(arguments.seed));
    sampler.plain = true;
    let mut tasks = Vec::new();
    for (index, tool) in tools.iter().enumerate() {
        let pointer = format!("/tools/{index}");
        let schema = judge.schema(&pointer);
        let fits = |it: &Value| schema.as_ref().map_or(true, |schema| schema.is_valid(it));
        let example = tool["example"].clone();
        let origin = if fits(&example) {
            "example"
        } else {
            "unfit example"
        };
        tasks.push(json!({ "operation": index, "arguments": example, "origin": origin }));
        let made = (0..TRIES).filter_map(|_| sampler.sample_at(&pointer));
        for made in made.filter(fits).take(SAMPLES) {
            tasks.push(json!({ "operation": index, "arguments": made, "origin": "sample" }));
        }
    }
    Ok(tasks)
}
