//! `round-trip`: values of the document's own schemas survive the generated types, broken ones do
//! not.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
};

use serde_json::{Value, json};

use crate::{
    arguments::{Arguments, output},
    compare::difference,
    dialect::{Direction, convert},
    document::{Document, documents, read, version},
    generate::{Module, generate},
    judge::Judge,
    mutate::{Mutant, mutate},
    places::Places,
    program::Program,
    random::Random,
    sample::Sampler,
    table::Table,
};

/// A type and the schema it was made from.
pub(crate) struct Subject {
    pub(crate) rust: String,
    pointer: String,
    direction: Direction,
}

/// A value for a type, and what should come of it.
struct Task {
    subject: usize,
    value: Value,
    mutant: Option<Mutant>,
}

/// What came of the types of a document.
#[derive(Default)]
struct Tally {
    types: usize,
    /// Types of which no value could be made that the judge lets pass.
    without_sample: usize,
    samples: usize,
    /// Values that the judge refused.
    unfit: usize,
    equal: usize,
    mutants: usize,
    refused: usize,
    /// Refused with a path to the broken place, and with one to a value around it.
    exact: usize,
    around: usize,
}

/// Failures by their cause, each with how often and where.
#[derive(Default)]
struct Causes(BTreeMap<String, Vec<String>>);

impl Causes {
    fn add(&mut self, cause: String, example: String) {
        self.0.entry(cause).or_default().push(example);
    }

    /// One line for each cause, and one for each failure in a file beside.
    fn write(self) -> Result<(), String> {
        let mut table = Table::new(["cause", "count", "example"]);
        let mut rows: Vec<_> = self.0.into_iter().collect();
        rows.sort_by_key(|(_, examples)| std::cmp::Reverse(examples.len()));
        let mut all = String::new();
        for (cause, examples) in rows {
            for example in &examples {
                all.extend([&cause, "\t", example, "\n"]);
            }
            let first = examples.first().cloned().unwrap_or_default();
            table.push([cause, examples.len().to_string(), first]);
        }
        fs::write(output().join("round-trip-failures.tsv"), all).map_err(|it| it.to_string())?;
        table.write(&output(), "round-trip-causes")
    }
}

/// Prints the tables; whether every value survived.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, String> {
    let mut table = Table::new([
        "document",
        "types",
        "no sample",
        "samples",
        "unfit",
        "equal",
        "mutants",
        "refused",
        "exact path",
        "path around",
    ]);
    let mut causes = Causes::default();
    let mut total = Tally::default();
    for document in documents(arguments)? {
        match prove(arguments, &document, &mut causes) {
            Ok(None) => {}
            Ok(Some(tally)) => {
                eprintln!(
                    "{}: {} of {} equal",
                    document.name, tally.equal, tally.samples
                );
                total.add(&tally);
                table.push(tally.cells(&document.name));
            }
            Err(error) => {
                eprintln!("{}: {error}", document.name);
                let first = error.lines().next().unwrap_or_default();
                causes.add(format!("no program: {first}"), document.name.clone());
            }
        }
    }
    table.push(total.cells("all"));
    fs::create_dir_all(output()).map_err(|it| it.to_string())?;
    table.write(&output(), "round-trip")?;
    println!();
    causes.write()?;
    Ok(total.equal == total.samples)
}

fn prove(
    arguments: &Arguments,
    document: &Document,
    causes: &mut Causes,
) -> Result<Option<Tally>, String> {
    let Some(module) = generate(document)?.module else {
        return Ok(None);
    };
    let root = read(&document.path)?;
    let subjects = subjects(document, &module);
    let (tasks, mut tally) = tasks(arguments, &root, &subjects)?;
    if tasks.is_empty() {
        return Ok(Some(tally));
    }
    let types: Vec<_> = subjects.iter().map(|it| it.rust.as_str()).collect();
    let program = Program::build(document, &module, &types)?;
    let lines = tasks
        .iter()
        .map(|it| json!({ "type": it.subject, "json": it.value.to_string() }));
    let done = program.run("", &lines.collect::<Vec<_>>())?;
    for (task, done) in tasks.iter().zip(&done) {
        let place = format!("{} {}", document.name, subjects[task.subject].pointer);
        let direction = subjects[task.subject].direction;
        judge(task, done, (&place, direction), &mut tally, causes);
    }
    Ok(Some(tally))
}

/// The types whose schema stands in the document itself.
pub(crate) fn subjects(document: &Document, module: &Module) -> Vec<Subject> {
    let places = Places::of(&document.path);
    let mut seen = HashSet::new();
    let types = module.facts["types"].as_array().into_iter().flatten();
    let found = types.filter_map(|it| {
        let offset = usize::try_from(it["offset"].as_u64()?).ok()?;
        let own = it["file"].as_str()? == document.path.to_str()?;
        let pointer = places.pointer(offset).filter(|_| own)?;
        // What is made of parameters and of bodies in the manner of 2.0 is no schema there.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_schema = pointer.ends_with("/schema")
            || parent.ends_with("/schemas")
            || parent.ends_with("/definitions");
        let direction = match (it["in_request"].as_bool()?, it["in_answer"].as_bool()?) {
            (true, false) => Direction::Request,
            (false, true) => Direction::Answer,
            _ => Direction::Both,
        };
        let rust = it["rust"].as_str()?;
        let is_new = seen.insert((rust.to_owned(), pointer.to_owned()));
        (is_schema && is_new).then(|| Subject {
            rust: rust.to_owned(),
            pointer: pointer.to_owned(),
            direction,
        })
    });
    found.collect()
}

