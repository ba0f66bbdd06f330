//! Whether bodies and events are as their providers describe them.
//!
//! OpenAI's document belongs to OpenAI and is read only where `GPT_CORPUS` names a folder with it.
//! Anthropic publishes none: `anthropic.json` and `anthropic_events.json` say by hand what its
//! reference says in prose.

use std::{
    collections::BTreeMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use gpt_runtime::{
    __private::{Body, BodyArguments, MediaType, Operation},
    action::Api,
};
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

use super::Protocol;
use crate::support::{api, leak, leak_text, operation, request};

static OPENAI: OnceLock<Option<&'static Api>> = OnceLock::new();

/// Fails where a body is not as the provider's document says.
#[track_caller]
pub(crate) fn check_request(protocol: Protocol, body: &Value) {
    let schema = match protocol {
        Protocol::ChatCompletions => openai("CreateChatCompletionRequest"),
        Protocol::Responses => openai("CreateResponse"),
        Protocol::Anthropic => Some(anthropic()),
    };
    check(schema, body);
}

/// Fails where the body of a request for an image is not as OpenAI's document says.
#[track_caller]
pub(crate) fn check_image_request(body: &Value) {
    check(openai("CreateImageRequest"), body);
}

/// Fails where an event that a test sends is not one that the provider would send.
#[track_caller]
pub(crate) fn check_event(protocol: Protocol, event: &Value) {
    let schema = match protocol {
        Protocol::Responses => openai("ResponseStreamEvent"),
        Protocol::Anthropic => Some(anthropic_events()),
        // Its tests speak the dialects of many servers.
        Protocol::ChatCompletions => None,
    };
    check(schema, event);
}

/// Fails where what is said in OpenAI's stead is not what this schema of OpenAI's document says.
#[track_caller]
pub(crate) fn check_reply(schema: &'static str, reply: &Value) {
    check(openai(schema), reply);
}

#[track_caller]
fn check(schema: Option<&'static Operation>, value: &Value) {
    let Some(schema) = schema else { return };
    if let Err(error) = request(schema, value) {
        panic!("{error}\n{value:#}");
    }
}

/// An operation whose arguments are as a schema says.
fn described(api: &'static Api, schema: &str) -> &'static Operation {
    let mut operation = operation(api);
    operation.tool.parameters = leak_text(schema);
    operation.body = Some(Body {
        required: true,
        media_types: leak([MediaType::new("application/json")]),
        by_media_type: false,
        arguments: BodyArguments::Properties(&[], true),
    });
    leak(operation)
}

fn anthropic() -> &'static Operation {
    static SCHEMA: OnceLock<&'static Operation> = OnceLock::new();
    SCHEMA.get_or_init(|| described(api("{}"), include_str!("anthropic.json")))
}

fn anthropic_events() -> &'static Operation {
    static SCHEMA: OnceLock<&'static Operation> = OnceLock::new();
    SCHEMA.get_or_init(|| described(api("{}"), include_str!("anthropic_events.json")))
}

fn openai(name: &'static str) -> Option<&'static Operation> {
    static KNOWN: Mutex<BTreeMap<&str, &Operation>> = Mutex::new(BTreeMap::new());
    let api = (*OPENAI.get_or_init(read_openai))?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let schema = || json!({ "$ref": format!("#/$defs/{name}") }).to_string();
    Some(
        known
            .entry(name)
            .or_insert_with(|| described(api, &schema())),
    )
}

fn read_openai() -> Option<&'static Api> {
    let corpus = std::env::var_os("GPT_CORPUS")?;
    let path = std::path::Path::new(&corpus).join("openai/openapi.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut schemas = read_yaml(&text)["components"]["schemas"].take();
    allow_null(&mut schemas);
    let schemas = schemas.to_string();
    Some(api(&schemas.replace("#/components/schemas/", "#/$defs/")))
}

/// Says in the words of OpenAPI 3.1 what the document still says in those of 3.0.
fn allow_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        Value::Object(keywords) => {
            if keywords.get("nullable") == Some(&json!(true)) {
                if let Some(kind) = keywords.get_mut("type").filter(|it| it.is_string()) {
                    *kind = json!([kind, "null"]);
                }
                if let Some(Value::Array(values)) = keywords.get_mut("enum") {
                    values.push(Value::Null);
                }
            }
            keywords.values_mut().for_each(allow_null);
        }
        _ => {}
    }
}

/// Reads YAML without anchors and tags.
fn read_yaml(text: &str) -> Value {
    let mut open: Vec<(Value, Option<String>)> = Vec::new();
    let mut root = Value::Null;
    for event in Parser::new_from_str(text) {
        let done = match event.unwrap().0 {
            Event::MappingStart(..) => {
                open.push((Value::Object(Map::new()), None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push((json!([]), None));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => open.pop().unwrap().0,
            Event::Scalar(text, style, ..) => scalar(&text, style),
            _ => continue,
        };
        match open.last_mut() {
            None => root = done,
            Some((Value::Array(items), _)) => items.push(done),
            Some((Value::Object(properties), key)) => match key.take() {
                None => *key = Some(done.as_str().map_or(done.to_string(), str::to_owned)),
                Some(key) => drop(properties.insert(key, done)),
            },
            Some(_) => unreachable!("only containers are open"),
        }
    }
    root
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        _ if style != ScalarStyle::Plain => text.into(),
        "" | "~" | "null" => Value::Null,
        "true" => true.into(),
        "false" => false.into(),
        _ => {
            let number = text.parse::<i64>().map(Value::from).ok();
            let number = number.or_else(|| text.parse::<f64>().map(Value::from).ok());
            number.unwrap_or_else(|| text.into())
        }
    }
}
