//! The functions of a GPT as an OpenAPI document, within the rules of ChatGPT's editor, so that any
//! host can import it.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::{
    Description, Function, PATH, all,
    description::{definitions, generator},
};
use crate::{
    action::Operation,
    gpt::{Definition, Visibility},
};

/// The most characters that ChatGPT takes of what an operation does, and of a parameter.
const OPERATION: usize = 300;
const PARAMETER: usize = 700;
/// The most characters of a summary.
const SUMMARY: usize = 120;

/// Where the schemas of the document are.
const SCHEMAS: &str = "/components/schemas";

/// The document, for a server at an address; without paths where the GPT has no functions.
pub(crate) fn openapi(definition: &Definition, server: &str) -> Value {
    let mut generator = generator(SCHEMAS);
    let paths: Value = all(definition)
        .map(|(_, operation, function)| {
            let path = format!("{PATH}{}", operation.tool.name);
            let operation = self::operation(operation, function, &mut generator);
            (path, json!({ "post": operation }))
        })
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": definition.name,
            "description": definition.description,
            "version": super::API.version,
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": { "schemas": definitions(&mut generator) },
    });
    if definition.visibility != Visibility::Everyone {
        document["components"]["securitySchemes"] = json!({
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token of the owner, or the key of the share link.",
            }
        });
        document["security"] = json!([{ "token": [] }]);
    }
    document
}

fn operation(
    operation: &'static Operation,
    function: &'static Function,
    generator: &mut SchemaGenerator,
) -> Value {
    let description = Description::of(function, generator);
    let mut arguments = description.arguments();
    if let Value::Object(properties) = &mut arguments["properties"] {
        properties.values_mut().for_each(shorten_description);
    }
    let answer = description.answer_schema().cloned();
    let (status, success) = match answer {
        Some(schema) => (
            "200",
            json!({
                "description": "What it answers.",
                "content": { "application/json": { "schema": schema } },
            }),
        ),
        None => (
            "204",
            json!({ "description": "It is done, and answers nothing." }),
        ),
    };
    json!({
        "operationId": operation.tool.name,
        "summary": function.title.unwrap_or_else(|| summary(operation)),
        "description": bounded(operation.tool.description, OPERATION),
        "x-openai-isConsequential": operation.consequential,
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": arguments } },
        },
        "responses": {
            status: success,
            "default": {
                "description": "Why it is not done.",
                "content": {
                    "application/problem+json": {
                        "schema": problem(),
                    },
                },
            },
        },
    })
}

/// The first sentence of what an operation does, or its name where that is long: some hosts tell a
/// model nothing else.
fn summary(operation: &Operation) -> &'static str {
    let text = operation.tool.description.trim_start();
    let ends = [". ", ".\n", "\n"].into_iter().filter_map(|it| {
        let end = text.find(it)?;
        Some(end + usize::from(it.starts_with('.')))
    });
    let sentence = &text[..ends.min().unwrap_or(text.len())];
    if sentence.is_empty() || sentence.chars().count() > SUMMARY {
        return operation.tool.name;
    }
    sentence
}

/// An error as RFC 9457 has it.
fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What is wrong, and what to do about it." },
        },
    })
}

fn shorten_description(schema: &mut Value) {
    let shorter = schema.get("description").and_then(Value::as_str);
    if let Some(shorter) = shorter.map(|it| bounded(it, PARAMETER)) {
        schema["description"] = shorter.into();
    }
}

/// The text, its first paragraph where it is too long, or the beginning of that.
fn bounded(text: &str, limit: usize) -> String {
    let fits = |text: &str| text.chars().count() <= limit;
    let first = text.split("\n\n").next().unwrap_or(text);
    match [text, first].into_iter().find(|it| fits(it)) {
        Some(text) => text.to_owned(),
        None => first.chars().take(limit - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::bounded;

    #[test]
    fn long_descriptions_lose_their_end() {
        assert_eq!(bounded("ü.\n\nMore.", 9), "ü.\n\nMore.");
        assert_eq!(bounded("ü.\n\nMore.", 8), "ü.");
        assert_eq!(bounded("üüüü", 3), "üü…");
    }
}
