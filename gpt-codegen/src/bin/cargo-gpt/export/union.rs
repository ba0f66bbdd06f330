//! Alternatives of objects as one object: for hosts that take nothing else as a body.

use serde_json::{Map, Value, json};

use super::{
    definition::Tool,
    schema::{is_object, object},
};

/// What a schema is, behind references and alternatives of which there is only one.
pub(super) fn resolved<'a>(tool: &'a Tool, mut schema: &'a Value) -> &'a Value {
    // So many in a chain are a circle.
    for _ in 0..16 {
        let name = schema.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|it| it.strip_prefix("#/$defs/"));
        let found = name.and_then(|name| tool.shown.get("$defs")?.get(name));
        schema = match (found, variants(schema).as_slice()) {
            (Some(found), _) => found,
            (None, [only]) => only,
            _ => return schema,
        };
    }
    schema
}

/// The alternatives of a schema but for `null`.
fn variants(schema: &Value) -> Vec<&Value> {
    let all = schema.get("anyOf").or_else(|| schema.get("oneOf"));
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter(|it| it["type"] != "null").collect()
}

/// An object that each of the alternatives is: with the properties of all, of which those are
/// required that all require.
pub(super) fn as_object(tool: &Tool, schema: &Value) -> Option<Value> {
    let mut properties: Map<String, Value> = Map::new();
    let mut required: Option<Vec<Value>> = None;
    let mut others = Value::Bool(false);
    let mut waiting: Vec<&Value> = variants(schema);
    waiting.reverse();
    if waiting.is_empty() {
        return None;
    }
    // So many alternatives are a circle, or no help to anyone.
    for _ in 0..256 {
        let Some(next) = waiting.pop() else {
            break;
        };
        let variant = resolved(tool, next);
        if !is_object(variant) {
            let inner = variants(variant);
            if inner.is_empty() {
                return None;
            }
            waiting.extend(inner.into_iter().rev());
            continue;
        }
        let own = variant.get("properties").and_then(Value::as_object);
        for (name, schema) in own.into_iter().flatten() {
            match properties.get_mut(name) {
                Some(known) => widen(known, schema),
                None => {
                    properties.insert(name.clone(), schema.clone());
                }
            }
        }
        let needs = variant.get("required").and_then(Value::as_array);
        let needs = needs.cloned().unwrap_or_default();
        required = Some(match required {
            Some(all) => all.into_iter().filter(|it| needs.contains(it)).collect(),
            None => needs,
        });
        if variant.get("additionalProperties") != Some(&Value::Bool(false)) {
            others = Value::Bool(true);
        }
    }
    if !waiting.is_empty() {
        return None;
    }
    Some(object(properties, required.unwrap_or_default(), others).into())
}

/// Lets a property be what another alternative says of it, too.
fn widen(known: &mut Value, other: &Value) {
    if known == other {
        return;
    }
    if let (Some(Value::Array(values)), Some(Value::Array(more))) =
        (known.get("enum").cloned(), other.get("enum"))
        && known["type"] == other["type"]
    {
        let new = more.iter().filter(|it| !values.contains(it));
        let all: Vec<Value> = values.iter().chain(new).cloned().collect();
        known["enum"] = all.into();
        return;
    }
    match known.get_mut("anyOf") {
        Some(Value::Array(all)) if all.contains(other) => {}
        Some(Value::Array(all)) => all.push(other.clone()),
        _ => *known = json!({ "anyOf": [known, other] }),
    }
}
