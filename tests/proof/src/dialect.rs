//! Brings the schemas of a document to JSON Schema 2020-12, by the specifications alone.

use serde_json::{Map, Value, json};

/// Which way a value goes: properties that go the other way only are none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    Request,
    Answer,
    Both,
}

/// The whole document with its schemas in the one dialect.
pub(crate) fn convert(root: &Value, version: &str, direction: Direction) -> Value {
    let cx = Dialect {
        is_old: version.starts_with("2.") || version.starts_with("3.0"),
        direction,
    };
    let mut root = root.clone();
    cx.document(&mut root, "");
    root
}

struct Dialect {
    /// Before 3.1, where `nullable` means something and a reference stands alone.
    is_old: bool,
    direction: Direction,
}

impl Dialect {
    /// Finds the schemas by the keys they stand under.
    fn document(&self, value: &mut Value, key: &str) {
        match value {
            Value::Object(entries) => {
                for (name, value) in entries {
                    match (key, name.as_str()) {
                        ("example" | "examples" | "default", _) | (_, "example" | "examples") => {}
                        ("schemas" | "definitions", _) | (_, "schema") => self.schema(value),
                        ("x-files", _) if is_schema(value) => self.schema(value),
                        _ => self.document(value, name),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|it| self.document(it, "")),
            _ => {}
        }
    }

    fn schema(&self, schema: &mut Value) {
        let Some(entries) = schema.as_object_mut() else {
            return;
        };
        if self.is_old {
            if let Some(target) = entries.get("$ref").filter(|it| it.is_string()).cloned() {
                *schema = json!({ "$ref": target });
                return;
            }
            old_bounds(entries, "minimum", "exclusiveMinimum");
            old_bounds(entries, "maximum", "exclusiveMaximum");
            nullable(entries);
        }
        self.parts(entries);
        self.one_way(entries);
    }

    fn parts(&self, entries: &mut Map<String, Value>) {
        for (key, value) in entries {
            match key.as_str() {
                "properties" | "patternProperties" | "$defs" | "definitions"
                | "dependentSchemas" => {
                    let schemas = value.as_object_mut().into_iter().flatten();
                    schemas.for_each(|(_, it)| self.schema(it));
                }
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                    let schemas = value.as_array_mut().into_iter().flatten();
                    schemas.for_each(|it| self.schema(it));
                }
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedProperties"
                | "unevaluatedItems" => {
                    self.schema(value);
                }
                _ => {}
            }
        }
    }

    /// Takes away what goes the other way only.
    fn one_way(&self, entries: &mut Map<String, Value>) {
        let word = match self.direction {
            Direction::Request => "readOnly",
            Direction::Answer => "writeOnly",
            Direction::Both => return,
        };
        let properties = entries.get_mut("properties").and_then(Value::as_object_mut);
        let Some(properties) = properties else { return };
        let is_other = |schema: &Value| schema[word] == Value::Bool(true);
        let others = properties.iter().filter(|(_, schema)| is_other(schema));
        let others: Vec<_> = others.map(|(name, _)| name.clone()).collect();
        properties.retain(|_, schema| !is_other(schema));
        if let Some(required) = entries.get_mut("required").and_then(Value::as_array_mut) {
            let is_other =
                |it: &Value| it.as_str().is_some_and(|it| others.iter().any(|o| o == it));
            required.retain(|it| !is_other(it));
        }
    }
}

/// Whether a whole file is one schema.
fn is_schema(file: &Value) -> bool {
    let words = ["type", "properties", "allOf", "oneOf", "anyOf", "enum"];
    words.iter().any(|it| file.get(it).is_some())
}

fn old_bounds(entries: &mut Map<String, Value>, bound: &str, exclusive: &str) {
    match entries.get(exclusive) {
        Some(Value::Bool(true)) => {
            if let Some(value) = entries.remove(bound) {
                entries.insert(exclusive.to_owned(), value);
            }
        }
        Some(Value::Bool(false)) => drop(entries.remove(exclusive)),
        _ => {}
    }
    if entries.get(exclusive).is_some_and(Value::is_boolean) {
        entries.remove(exclusive);
    }
}

/// `nullable` counts beside a `type` only.
fn nullable(entries: &mut Map<String, Value>) {
    let is_nullable = ["nullable", "x-nullable"]
        .iter()
        .any(|it| entries.get(*it) == Some(&true.into()));
    if !is_nullable {
        return;
    }
    if let Some(name @ Value::String(_)) = entries.get("type").cloned() {
        entries.insert("type".to_owned(), json!([name, "null"]));
    }
}
