//! The schema of an action as LibreChat reads it: `openapiToFunction` of its package
//! `librechat-data-provider`, which makes functions of a document and sends their calls.

use serde_json::{Map, Value, json};

use super::super::report::Report;

/// Puts what a model is told where LibreChat looks for it, and reports what it sends otherwise.
pub(super) fn adapt(document: &mut Value, report: &mut Report) {
    for operation in operations_mut(document) {
        let name = operation.get("operationId").and_then(Value::as_str);
        let place = format!("`{}`", name.unwrap_or_default());
        // Of the two it tells the summary.
        if operation.contains_key("description") {
            operation.shift_remove("summary");
        }
        if operation.get("deprecated").is_some_and(|it| it == true) {
            report.lost(
                format!("operation {place}"),
                "`deprecated` is not said",
                "LibreChat does not read it",
            );
        }
        let parameters = operation.get_mut("parameters");
        for parameter in parameters
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(description) = parameter.get("description").cloned()
                && let Some(schema) = parameter["schema"].as_object_mut()
            {
                schema.entry("description").or_insert(description);
            }
            report_parameter(parameter, &place, report);
        }
        let body = body(operation);
        if body.is_some_and(|schema| properties(schema).next().is_none()) {
            report.lost(
                format!("body of {place}"),
                "sent empty",
                "LibreChat sends the properties that a schema names",
            );
        }
    }
}

/// Reports a parameter that LibreChat does not send, or sends in another style than the API asks for.
fn report_parameter(parameter: &Value, place: &str, report: &mut Report) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let is_type = |name: &str| match &parameter["schema"]["type"] {
        Value::Array(types) => types.iter().any(|it| it == name),
        one => one == name,
    };
    let style = parameter["style"].as_str();
    let place = format!("parameter `{name}` of {place}");
    if parameter.get("schema").is_none() {
        return report.lost(place, "not sent", "LibreChat sends those with a schema");
    }
    let sent = match parameter["in"].as_str() {
        Some("query") if is_type("array") => format!("sent as `{name}[]=…`"),
        Some("query") if is_type("object") && style != Some("deepObject") => {
            format!("sent as `{name}[…]=…`")
        }
        _ => return,
    };
    report.lost(place, sent, "LibreChat has one style for queries");
}

/// The functions that LibreChat makes of a document.
pub(super) fn functions(document: &Value) -> Vec<Value> {
    operations(document).map(function).collect()
}

fn function(operation: &Map<String, Value>) -> Value {
    let text = |key| operation.get(key).and_then(Value::as_str);
    let mut all = Map::new();
    let mut required = Vec::new();
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        if let Some(name) = parameter["name"].as_str()
            && let Some(schema) = parameter.get("schema")
        {
            all.insert(name.to_owned(), schema.clone());
            if parameter["required"] == true {
                required.push(json!(name));
            }
        }
    }
    if let Some(schema) = body(operation) {
        all.extend(properties(schema).map(|(name, schema)| (name.clone(), schema.clone())));
        required.extend(schema["required"].as_array().into_iter().flatten().cloned());
    }
    json!({ "type": "function", "function": {
        "name": text("operationId"),
        "description": text("summary").or(text("description")).unwrap_or_default(),
        "parameters": { "type": "object", "properties": all, "required": required },
    } })
}

/// The schema of the body that an operation is sent.
fn body(operation: &Map<String, Value>) -> Option<&Value> {
    let content = operation.get("requestBody")?["content"].as_object()?;
    Some(&content.values().next()?["schema"])
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn operations(document: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let paths = document["paths"].as_object().into_iter();
    let items = paths.flat_map(Map::values).filter_map(Value::as_object);
    items.flat_map(Map::values).filter_map(Value::as_object)
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = document["paths"].as_object_mut().into_iter();
    let items = paths
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut);
    items
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
}