fn tasks(
    arguments: &Arguments,
    root: &Value,
    subjects: &[Subject],
) -> Result<(Vec<Task>, Tally), String> {
    let mut tasks = Vec::new();
    let mut tally = Tally::default();
    for direction in [Direction::Request, Direction::Answer, Direction::Both] {
        let root = convert(root, version(root).unwrap_or("3.1"), direction);
        let judge = Judge::new(&root)?;
        let mut sampler = Sampler::new(&root, Random::new(arguments.seed));
        for (index, subject) in subjects.iter().enumerate() {
            if subject.direction == direction {
                tally.types += 1;
                let before = tasks.len();
                if let Ok(judge) = judge.schema(&subject.pointer) {
                    sample(
                        arguments,
                        &mut sampler,
                        &judge,
                        (index, subject),
                        &mut tasks,
                        &mut tally,
                    );
                }
                tally.without_sample += usize::from(before == tasks.len());
            }
        }
    }
    Ok((tasks, tally))
}

fn sample(
    arguments: &Arguments,
    sampler: &mut Sampler<'_>,
    judge: &jsonschema::Validator,
    (index, subject): (usize, &Subject),
    tasks: &mut Vec<Task>,
    tally: &mut Tally,
) {
    for _ in 0..arguments.samples {
        let Some(value) = sampler.sample_at(&subject.pointer) else {
            continue;
        };
        // The type stands without the `null` that its places may add.
        if value.is_null() {
            continue;
        }
        if !judge.is_valid(&value) {
            tally.unfit += 1;
            continue;
        }
        let closed = subject.direction == Direction::Request;
        let mutant = mutate(&mut sampler.random, &value, closed);
        if let Some(mutant) = mutant.filter(|it| is_broken(judge, it)) {
            tasks.push(Task {
                subject: index,
                value: mutant.value.clone(),
                mutant: Some(mutant),
            });
        }
        tasks.push(Task {
            subject: index,
            value,
            mutant: None,
        });
    }
}

/// Whether a broken value no longer fits; one with an unlisted value, for that very reason.
fn is_broken(judge: &jsonschema::Validator, mutant: &Mutant) -> bool {
    use jsonschema::error::ValidationErrorKind::{Constant, Enum};
    let mut errors = judge.iter_errors(&mutant.value);
    if mutant.kind == "unlisted value" {
        errors.any(|it| matches!(it.kind(), Enum { .. } | Constant { .. }))
    } else {
        errors.next().is_some()
    }
}

fn judge(
    task: &Task,
    done: &Value,
    (place, direction): (&str, Direction),
    tally: &mut Tally,
    causes: &mut Causes,
) {
    let message = done["message"].as_str().map(general);
    let path = done["path"].as_str().unwrap_or_default();
    let example = || {
        let value: String = task.value.to_string().chars().take(300).collect();
        format!("{place} at `{path}`: {value}")
    };
    let Some(mutant) = &task.mutant else {
        tally.samples += 1;
        if let Some(message) = message {
            return causes.add(format!("refused: {message}"), example());
        }
        let again = done["again"].as_str().map(serde_json::from_str);
        let again: Value = again.and_then(Result::ok).unwrap_or_default();
        match difference(&task.value, &again) {
            None => tally.equal += 1,
            Some((what, at)) => causes.add(what.to_owned(), format!("{at} in {}", example())),
        }
        return;
    };
    tally.mutants += 1;
    let way = match direction {
        Direction::Request => "requests",
        Direction::Answer => "answers",
        Direction::Both => "both ways",
    };
    if message.is_none() {
        let example = format!("{} in {}", mutant.path, example());
        return causes.add(format!("accepted in {way}: {}", mutant.kind), example);
    }
    tally.refused += 1;
    // Another type may be right for the place and wrong further inside.
    if path.starts_with(&mutant.path) {
        tally.exact += 1;
    } else if mutant.path.starts_with(path) {
        tally.around += 1;
    } else {
        let example = format!("{} is broken in {}", mutant.path, example());
        causes.add("points elsewhere".to_owned(), example);
    }
}

/// A message without what is particular to one document.
pub(crate) fn general(message: &str) -> String {
    let mut text = String::new();
    for (index, part) in message.split(['`', '"']).enumerate() {
        text.push_str(if index % 2 == 0 { part } else { "`…`" });
    }
    let text: String = text.chars().take(160).collect();
    let words = text.split_whitespace().map(|word| {
        let is_name = word.starts_with(|it: char| it.is_ascii_uppercase())
            || word.contains(|it: char| it.is_ascii_digit());
        if is_name { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.types += other.types;
        self.without_sample += other.without_sample;
        self.samples += other.samples;
        self.unfit += other.unfit;
        self.equal += other.equal;
        self.mutants += other.mutants;
        self.refused += other.refused;
        self.exact += other.exact;
        self.around += other.around;
    }

    fn cells(&self, name: &str) -> [String; 10] {
        let count = |it: usize| it.to_string();
        [
            name.to_owned(),
            count(self.types),
            count(self.without_sample),
            count(self.samples),
            count(self.unfit),
            count(self.equal),
            count(self.mutants),
            count(self.refused),
            count(self.exact),
            count(self.around),
        ]
    }
}
