//! What a model is shown of a schema.
//!
//! Some providers refuse keywords that a check needs: `prefixItems`, `patternProperties`,
//! `propertyNames` and `dependentRequired`. Without them a schema allows more, never less.

use serde_json::{Map, Value, json};

/// The schema in keywords that all providers take.
pub(super) fn to_model(schema: &Value) -> Value {
    let Value::Object(keywords) = schema else {
        return schema.clone();
    };
    let mut shown: Map<String, Value> = keywords
        .iter()
        .filter(|(keyword, _)| !is_for_checks(keyword))
        .map(|(keyword, value)| (keyword.clone(), of_keyword(keyword, value)))
        .collect();
    if let Some(Value::Array(first)) = keywords.get("prefixItems") {
        let items = any_of(first.iter().chain(keywords.get("items")));
        shown.insert("items".to_owned(), items);
    }
    if let Some(Value::Object(patterns)) = keywords.get("patternProperties") {
        let values = any_of(
            patterns
                .values()
                .chain(keywords.get("additionalProperties")),
        );
        let is_free = values.as_object().is_some_and(Map::is_empty);
        let values = if is_free { true.into() } else { values };
        shown.insert("additionalProperties".to_owned(), values);
    }
    shown.into()
}

fn is_for_checks(keyword: &str) -> bool {
    matches!(
        keyword,
        "prefixItems" | "patternProperties" | "propertyNames" | "dependentRequired"
    )
}

fn of_keyword(keyword: &str, value: &Value) -> Value {
    match (keyword, value) {
        ("properties" | "$defs", Value::Object(schemas)) => schemas
            .iter()
            .map(|(name, schema)| (name.clone(), to_model(schema)))
            .collect(),
        ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => {
            schemas.iter().map(to_model).collect()
        }
        ("items" | "additionalProperties", schema) => to_model(schema),
        _ => value.clone(),
    }
}

/// One schema for what one of several allows.
fn any_of<'a>(schemas: impl Iterator<Item = &'a Value>) -> Value {
    let mut variants: Vec<Value> = Vec::new();
    for schema in schemas.map(to_model) {
        let is_free = schema == true || schema.as_object().is_some_and(Map::is_empty);
        if is_free {
            return json!({});
        }
        if schema != false && !variants.contains(&schema) {
            variants.push(schema);
        }
    }
    match <[Value; 1]>::try_from(variants) {
        Ok([only]) => only,
        Err(variants) => json!({ "anyOf": variants }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::to_model;

    #[test]
    fn what_providers_refuse_is_widened() {
        let schema = json!({
            "type": "object",
            "properties": {
                "at": {
                    "type": "array",
                    "prefixItems": [{ "type": "number" }, { "type": "string" }, { "type": "number" }],
                    "items": false
                },
                "free": { "type": "array", "prefixItems": [{ "type": "number" }], "items": {} },
            },
            "patternProperties": { "^x-": { "type": "string" } },
            "additionalProperties": false,
            "propertyNames": { "maxLength": 3 },
            "dependentRequired": { "at": ["free"] }
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "at": {
                    "type": "array",
                    "items": { "anyOf": [{ "type": "number" }, { "type": "string" }] }
                },
                "free": { "type": "array", "items": {} },
            },
            "additionalProperties": { "type": "string" }
        });
        assert_eq!(to_model(&schema), expected);
    }
}
