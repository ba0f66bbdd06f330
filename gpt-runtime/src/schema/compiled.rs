//! Schemas as they are looked up: parsed once, with what they refer to.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use super::{
    node::{Keywords, Reader, Schema},
    pattern::Pattern,
    shown,
};
use crate::{
    action::Operation,
    cache::{Cache, TextPlace, place_of},
};

/// The schema of an operation's arguments, parsed.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) schema: Schema,
    /// What references lead to.
    definitions: Vec<Schema>,
    /// What a model is shown of it.
    pub(super) shown: Value,
    /// What cannot be checked.
    pub(super) problems: Vec<String>,
}

/// What was compiled, by the texts of an operation's schema and of those it refers to.
static COMPILED: Cache<[TextPlace; 2], Result<Compiled, String>> = Cache::new();

impl Compiled {
    /// The schema of an operation, or why it cannot be read.
    pub(super) fn of(operation: &Operation) -> &'static Result<Self, String> {
        let texts = [operation.tool.parameters, operation.api.schemas];
        COMPILED.get(texts.map(place_of), || compile(operation))
    }

    /// The schema of the arguments of a tool that is no operation, or why it cannot be read.
    #[cfg(feature = "server")]
    pub(super) fn new(tool: &str, parameters: Map<String, Value>) -> Result<Self, String> {
        let compiled = put_together(tool, parameters, &Map::new());
        match compiled.problems.first() {
            Some(problem) => Err(problem.clone()),
            None => Ok(compiled),
        }
    }

    /// The schema that a `$ref` stands for, itself where there is none. References that lead
    /// nowhere or in a circle accept anything; they are among the problems.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        let mut schema = schema;
        for _ in 0..32 {
            let Schema::Keywords(keywords) = schema else {
                return schema;
            };
            let Some(position) = keywords.reference else {
                return schema;
            };
            schema = self.definitions.get(position).unwrap_or(&Schema::Any);
        }
        &Schema::Any
    }

    /// The keywords of what a schema stands for; `None` for one that allows anything or nothing.
    pub(super) fn keywords<'a>(&'a self, schema: &'a Schema) -> Option<&'a Keywords> {
        match self.resolve(schema) {
            Schema::Keywords(keywords) => Some(keywords),
            Schema::Any | Schema::Never => None,
        }
    }
}

fn compile(operation: &Operation) -> Result<Compiled, String> {
    let name = operation.tool.name;
    let whole: Map<String, Value> = serde_json::from_str(operation.tool.parameters)
        .map_err(|error| format!("the description of {name} cannot be read: {error}"))?;
    let schemas: Map<String, Value> =
        serde_json::from_str(operation.api.schemas).map_err(|error| {
            format!(
                "the schemas of {} cannot be read: {error}",
                operation.api.name
            )
        })?;
    Ok(put_together(name, whole, &schemas))
}

/// Parses the schema of a tool, with those of its API that it reaches.
fn put_together(
    name: &str,
    mut whole: Map<String, Value>,
    schemas: &Map<String, Value>,
) -> Compiled {
    let mut problems = Vec::new();
    let own = whole.shift_remove("$defs").unwrap_or_default();
    let own = own.as_object().cloned().unwrap_or_default();
    let find = |name: &str| own.get(name).or_else(|| schemas.get(name));

    let mut reached: Vec<String> = Vec::new();
    let mut patterns = HashMap::new();
    let root = Value::Object(whole);
    let mut pending = vec![&root];
    while let Some(schema) = pending.pop() {
        for pattern in patterns_of(schema) {
            if patterns.contains_key(pattern) {
                continue;
            }
            match Pattern::new(pattern) {
                Ok(compiled) => {
                    patterns.insert(pattern.to_owned(), Arc::new(compiled));
                }
                Err(error) => problems.push(format!(
                    "{name}: the pattern `{pattern}` is not checked: {error}"
                )),
            }
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let definition = name_of(reference).and_then(|name| find(&name).map(|it| (name, it)));
            match definition {
                Some((name, definition)) if !reached.contains(&name) => {
                    reached.push(name);
                    pending.push(definition);
                }
                Some(_) => {}
                None => problems.push(format!("{name}: the reference `{reference}` leads nowhere")),
            }
        }
        pending.extend(inner(schema));
    }

    // In the order of the document, whichever way they were reached.
    let order = schemas
        .keys()
        .chain(own.keys().filter(|it| !schemas.contains_key(*it)));
    let definitions: Map<String, Value> = order
        .filter(|name| reached.contains(name))
        .filter_map(|name| Some((name.clone(), find(name)?.clone())))
        .collect();
    let reader = Reader {
        definitions: definitions.keys().map(String::as_str).zip(1..).collect(),
        patterns,
    };
    let schemas = definitions.values().map(|it| reader.schema(it));
    let definitions_read = std::iter::once(Schema::Any).chain(schemas).collect();
    let schema = reader.schema(&root);
    let mut whole = root;
    if !definitions.is_empty() {
        whole["$defs"] = Value::Object(definitions);
    }
    Compiled {
        schema,
        definitions: definitions_read,
        shown: shown::to_model(&whole),
        problems,
    }
}

/// The regular expressions of a schema.
fn patterns_of(schema: &Value) -> impl Iterator<Item = &str> {
    let keys = schema.get("patternProperties").and_then(Value::as_object);
    let keys = keys.into_iter().flat_map(Map::keys).map(String::as_str);
    keys.chain(schema.get("pattern").and_then(Value::as_str))
}

/// The schemas inside a schema.
fn inner(schema: &Value) -> impl Iterator<Item = &Value> {
    let objects = ["properties", "patternProperties"]
        .into_iter()
        .filter_map(|it| schema.get(it)?.as_object())
        .flat_map(Map::values);
    let lists = ["anyOf", "oneOf", "allOf", "prefixItems"]
        .into_iter()
        .filter_map(|it| schema.get(it)?.as_array())
        .flatten();
    let single = ["items", "additionalProperties", "propertyNames"]
        .into_iter()
        .filter_map(|it| schema.get(it));
    objects.chain(lists).chain(single)
}

/// `NAME` of `#/$defs/NAME`.
pub(crate) fn name_of(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/$defs/")?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}
