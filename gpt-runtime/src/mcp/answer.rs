//! What the answers of an operation are like, as clients are told, and answers in that form.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::Object;
use crate::{
    action::Operation,
    schema::{Parameters, name_of},
};

/// The most characters of a schema. It is part of a list that models may be shown.
const LONGEST: usize = 20_000;
/// The most values of an enum that stand as examples.
const EXAMPLES: usize = 20;
/// The property of what is not described as an object.
const RESULT: &str = "result";

/// What the answers of an operation are like.
pub(super) struct Answer {
    /// What clients are told.
    pub(super) schema: Arc<Object>,
    check: Parameters,
    /// Whether an answer is a property of an object, because it is described as something else.
    is_wrapped: bool,
    /// The property for what does not fit.
    text: String,
}

impl Answer {
    /// `None` where an operation describes no answer that is JSON, or too much of it.
    pub(super) fn of(operation: &Operation) -> Option<Self> {
        let mut described: Vec<Value> = Vec::new();
        for text in operation.answers.iter().filter_map(|it| it.schema) {
            let schema = serde_json::from_str(text).ok()?;
            if !described.contains(&schema) {
                described.push(schema);
            }
        }
        let described = match described.len() {
            0 => return None,
            1 => described.swap_remove(0),
            _ => json!({ "anyOf": described }),
        };
        let shared = serde_json::from_str(operation.api.answer_schemas).ok()?;
        Self::described(operation.tool.name, &described, &shared)
    }

    fn described(tool: &str, described: &Value, shared: &Object) -> Option<Self> {
        let object = object(described, shared);
        let is_wrapped = object.is_none();
        let mut schema = match object {
            Some(object) => relaxed(object),
            None => Map::from_iter([(
                "properties".to_owned(),
                json!({ RESULT: relaxed_value(described) }),
            )]),
        };
        schema.shift_remove("type");
        schema.insert("type".to_owned(), "object".into());
        let properties = schema.entry("properties").or_insert_with(|| json!({}));
        let properties = properties.as_object_mut()?;
        let mut text = "text".to_owned();
        while properties.contains_key(&text) {
            text.insert(0, '_');
        }
        let words = "The answer as text, where it is not as described or not whole.";
        let property = json!({ "type": "string", "description": words });
        properties.insert(text.clone(), property);
        let reached = reached(&schema, shared);
        if !reached.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(reached));
        }
        let schema = short(schema)?;
        let check = Parameters::new(tool, Value::Object(schema.clone())).ok()?;
        Some(Self {
            schema: Arc::new(schema),
            check,
            is_wrapped,
            text,
        })
    }

    /// An answer as an object of the schema.
    pub(super) fn structured(&self, text: &str, is_whole: bool) -> Value {
        let value = is_whole.then(|| serde_json::from_str(text).ok()).flatten();
        let object = match value {
            Some(value) if self.is_wrapped => Some(Map::from_iter([(RESULT.to_owned(), value)])),
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        match object.filter(|it| self.check.accepts(it)) {
            Some(object) => Value::Object(object),
            None => json!({ &self.text: text }),
        }
    }
}

/// The keywords of a schema that only objects fit, which may stand elsewhere.
fn object<'a>(schema: &'a Value, shared: &'a Object) -> Option<&'a Object> {
    let mut schema = schema.as_object()?;
    // References may lead in a circle.
    for _ in 0..32 {
        let Some(reference) = schema.get("$ref") else {
            break;
        };
        schema = shared.get(&name_of(reference.as_str()?)?)?.as_object()?;
    }
    let is_object = match schema.get("type") {
        Some(kind) => kind == "object",
        None => schema.contains_key("properties"),
    };
    is_object.then_some(schema)
}

fn relaxed_value(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => Value::Object(relaxed(keywords)),
        // Also where nothing is allowed: APIs send it all the same.
        _ => json!({}),
    }
}

/// A schema that allows more: what has another format, or is missing, or null.
fn relaxed(keywords: &Object) -> Object {
    let mut relaxed = Map::new();
    let each = |value: &Value| -> Vec<Value> {
        let schemas = value.as_array().into_iter().flatten();
        schemas.map(relaxed_value).collect()
    };
    for (keyword, value) in keywords {
        let (keyword, value) = match keyword.as_str() {
            "title" | "description" | "$ref" => (&**keyword, value.clone()),
            "type" => ("type", or_null(value)),
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties = properties.map(|(name, it)| (name.clone(), relaxed_value(it)));
                ("properties", Value::Object(properties.collect()))
            }
            "items" | "additionalProperties" if value.is_object() => {
                (&**keyword, relaxed_value(value))
            }
            "anyOf" | "oneOf" => {
                let mut variants = each(value);
                variants.push(json!({ "type": "null" }));
                ("anyOf", Value::Array(variants))
            }
            "allOf" => ("allOf", Value::Array(each(value))),
            "enum" => {
                let values = value.as_array().into_iter().flatten();
                ("examples", values.take(EXAMPLES).cloned().collect())
            }
            "const" => ("examples", json!([value])),
            _ => continue,
        };
        relaxed.insert(keyword.to_owned(), value);
    }
    relaxed
}

