//! A schema within the keywords that hosts of actions read.

use serde_json::{Map, Value, json};

use super::{
    components::{Side, reference},
    definition::Schema,
    report::Report,
    text::{LONGEST_OF_PARAMETER, shortened},
};

/// What keywords say that hosts do not read, or read differently.
const LOOSENED: [&str; 5] = [
    "prefixItems",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "$defs",
];

/// A schema as hosts read it: with references that say of which side they are, and without the
/// keywords that hosts do not know, which only allows more.
pub(super) fn fitted(side: Side, schema: &Value, place: &str, report: &mut Report) -> Value {
    let Value::Object(keywords) = schema else {
        return schema.clone();
    };
    let mut fitted = Map::new();
    for (keyword, value) in keywords {
        let value = match (keyword.as_str(), value) {
            ("$ref", Value::String(text)) => {
                let name = text.strip_prefix("#/$defs/").unwrap_or(text);
                reference(&(side, name.to_owned())).into()
            }
            ("properties", Value::Object(properties)) => properties
                .iter()
                .map(|(name, schema)| (name.clone(), self::fitted(side, schema, place, report)))
                .collect(),
            ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => schemas
                .iter()
                .map(|schema| self::fitted(side, schema, place, report))
                .collect(),
            ("items" | "additionalProperties", schema) => self::fitted(side, schema, place, report),
            ("description", Value::String(text)) if side == Side::Request => {
                described(text, place, report).into()
            }
            (keyword, _) if LOOSENED.contains(&keyword) => {
                if keyword != "$defs" {
                    report.lost(
                        place,
                        format!("`{keyword}` is not said"),
                        "hosts do not read it",
                    );
                }
                continue;
            }
            _ => value.clone(),
        };
        fitted.insert(keyword.clone(), value);
    }
    if has_type(&fitted, "object") && !fitted.contains_key("properties") {
        fitted.insert("properties".to_owned(), json!({}));
    }
    if has_type(&fitted, "array") && !fitted.contains_key("items") {
        fitted.insert("items".to_owned(), json!({}));
    }
    // One alternative is none: what it says stands beside the rest.
    if let Some(Value::Array(all)) = fitted.get("anyOf")
        && let [Value::Object(only)] = all.as_slice()
    {
        let mut plain = only.clone();
        fitted.shift_remove("anyOf");
        plain.extend(fitted);
        fitted = plain;
    }
    if keywords.contains_key("prefixItems") {
        fitted.insert("items".to_owned(), json!({}));
    }
    if keywords.contains_key("patternProperties") {
        fitted.insert("additionalProperties".to_owned(), true.into());
    }
    fitted.into()
}

/// A description of an argument or of what is in it, as long as it may be.
pub(super) fn described(text: &str, place: &str, report: &mut Report) -> String {
    let short = shortened(text, LONGEST_OF_PARAMETER);
    if short != text {
        report.lost(
            place,
            "a description is cut",
            format!("one of an argument has at most {LONGEST_OF_PARAMETER} characters"),
        );
    }
    short
}

/// A schema of an object, as all that this command writes.
pub(super) fn object(
    properties: Map<String, Value>,
    required: Vec<Value>,
    others: Value,
) -> Schema {
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    object.insert("additionalProperties".to_owned(), others);
    object
}

fn has_type(schema: &Schema, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == kind),
        only => only.is_some_and(|it| it == kind),
    }
}

pub(super) fn is_object(schema: &Value) -> bool {
    schema["type"] == "object"
}
