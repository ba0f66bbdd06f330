//! Breaks a value in one place.

use serde_json::{Value, json};

use crate::{
    compare::{item, property},
    random::Random,
};

/// A broken value.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    pub(crate) value: Value,
    /// What was done.
    pub(crate) kind: &'static str,
    /// Where an error should point.
    pub(crate) path: String,
}

/// Breaks a value somewhere; in an enum only where those of the type are closed.
pub(crate) fn mutate(random: &mut Random, value: &Value, closed: bool) -> Option<Mutant> {
    let mut places = Vec::new();
    walk(value, String::new(), String::new(), &mut places);
    let (pointer, path) = random.pick(&places)?.clone();
    let mut value = value.clone();
    let place = value.pointer_mut(&pointer)?;
    let kind = match place {
        Value::Object(entries) if !entries.is_empty() && random.chance(70) => {
            let names: Vec<String> = entries.keys().cloned().collect();
            entries.shift_remove(random.pick(&names)?);
            "missing property"
        }
        Value::String(text) if closed && random.chance(50) => {
            text.push_str("-not-listed");
            "unlisted value"
        }
        other => {
            *other = match other {
                Value::Array(_) => json!({ "wrong": true }),
                Value::String(_) => json!([7]),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                    json!(["wrong"])
                }
            };
            "wrong type"
        }
    };
    Some(Mutant { value, kind, path })
}

fn walk(value: &Value, pointer: String, path: String, places: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let key = crate::operations::escape(name);
                walk(
                    value,
                    format!("{pointer}/{key}"),
                    property(&path, name),
                    places,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(
                    value,
                    format!("{pointer}/{index}"),
                    item(&path, index),
                    places,
                );
            }
        }
        _ => {}
    }
    places.push((pointer, path));
}