/// The types of a schema, and null.
fn or_null(kinds: &Value) -> Value {
    let mut kinds = match kinds {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    if !kinds.iter().any(|kind| kind == "null") {
        kinds.push("null".into());
    }
    Value::Array(kinds)
}

/// The shared schemas that a schema refers to, relaxed too.
fn reached(schema: &Object, shared: &Object) -> Object {
    let mut names: HashSet<String> = HashSet::new();
    let mut found = references(&Value::Object(schema.clone()));
    let mut relaxed_schemas = Map::new();
    while let Some(name) = found.pop() {
        if !names.insert(name.clone()) {
            continue;
        }
        if let Some(schema) = shared.get(&name) {
            let schema = relaxed_value(schema);
            found.extend(references(&schema));
            relaxed_schemas.insert(name, schema);
        }
    }
    // In the order of the document, whichever way they were reached.
    let in_order = shared.keys();
    let in_order = in_order.filter_map(|name| relaxed_schemas.remove_entry(name));
    in_order.collect()
}

/// The names of the schemas that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![schema];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                found.extend(reference.and_then(name_of));
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    found
}

/// A schema that is short enough, at the cost of its words; `None` for one that is not even so.
fn short(schema: Object) -> Option<Object> {
    let length = |schema: &Object| Value::Object(schema.clone()).to_string().len();
    if length(&schema) <= LONGEST {
        return Some(schema);
    }
    let mut schema = Value::Object(schema);
    silence(&mut schema);
    match schema {
        Value::Object(schema) if length(&schema) <= LONGEST => Some(schema),
        _ => None,
    }
}

/// Takes the words out of a schema.
fn silence(schema: &mut Value) {
    let Value::Object(keywords) = schema else {
        return;
    };
    for words in ["title", "description", "examples"] {
        keywords.shift_remove(words);
    }
    for (keyword, value) in keywords.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties" | "$defs", Value::Object(schemas)) => {
                schemas.values_mut().for_each(silence);
            }
            (_, Value::Array(schemas)) => schemas.iter_mut().for_each(silence),
            (_, value) => silence(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(described: &Value, shared: &Value) -> Answer {
        Answer::described("tool", described, shared.as_object().unwrap()).unwrap()
    }

    #[test]
    fn an_object_is_told_of_but_not_demanded() {
        let described = json!({ "$ref": "#/$defs/Order" });
        let shared = json!({
            "Order": {
                "type": "object",
                "required": ["id", "state"],
                "additionalProperties": false,
                "properties": {
                    "id": { "type": "integer", "minimum": 1 },
                    "state": { "type": "string", "enum": ["open", "closed"] },
                    "parent": { "$ref": "#/$defs/Order" }
                }
            },
            "Unused": {}
        });
        let answer = answer(&described, &shared);
        let text = json!({
            "type": "string",
            "description": "The answer as text, where it is not as described or not whole."
        });
        let properties = json!({
            "id": { "type": ["integer", "null"] },
            "state": { "type": ["string", "null"], "examples": ["open", "closed"] },
            "parent": { "$ref": "#/$defs/Order" }
        });
        let mut at_root = properties.clone();
        at_root["text"] = text;
        let expected = json!({
            "type": "object",
            "properties": at_root,
            "$defs": { "Order": { "type": ["object", "null"], "properties": properties } }
        });
        assert_eq!(Value::Object((*answer.schema).clone()), expected);

        let kept = r#"{"id":null,"state":"lost","parent":{"id":3,"other":[]},"more":1}"#;
        assert_eq!(answer.structured(kept, true).to_string(), kept);
        for text in [
            r#"{"id":"7"}"#,
            r#"{"parent":{"id":"7"}}"#,
            "[]",
            "no JSON",
            "",
        ] {
            assert_eq!(answer.structured(text, true), json!({ "text": text }));
        }
        let cut = json!({ "text": kept });
        assert_eq!(answer.structured(kept, false), cut);
    }

    #[test]
    fn anything_else_is_a_property() {
        let described = json!({ "type": "array", "items": { "type": "string" } });
        let answer = answer(&described, &json!({}));
        let expected = json!({
            "properties": {
                "result": { "type": ["array", "null"], "items": { "type": ["string", "null"] } },
                "text": {
                    "type": "string",
                    "description": "The answer as text, where it is not as described or not whole."
                }
            },
            "type": "object"
        });
        assert_eq!(Value::Object((*answer.schema).clone()), expected);
        assert_eq!(
            answer.structured("[\"a\"]", true),
            json!({ "result": ["a"] })
        );
        assert_eq!(answer.structured("[1]", true), json!({ "text": "[1]" }));
    }

    #[test]
    fn the_place_for_text_is_free() {
        let described =
            json!({ "type": "object", "properties": { "text": { "type": "integer" } } });
        let answer = answer(&described, &json!({}));
        assert_eq!(
            answer.structured("{\"text\":1}", true),
            json!({ "text": 1 })
        );
        assert_eq!(answer.structured("-", true), json!({ "_text": "-" }));
    }

    #[test]
    fn a_long_schema_loses_its_words_first() {
        let words = "x".repeat(LONGEST);
        let described = json!({
            "type": "object",
            "properties": { "description": { "type": "string", "description": words } }
        });
        let short = answer(&described, &json!({}));
        let kept = &short.schema["properties"];
        assert_eq!(kept["description"], json!({ "type": ["string", "null"] }));
        let properties = (0..2_000).map(|it| (format!("property_{it}"), json!({})));
        let properties: Object = properties.collect();
        let long = json!({ "type": "object", "properties": properties });
        assert!(Answer::described("tool", &long, &Map::new()).is_none());
    }
}
