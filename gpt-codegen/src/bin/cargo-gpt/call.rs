//! `cargo gpt call`: one action from the terminal.

use std::{
    io::{self, BufRead, IsTerminal},
    thread,
    time::Duration,
};

use gpt_codegen::nearest;
use serde_json::{Map, Value, json};

use crate::{Failure, arguments::Call, gpts, terminal::say};

/// How often it is looked whether somebody has signed in, within the messages a minute of a server.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1500);

impl Call {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let chosen = gpts::choose(&self.which, self.gpt.as_deref())?;
        let operation = find(&chosen.definition, &self.operation)?;
        let arguments = self.arguments(&operation)?;
        let shown = Value::Object(arguments.clone());
        if asks(&operation) && !self.yes {
            confirm(&operation, &shown)?;
        }
        let gpt = chosen.start(false, self.listening.address.as_deref())?;
        let tool = operation["tool"]["name"].as_str().unwrap_or_default();
        let path = format!("/api/operations/{tool}/test");
        let body = json!({ "arguments": arguments });
        let mut answer = gpt.client.json(&path, &body)?;
        if let Some(place) = answer["sign_in"].as_str() {
            if !io::stderr().is_terminal() {
                let result = answer["result"].as_str().unwrap_or_default();
                return Err(Failure::Other(format!("{result} A terminal shows where")));
            }
            eprintln!(
                "{tool} needs you to sign in: open {}",
                gpt.client.sign_in_url(place)
            );
            // Nothing is sent before.
            while answer["sign_in"].is_string() {
                thread::sleep(BETWEEN_LOOKS);
                answer = gpt.client.json(&path, &body)?;
            }
        }
        let result = answer["result"].as_str().unwrap_or_default().trim_end();
        if answer["is_error"] == true {
            return Err(Failure::Other(result.to_owned()));
        }
        say(&format!("{result}\n"))
    }

    /// The arguments, each as its schema wants it.
    fn arguments(&self, operation: &Value) -> Result<Map<String, Value>, Failure> {
        let mut arguments = match &self.json {
            None => Map::new(),
            Some(text) => match serde_json::from_str(text) {
                Ok(Value::Object(arguments)) => arguments,
                Ok(_) => {
                    return Err(Failure::Arguments(
                        "`--json` takes an object, such as '{\"latitude\": 39.7}'".to_owned(),
                    ));
                }
                Err(error) => {
                    return Err(Failure::Arguments(format!("`--json` is no JSON: {error}")));
                }
            },
        };
        let parameters = &operation["tool"]["shown"];
        let properties = parameters["properties"].as_object();
        for argument in &self.arg {
            let (name, text) = argument.split_once('=').ok_or_else(|| {
                Failure::Arguments(format!(
                    "`--arg {argument}` has no value: write `NAME=VALUE`"
                ))
            })?;
            let schema = properties.and_then(|it| it.get(name));
            let is_open = parameters["additionalProperties"] != false;
            if schema.is_none() && !is_open {
                let names: Vec<&str> =
                    properties.map_or_else(Vec::new, |it| it.keys().map(String::as_str).collect());
                return Err(Failure::Arguments(format!(
                    "`{}` has no argument `{name}`{}",
                    self.operation,
                    instead(name, &names)
                )));
            }
            let schema = schema.unwrap_or(&Value::Null);
            // Several values of one name are a list.
            if has_type(schema, "array") && !text.trim_start().starts_with('[') {
                let item = read(&schema["items"], text);
                match arguments.get_mut(name) {
                    Some(Value::Array(items)) => items.push(item),
                    _ => {
                        arguments.insert(name.to_owned(), json!([item]));
                    }
                }
            } else if arguments
                .insert(name.to_owned(), read(schema, text))
                .is_some()
            {
                return Err(Failure::Arguments(format!("`{name}` is there twice")));
            }
        }
        Ok(arguments)
    }
}

/// The operation with an id, or with a tool of this name.
fn find(definition: &Value, name: &str) -> Result<Value, Failure> {
    let apis = definition["apis"].as_array().into_iter().flatten();
    let all: Vec<&Value> = apis
        .filter_map(|api| api["operations"].as_array())
        .flatten()
        .collect();
    let found = all
        .iter()
        .find(|it| it["id"] == name || it["tool"]["name"] == name);
    found.map(|it| (*it).clone()).ok_or_else(|| {
        let names: Vec<&str> = all.iter().filter_map(|it| it["id"].as_str()).collect();
        Failure::Arguments(format!(
            "there is no operation `{name}`{}",
            instead(name, &names)
        ))
    })
}

/// What was probably meant, or what there is.
fn instead(name: &str, known: &[&str]) -> String {
    /// More are not read.
    const LISTED: usize = 10;
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => {
            let listed: Vec<&str> = known.iter().copied().take(LISTED).collect();
            let more = match known.len().saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("; there are `{}`{more}", listed.join("`, `"))
        }
    }
}

/// A value as a schema wants it: a text where it may be one and nothing else, else JSON where it is
/// some.
fn read(schema: &Value, text: &str) -> Value {
    let others = ["number", "integer", "boolean", "object", "array", "null"];
    let is_text = has_type(schema, "string") && !others.iter().any(|it| has_type(schema, it));
    let value = match serde_json::from_str(text) {
        Ok(value) if !is_text => value,
        _ => text.into(),
    };
    match value {
        // `1` of a schema that takes texts and booleans is a text.
        Value::Number(_)
            if has_type(schema, "string")
                && !has_type(schema, "number")
                && !has_type(schema, "integer") =>
        {
            text.into()
        }
        value => value,
    }
}

/// Whether a schema names a type.
fn has_type(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::String(it) => it == name,
        Value::Array(all) => all.iter().any(|it| it == name),
        _ => {
            let parts = ["anyOf", "oneOf"]
                .iter()
                .filter_map(|it| schema[it].as_array());
            let mut parts = parts.flatten();
            parts.any(|part| has_type(part, name))
        }
    }
}

/// Whether a call asks first: it changes something, as far as its description says.
fn asks(operation: &Value) -> bool {
    operation["consequential"] == true
        || operation["consequential"].is_null() && operation["method"] != "GET"
}

/// Asks whether to make a call; without somebody to ask it is not made.
fn confirm(operation: &Value, arguments: &Value) -> Result<(), Failure> {
    let id = operation["id"].as_str().unwrap_or_default();
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Other(format!(
            "`{id}` may change something: `--yes` allows it"
        )));
    }
    let method = operation["method"].as_str().unwrap_or_default();
    let path = operation["path"].as_str().unwrap_or_default();
    eprint!("`{id}` may change something: send {method} {path} with {arguments}? [y/N] ");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| format!("cannot read the answer: {error}"))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Failure::Other(format!("`{id}` was not called")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn values_are_what_their_schema_wants() {
        for (schema, text, value) in [
            (json!({ "type": "string" }), "39.7", json!("39.7")),
            (json!({ "type": "number" }), "39.7", json!(39.7)),
            (json!({ "type": "number" }), "much", json!("much")),
            (json!({ "type": "boolean" }), "true", json!(true)),
            (json!({ "type": ["string", "null"] }), "null", json!(null)),
            (json!({ "type": ["string", "boolean"] }), "1", json!("1")),
            (
                json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] }),
                "7",
                json!(7),
            ),
            (json!({ "type": "object" }), "{\"a\": 1}", json!({ "a": 1 })),
            (json!({}), "words", json!("words")),
        ] {
            assert_eq!(read(&schema, text), value, "{schema} {text}");
        }
    }
}
