//! Values as the check compares and describes them.

use std::fmt::Write;

use serde_json::{Number, Value};

use crate::schema::{
    node::Kind,
    words::{excerpt, kind},
};

/// The values in a value, itself included.
pub(super) fn count(value: &Value) -> u32 {
    match value {
        Value::Array(items) => items.iter().map(count).fold(1, u32::saturating_add),
        Value::Object(properties) => properties.values().map(count).fold(1, u32::saturating_add),
        _ => 1,
    }
}

/// What is wrong with a value that is of none of the types.
pub(super) fn wrong_kind(kinds: &[Kind], value: &Value) -> String {
    let expected: Vec<&str> = kinds.iter().map(|it| it.words()).collect();
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
            .any(|kind| *kind != Kind::Null && kind.takes(&unquoted))
    {
        let _ = write!(message, ": write {} without quotes", excerpt(&unquoted));
    } else if wants(Kind::String) && (value.is_number() || value.is_boolean()) {
        let _ = write!(message, ": write \"{value}\"");
    } else if wants(Kind::Array) && !value.is_null() {
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
