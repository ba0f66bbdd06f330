//! `cargo gpt import --update`: fetches the source of a project again, and says what changed.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt::Write as _,
    fs,
    path::Path,
};

use gpt_codegen::{Config, Generated};
use serde_json::Value;

use super::{
    Source,
    gather::{Files, Scratch},
    origin::{self, hash},
    place::Place,
    read, write_all,
};
use crate::{Failure, arguments::Color, check::tell, terminal::say};

/// Shows what changed, and writes it unless that is all that was asked for.
pub(super) fn update(
    source: Option<Place>,
    root: Option<&Path>,
    is_dry: bool,
    is_forced: bool,
    color: Color,
) -> Result<(), Failure> {
    let project = Path::new("");
    let origin = origin::read(project)?;
    let place = match source {
        Some(place) => place,
        None => origin.place(project)?,
    };
    let root = root.map(Path::to_owned).or_else(|| origin.root(project));
    let root = root.as_deref();
    let Source { files, .. } = read(&place, root)?;
    let mut text = String::new();
    let mut breaks = false;
    let mut is_changed = false;
    let mut by_hand = Vec::new();
    let mut new_paths = BTreeSet::new();
    for files in &files {
        for (path, file) in &files.all {
            new_paths.insert(path.clone());
            let on_disk = fs::read_to_string(Path::new("actions").join(path)).ok();
            let is_other = on_disk.as_deref() != Some(&file.text);
            is_changed |= is_other;
            let written = origin.written.get(path);
            let is_by_hand = on_disk.is_some_and(|it| Some(&hash(&it)) != written);
            if is_other && is_by_hand {
                by_hand.push(format!("`actions/{}`", path.display()));
            }
        }
        let change = Change::of(files, color)?;
        breaks |= change.breaks;
        text.push_str(&change.text);
    }
    let gone = origin.written.keys().filter(|it| !new_paths.contains(*it));
    for path in gone {
        is_changed = true;
        let _ = writeln!(
            text,
            "actions/{}: the source has it no more",
            path.display()
        );
    }
    if !is_changed {
        return say(&format!("nothing changed in `{}`\n", place.shown()));
    }
    say(&text)?;
    if is_dry {
        return if breaks {
            Err(Failure::Reported)
        } else {
            Ok(())
        };
    }
    if !by_hand.is_empty() && !is_forced {
        return Err(Failure::Other(format!(
            "{} changed here since the import: `--force` writes the source over it",
            by_hand.join(", ")
        )));
    }
    for files in &files {
        write_all(project, files)?;
    }
    origin::record(Path::new("."), &place, root, &files)?;
    Ok(())
}

/// What is different in a description.
struct Change {
    text: String,
    /// Whether code or instructions that use it may stop working.
    breaks: bool,
}

impl Change {
    fn of(files: &Files, color: Color) -> Result<Self, Failure> {
        let path = Path::new("actions").join(&files.main);
        let shown = path.display();
        let config = Config::new().lenient(true).derive_operation_ids(true);
        let scratch = Scratch::new()?;
        write_all(&scratch.0, files)?;
        let checked = config.check(scratch.0.join(&path))?;
        let Some(new) = &checked.generated else {
            tell(&path, &checked, color);
            return Err(Failure::Reported);
        };
        let old = config.check(&path)?.generated;
        let Some(old) = old else {
            return Ok(Self {
                text: format!("{shown}: could not be read before\n"),
                breaks: false,
            });
        };
        let (old, new) = (operations(&old), operations(new));
        let mut lines = Vec::new();
        let mut breaks = false;
        for (id, operation) in &new {
            match old.get(id) {
                None => lines.push(format!("+ {id}: {}", operation.summary())),
                Some(before) => {
                    for (change, is_breaking) in before.changes(operation) {
                        breaks |= is_breaking;
                        lines.push(format!("~ {id}: {change}"));
                    }
                }
            }
        }
        for id in old.keys().filter(|it| !new.contains_key(*it)) {
            breaks = true;
            lines.push(format!("- {id}"));
        }
        let text = if lines.is_empty() {
            format!("{shown}: nothing that a model is told changed\n")
        } else {
            format!("{shown}:\n  {}\n", lines.join("\n  "))
        };
        Ok(Self { text, breaks })
    }
}

