//! What keywords of a schema mean to strict mode, and what is said of them in words.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::schema::compiled::name_of;

/// The formats of texts that strict mode knows.
const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];
/// Keywords that say nothing about values, or nothing to a model.
const SILENT: [&str; 8] = [
    "title",
    "deprecated",
    "readOnly",
    "writeOnly",
    "discriminator",
    "xml",
    "externalDocs",
    "$comment",
];

pub(super) type Keywords = Map<String, Value>;

/// A reference may have nothing beside it, and alternatives may.
pub(super) fn reference_to(reference: &Value) -> Keywords {
    keywords_of(json!({ "$ref": reference }))
}

/// The types of a value, told by its choices where they are not named.
pub(super) fn kinds(keywords: &Keywords) -> Vec<&str> {
    match keywords.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(kind)) => vec![kind],
        _ => {
            let choices = match (keywords.get("const"), keywords.get("enum")) {
                (Some(only), _) => std::slice::from_ref(only),
                (None, Some(Value::Array(values))) => values.as_slice(),
                _ => &[],
            };
            let mut kinds: Vec<&str> = choices.iter().map(kind_of).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether strict mode takes a keyword at values of a type.
pub(super) fn is_of(kind: &str, keyword: &str, keywords: &Keywords) -> bool {
    match keyword {
        "type" => true,
        "enum" | "const" => !matches!(kind, "object" | "array"),
        "format" => {
            let format = keywords.get("format").and_then(Value::as_str);
            kind == "string" && format.is_some_and(|it| FORMATS.contains(&it))
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            matches!(kind, "number" | "integer")
        }
        "items" | "minItems" | "maxItems" => kind == "array",
        _ => kind == "object" && is_of_object(keyword),
    }
}

pub(super) fn is_of_object(keyword: &str) -> bool {
    matches!(
        keyword,
        "type" | "properties" | "required" | "additionalProperties" | "$defs"
    )
}

/// What else a schema says, in words.
pub(super) fn notes(keywords: &Keywords, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let others = keywords.iter().filter(|(keyword, _)| {
        let is_silent = SILENT.contains(&keyword.as_str()) || keyword.starts_with("x-");
        !is_silent && keyword.as_str() != "description" && !is_known(keyword)
    });
    others
        .map(|(keyword, value)| match value {
            Value::String(text) => format!("{keyword}: {text}"),
            other => format!("{keyword}: {other}"),
        })
        .collect()
}

/// Gives a schema the description of another one, with what had to be left out.
pub(super) fn describe(rendered: &mut Keywords, keywords: &Keywords, notes: &[String]) {
    let mut text = keywords
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if !notes.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        text = format!("{text}({})", notes.join(", "));
    }
    if text.is_empty() {
        return;
    }
    if rendered.contains_key("$ref") {
        let alone = std::mem::take(rendered);
        rendered.insert("anyOf".to_owned(), json!([alone]));
    }
    rendered.insert("description".to_owned(), text.into());
}

/// The same, or `null`.
pub(super) fn or_null(mut schema: Keywords) -> Keywords {
    let null = json!({ "type": "null" });
    if let Some(Value::Array(variants)) = schema.get_mut("anyOf") {
        if !variants.contains(&null) {
            variants.push(null);
        }
        return schema;
    }
    let is_plain = !["enum", "const", "properties", "items"]
        .into_iter()
        .any(|it| schema.contains_key(it));
    match schema.get_mut("type") {
        Some(Value::Array(kinds)) => {
            if !kinds.iter().any(|it| it == "null") {
                kinds.push("null".into());
            }
            schema
        }
        Some(kind) if *kind == "null" => schema,
        Some(kind) if is_plain => {
            *kind = json!([kind.take(), "null"]);
            schema
        }
        _ => {
            let description = schema.shift_remove("description");
            let mut whole = keywords_of(json!({ "anyOf": [schema, { "type": "null" }] }));
            whole.extend(description.map(|it| ("description".to_owned(), it)));
            whole
        }
    }
}

pub(super) fn keywords_of(schema: Value) -> Keywords {
    match schema {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}

pub(super) fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        other => other.to_string().len(),
    }
}

/// How deep objects and arrays lie in each other; what holds itself is counted once.
pub(super) fn depth(
    schema: &Value,
    definitions: &Keywords,
    known: &mut HashMap<String, usize>,
) -> usize {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = name_of(reference).unwrap_or_default();
        if let Some(found) = known.get(&name) {
            return *found;
        }
        known.insert(name.clone(), 0);
        let found = definitions
            .get(&name)
            .map(|it| depth(it, definitions, known));
        let found = found.unwrap_or_default();
        known.insert(name, found);
        return found;
    }
    let variants = schema.get("anyOf").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut deepest = |inner: &mut dyn Iterator<Item = &Value>| {
        inner.map(|it| depth(it, definitions, known)).max()
    };
    let alternatives = deepest(&mut variants.into_iter().flatten());
    let inside = deepest(
        &mut properties
            .into_iter()
            .flat_map(Map::values)
            .chain(schema.get("items")),
    );
    let is_container = properties.is_some() || schema.get("items").is_some();
    let own = usize::from(is_container) + inside.unwrap_or_default();
    own.max(alternatives.unwrap_or_default())
}
