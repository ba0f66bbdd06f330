//! What keywords say, and how values compare.

use std::fmt::Write;

use serde_json::{Map, Number, Value};

use crate::schema::{
    compiled::Compiled,
    words::{excerpt, kind},
};

pub(super) fn schemas<'a>(schema: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    match schema.get(keyword) {
        Some(Value::Array(schemas)) => schemas,
        _ => &[],
    }
}

pub(super) fn kinds(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The properties that can have one value only.
pub(super) fn tags<'a>(
    compiled: &'a Compiled,
    schema: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let schema = compiled.resolve(schema);
            let only = schema.get("const").or_else(|| match schema.get("enum") {
                Some(Value::Array(values)) if values.len() == 1 => values.first(),
                _ => None,
            });
            Some((name, only?))
        })
}

pub(super) fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

pub(super) fn wrong_kind(kinds: &[&str], value: &Value) -> String {
    let expected: Vec<&str> = kinds
        .iter()
        .map(|kind| match *kind {
            "boolean" => "true or false",
            "number" => "a number",
            "integer" => "an integer",
            "string" => "text",
            "array" => "an array",
            "object" => "an object",
            other => other,
        })
        .collect();
    let mut message = format!("must be {}, not ", expected.join(" or "));
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => message.push_str(kind(value)),
        scalar => message.push_str(&excerpt(scalar)),
    }
    let wants = |kind| kinds.contains(&kind);
    if let Value::String(text) = value
        && let Ok(unquoted) = serde_json::from_str::<Value>(text)
        && kinds
            .iter()
            .any(|kind| *kind != "null" && is_kind(&unquoted, kind))
    {
        let _ = write!(message, ": write {} without quotes", excerpt(&unquoted));
    } else if wants("string") && (value.is_number() || value.is_boolean()) {
        let _ = write!(message, ": write \"{value}\"");
    } else if wants("array") && !value.is_null() {
        let _ = write!(message, ": write [{}]", excerpt(value));
    }
    message
}

/// An integer that was written with a fraction of zero.
#[allow(
    clippy::cast_possible_truncation,
    reason = "an integer of this size is exact"
)]
pub(super) fn integral(value: &Value) -> Option<Value> {
    let float = value.as_f64().filter(|_| value.is_f64())?;
    (float.fract() == 0.0 && float.abs() < 9e15).then(|| Value::from(float as i64))
}

pub(super) fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

pub(super) fn compare(left: &Number, right: &Number) -> Option<std::cmp::Ordering> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// `1` and `1.0` are the same number in JSON Schema.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            compare(left, right) == Some(std::cmp::Ordering::Equal)
        }
        _ => left == right,
    }
}

pub(super) fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (integer(number), integer(step)) {
        return step == 0 || number % step == 0;
    }
    match (number.as_f64(), step.as_f64()) {
        // Decimal fractions are not exact: 0.3 / 0.1 is 2.9999999999999996.
        (Some(number), Some(step)) if step != 0.0 => {
            let quotient = number / step;
            (quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0)
        }
        _ => true,
    }
}

/// The same text for the same value, whatever the order of properties.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(properties) => {
            let mut parts: Vec<String> = properties
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        scalar => integral(scalar).as_ref().unwrap_or(scalar).to_string(),
    }
}
