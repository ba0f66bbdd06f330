//! What the wire formats of all providers share: arguments, identifiers, and how errors are spelled.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::ModelError;
use crate::message::ToolCall;

/// The calls one answer may hold; a stream that opens more is out of its mind.
const MAX_CALLS: usize = 256;

/// The most characters an identifier of a call may have at OpenAI and Anthropic.
const MAX_ID: usize = 64;

/// Reads JSON that a server sent.
pub(super) fn read<T: DeserializeOwned>(data: &str) -> Result<T, ModelError> {
    serde_json::from_str(data)
        .map_err(|error| ModelError::Protocol(format!("{error} in `{}`", excerpt(data))))
}

/// Reads a part of what a server sent.
pub(super) fn part<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, ModelError> {
    T::deserialize(value).map_err(|error| {
        ModelError::Protocol(format!("{error} in `{}`", excerpt(&value.to_string())))
    })
}

/// Refuses one call more than an answer may hold.
pub(super) fn room_for_call(calls: usize) -> Result<(), ModelError> {
    if calls < MAX_CALLS {
        return Ok(());
    }
    let message = format!("more than {MAX_CALLS} calls in one answer");
    Err(ModelError::Protocol(message))
}

/// What a model wrote as arguments: none, JSON, or text that is no JSON.
pub(super) fn arguments(text: &str) -> Value {
    match text.trim() {
        "" => Value::Object(Map::new()),
        trimmed => serde_json::from_str(trimmed).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

/// The arguments of an earlier call. Servers fail on what is no object; the error that the call got
/// as its result quotes what was written.
pub(super) fn object(call: &ToolCall) -> Value {
    match &call.arguments {
        Value::Object(arguments) => Value::Object(arguments.clone()),
        _ => Value::Object(Map::new()),
    }
}

/// An identifier of a call as all providers take it; another one may have chosen it.
pub(super) fn call_id(id: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    id.chars()
        .take(MAX_ID)
        .map(|it| if is_plain(it) { it } else { '_' })
        .collect()
}

/// What a server says of an error, from the shapes they use.
pub(super) fn error_message(error: &Value) -> String {
    let found = ["message", "error", "detail", "msg"]
        .into_iter()
        .find_map(|key| error.get(key).filter(|value| !value.is_null()));
    match (error, found) {
        (Value::String(text), _) => excerpt(text),
        (_, Some(inner)) => error_message(inner),
        _ => excerpt(&error.to_string()),
    }
}

/// The start of a text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    const LIMIT: usize = 400;
    let mut words = text.split_whitespace();
    let mut line = String::new();
    while let Some(word) = words.next().filter(|_| line.len() < LIMIT) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