/// An operation as a model and the generated code know it.
struct Operation {
    tool: Value,
    /// Schemas that several operations share.
    schemas: Value,
}

fn operations(generated: &Generated) -> BTreeMap<String, Operation> {
    let all: Value = serde_json::from_str(&generated.tools).unwrap_or_default();
    let tools = all["tools"].as_array().cloned().unwrap_or_default();
    let ids = generated.operations.iter().cloned();
    ids.zip(tools)
        .map(|(id, tool)| {
            let schemas = all["schemas"].clone();
            (id, Operation { tool, schemas })
        })
        .collect()
}

impl Operation {
    fn summary(&self) -> &str {
        let text = self.tool["description"].as_str().unwrap_or_default();
        text.lines().next().unwrap_or_default()
    }

    /// What is different, each with whether it breaks what uses it.
    fn changes(&self, new: &Self) -> Vec<(String, bool)> {
        let mut changes = Vec::new();
        let (before, after) = (self.arguments(), new.arguments());
        for (name, schema) in &after {
            let is_required = new.requires(name);
            match before.get(name) {
                None if is_required => {
                    changes.push((format!("`{name}` is new and required"), true));
                }
                None => changes.push((format!("`{name}` is new"), false)),
                Some(_) if is_required && !self.requires(name) => {
                    changes.push((format!("`{name}` is required now"), true));
                }
                Some(_) if !is_required && self.requires(name) => {
                    changes.push((format!("`{name}` is not required any more"), false));
                }
                Some(old) if self.whole(old) != new.whole(schema) => {
                    let is_only_said =
                        without_texts(self.whole(old)) == without_texts(new.whole(schema));
                    changes.push(if is_only_said {
                        (format!("`{name}` is described in other words"), false)
                    } else {
                        (format!("`{name}` has another type"), true)
                    });
                }
                Some(_) => {}
            }
        }
        for name in before.keys().filter(|it| !after.contains_key(*it)) {
            changes.push((format!("`{name}` is gone"), true));
        }
        if self.tool["description"] != new.tool["description"] {
            changes.push(("it is described in other words".to_owned(), false));
        }
        changes
    }

    fn arguments(&self) -> BTreeMap<String, Value> {
        let properties = self.tool["parameters"]["properties"].as_object();
        let properties = properties.into_iter().flatten();
        properties
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect()
    }

    fn requires(&self, name: &str) -> bool {
        let required = self.tool["parameters"]["required"].as_array();
        required.is_some_and(|it| it.iter().any(|it| it == name))
    }

    /// A schema with those that it refers to.
    fn whole(&self, schema: &Value) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::from([(String::new(), schema.clone())]);
        let mut open = vec![schema.clone()];
        while let Some(schema) = open.pop() {
            for name in references(&schema) {
                if let Entry::Vacant(entry) = found.entry(name) {
                    let schema = self.schemas[entry.key()].clone();
                    open.push(schema.clone());
                    entry.insert(schema);
                }
            }
        }
        found
    }
}

/// The names of the shared schemas that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(entries) => {
            let own = entries.get("$ref").and_then(Value::as_str);
            let own = own.and_then(|it| it.rsplit('/').next()).map(str::to_owned);
            let inside = entries.values().flat_map(references);
            own.into_iter().chain(inside).collect()
        }
        _ => Vec::new(),
    }
}

/// Schemas without what only people and models read.
fn without_texts(mut schemas: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    fn clean(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(clean),
            Value::Object(entries) => {
                entries.retain(|key, value| !(key == "description" && value.is_string()));
                entries.values_mut().for_each(clean);
            }
            _ => {}
        }
    }
    schemas.values_mut().for_each(clean);
    schemas
}
