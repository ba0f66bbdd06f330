//! The `null`s that a model writes where strict mode does not let it leave something out.

use serde_json::Value;

use crate::schema::compiled::name_of;

/// Takes out of arguments, written after the strict form of a schema, each `null` that stands for
/// a property left out.
pub(crate) fn drop_nulls(schema: &Value, arguments: &mut Value) {
    let definitions = schema.get("$defs").unwrap_or(&Value::Null);
    drop_inside(schema, definitions, arguments);
}

fn drop_inside(schema: &Value, definitions: &Value, value: &mut Value) {
    let schema = resolve(schema, definitions);
    match value {
        Value::Array(values) => {
            if let Some(items) = schema.get("items") {
                for value in values {
                    drop_inside(items, definitions, value);
                }
            }
        }
        Value::Object(values) => {
            let Some(Value::Object(properties)) = schema.get("properties") else {
                // Which variant of a union is meant is left to the check, which drops them too.
                return;
            };
            let is_required = |name: &str| {
                let required = schema.get("required").and_then(Value::as_array);
                required.is_some_and(|it| it.iter().any(|it| it == name))
            };
            values.retain(|name, value| {
                let Some(property) = properties.get(name) else {
                    return true;
                };
                if value.is_null() {
                    return is_required(name) || may_be_null(property, definitions, 0);
                }
                drop_inside(property, definitions, value);
                true
            });
        }
        _ => {}
    }
}

/// What a schema stands for.
fn resolve<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..32 {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            break;
        };
        let name = name_of(reference).unwrap_or_default();
        schema = definitions.get(&name).unwrap_or(&Value::Null);
    }
    schema
}

fn may_be_null(schema: &Value, definitions: &Value, depth: u32) -> bool {
    let schema = resolve(schema, definitions);
    let Value::Object(keywords) = schema else {
        return *schema != false;
    };
    let in_type = match keywords.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "null"),
        Some(kind) => kind == "null",
    };
    let in_choices = ["enum", "const"]
        .into_iter()
        .all(|it| match keywords.get(it) {
            None => true,
            Some(Value::Array(values)) if it == "enum" => values.contains(&Value::Null),
            Some(value) => value.is_null(),
        });
    let in_unions = ["anyOf", "oneOf"].into_iter().all(|it| {
        let variants = keywords.get(it).and_then(Value::as_array);
        variants.is_none_or(|it| {
            depth > 16 || it.iter().any(|it| may_be_null(it, definitions, depth + 1))
        })
    });
    in_type && in_choices && in_unions
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::drop_nulls;

    #[test]
    fn null_for_what_is_left_out_is_dropped() {
        let schema = json!({
            "type": "object",
            "properties": {
                "a": { "type": "string" },
                "b": { "type": ["string", "null"] },
                "c": { "type": "string" },
                "d": { "$ref": "#/$defs/D" },
                "e": { "type": "array", "items": { "$ref": "#/$defs/D" } },
                "f": { "anyOf": [{ "type": "string" }, { "enum": ["x", null] }] },
            },
            "required": ["c"],
            "$defs": { "D": { "type": "object", "properties": { "x": { "type": "integer" } } } },
        });
        let mut arguments = json!({
            "a": null, "b": null, "c": null, "d": { "x": null }, "e": [{ "x": null }, { "x": 1 }],
            "f": null, "g": null,
        });
        drop_nulls(&schema, &mut arguments);
        let expected = json!({
            "b": null, "c": null, "d": {}, "e": [{}, { "x": 1 }], "f": null, "g": null,
        });
        assert_eq!(arguments, expected);
    }
}
