//! What keywords say, and how values compare.

use std::fmt::Write;

use serde_json::{Map, Number, Value};

use crate::schema::{
    compiled::Compiled,
    words::{excerpt, kind},
};

/// The keywords of a schema that are checked, found in one pass: looking each of them up costs more
/// than most of the checks.
#[derive(Clone, Copy, Default)]
pub(super) struct Keywords<'a> {
    pub(super) reference: Option<&'a Value>,
    pub(super) kind: Option<&'a Value>,
    pub(super) constant: Option<&'a Value>,
    pub(super) choices: Option<&'a Value>,
    pub(super) format: Option<&'a Value>,
    pub(super) content_encoding: Option<&'a Value>,
    pub(super) minimum: Option<&'a Value>,
    pub(super) maximum: Option<&'a Value>,
    pub(super) exclusive_minimum: Option<&'a Value>,
    pub(super) exclusive_maximum: Option<&'a Value>,
    pub(super) multiple_of: Option<&'a Value>,
    pub(super) min_length: Option<&'a Value>,
    pub(super) max_length: Option<&'a Value>,
    pub(super) pattern: Option<&'a Value>,
    pub(super) min_items: Option<&'a Value>,
    pub(super) max_items: Option<&'a Value>,
    pub(super) unique_items: Option<&'a Value>,
    pub(super) prefix_items: Option<&'a Value>,
    pub(super) items: Option<&'a Value>,
    pub(super) properties: Option<&'a Value>,
    pub(super) required: Option<&'a Value>,
    pub(super) min_properties: Option<&'a Value>,
    pub(super) max_properties: Option<&'a Value>,
    pub(super) dependent_required: Option<&'a Value>,
    pub(super) additional_properties: Option<&'a Value>,
    pub(super) pattern_properties: Option<&'a Value>,
    pub(super) property_names: Option<&'a Value>,
    pub(super) all_of: Option<&'a Value>,
    pub(super) any_of: Option<&'a Value>,
    pub(super) one_of: Option<&'a Value>,
}

impl<'a> Keywords<'a> {
    pub(super) fn of(schema: &'a Map<String, Value>) -> Self {
        let mut keywords = Self::default();
        for (keyword, value) in schema {
            let slot = match keyword.as_str() {
                "$ref" => &mut keywords.reference,
                "type" => &mut keywords.kind,
                "const" => &mut keywords.constant,
                "enum" => &mut keywords.choices,
                "format" => &mut keywords.format,
                "contentEncoding" => &mut keywords.content_encoding,
                "minimum" => &mut keywords.minimum,
                "maximum" => &mut keywords.maximum,
                "exclusiveMinimum" => &mut keywords.exclusive_minimum,
                "exclusiveMaximum" => &mut keywords.exclusive_maximum,
                "multipleOf" => &mut keywords.multiple_of,
                "minLength" => &mut keywords.min_length,
                "maxLength" => &mut keywords.max_length,
                "pattern" => &mut keywords.pattern,
                "minItems" => &mut keywords.min_items,
                "maxItems" => &mut keywords.max_items,
                "uniqueItems" => &mut keywords.unique_items,
                "prefixItems" => &mut keywords.prefix_items,
                "items" => &mut keywords.items,
                "properties" => &mut keywords.properties,
                "required" => &mut keywords.required,
                "minProperties" => &mut keywords.min_properties,
                "maxProperties" => &mut keywords.max_properties,
                "dependentRequired" => &mut keywords.dependent_required,
                "additionalProperties" => &mut keywords.additional_properties,
                "patternProperties" => &mut keywords.pattern_properties,
                "propertyNames" => &mut keywords.property_names,
                "allOf" => &mut keywords.all_of,
                "anyOf" => &mut keywords.any_of,
                "oneOf" => &mut keywords.one_of,
                _ => continue,
            };
            *slot = Some(value);
        }
        keywords
    }
}

pub(super) fn schemas(keyword: Option<&Value>) -> &[Value] {
    match keyword {
        Some(Value::Array(schemas)) => schemas,
        _ => &[],
    }
}

/// The types that `type` names, which is one or a list.
pub(super) fn kinds<'a>(schema: &Keywords<'a>) -> impl Iterator<Item = &'a str> + Clone {
    let kinds = match schema.kind {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    };
    kinds.iter().filter_map(Value::as_str)
}

/// The properties that can have one value only.
pub(super) fn tags<'a>(
    compiled: &'a Compiled,
    schema: &Keywords<'a>,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    schema
        .properties
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
