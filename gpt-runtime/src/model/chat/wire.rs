//! The bodies of Chat Completions: what is sent, and what comes back in any server's dialect.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    message::{Message, ToolCall},
    model::{ModelError, Request},
};

/// The calls one answer may hold; a stream that opens more is out of its mind.
const MAX_CALLS: usize = 256;

/// The body of a request.
pub(super) fn request(model: &str, request: &Request) -> Value {
    let mut messages = Vec::new();
    if !request.instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": request.instructions }));
    }
    messages.extend(request.messages.iter().map(message));
    let mut body = json!({ "model": model, "messages": messages, "stream": true });
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            json!({
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            })
        });
        // An empty list is refused, so there is none without tools.
        body["tools"] = tools.collect();
    }
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::User { text } => json!({ "role": "user", "content": text }),
        Message::Assistant { text, calls } if calls.is_empty() => {
            json!({ "role": "assistant", "content": text })
        }
        Message::Assistant { text, calls } => json!({
            "role": "assistant",
            "content": (!text.is_empty()).then_some(text),
            "tool_calls": calls.iter().map(call).collect::<Value>(),
        }),
        Message::Tool { call_id, text, .. } => {
            json!({ "role": "tool", "tool_call_id": call_id, "content": text })
        }
    }
}

fn call(call: &ToolCall) -> Value {
    // Some servers parse the arguments of earlier calls and fail on what is no object. The error
    // that the call got as its result quotes what was written.
    let arguments = match &call.arguments {
        Value::Object(arguments) => Value::Object(arguments.clone()).to_string(),
        _ => "{}".to_owned(),
    };
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    })
}

/// A whole answer, or a chunk of one.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    /// In chunks.
    delta: Option<Piece>,
    /// In whole answers.
    message: Option<Piece>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Piece {
    content: Option<Content>,
    refusal: Option<String>,
    tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct CallPiece {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Debug, Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    /// Text by the protocol; some servers send the object itself.
    arguments: Option<Value>,
}

/// Puts an answer together from its chunks.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    calls: Vec<Call>,
    finish: Option<String>,
}

#[derive(Debug)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Assembly {
    /// Takes a chunk and returns the text in it.
    pub(super) fn take(&mut self, data: &str) -> Result<String, ModelError> {
        let completion: Completion = serde_json::from_str(data)
            .map_err(|error| ModelError::Protocol(format!("{error} in `{}`", excerpt(data))))?;
        if let Some(error) = completion.error.filter(|error| !error.is_null()) {
            return Err(ModelError::Failed(error_message(&error)));
        }
        let Some(choice) = completion.choices.into_iter().next() else {
            // The last chunk may hold nothing but usage figures.
            return Ok(String::new());
        };
        if choice.finish_reason.is_some() {
            self.finish = choice.finish_reason;
        }
        let piece = choice.delta.or(choice.message).unwrap_or_default();
        for call in piece.tool_calls.into_iter().flatten() {
            self.take_call(call)?;
        }
        let mut text = match piece.content {
            None => String::new(),
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect(),
        };
        text.push_str(piece.refusal.as_deref().unwrap_or_default());
        Ok(text)
    }

    /// Whether the server has said that the answer is complete.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// The calls, once the answer is complete.
    pub(super) fn finish(self) -> Result<Vec<ToolCall>, ModelError> {
        match self.finish.as_deref() {
            Some("length") => return Err(ModelError::CutOff),
            Some("content_filter") => return Err(ModelError::Filtered),
            // `stop`, `tool_calls`, and what other servers invent.
            _ => {}
        }
        self.calls.into_iter().map(Call::finish).collect()
    }

    fn take_call(&mut self, piece: CallPiece) -> Result<(), ModelError> {
        let id = piece.id.unwrap_or_default();
        let (name, arguments) = piece
            .function
            .map_or((None, None), |function| (function.name, function.arguments));
        let name = name.unwrap_or_default();
        let place = self.place_of(piece.index, &id, &name);
        let position = match place {
            Some(position) => position,
            None if self.calls.len() >= MAX_CALLS => {
                let message = format!("more than {MAX_CALLS} calls in one answer");
                return Err(ModelError::Protocol(message));
            }
            None => {
                self.calls.push(Call {
                    index: piece.index,
                    id: id.clone(),
                    name: String::new(),
                    arguments: String::new(),
                });
                self.calls.len() - 1
            }
        };
        let Some(call) = self.calls.get_mut(position) else {
            return Ok(());
        };
        if call.id.is_empty() {
            call.id = id;
        }
        // A name comes once, in pieces at worst, and before the arguments; some servers repeat it.
        if call.name != name && call.arguments.is_empty() {
            call.name.push_str(&name);
        }
        match arguments {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => call.arguments.push_str(&text),
            Some(whole) => call.arguments = whole.to_string(),
        }
        Ok(())
    }

    /// The call that a piece continues. By the protocol the index says it; some servers leave it
    /// out, or give every call the same one and tell them apart by id.
    fn place_of(&self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        let is_new = |call: &Call| !name.is_empty() && !id.is_empty() && call.id != id;
        match index {
            Some(_) => {
                let place = self.calls.iter().rposition(|call| call.index == index)?;
                let same = self.calls.get(place).is_some_and(|call| !is_new(call));
                same.then_some(place)
            }
            None if name.is_empty() => self.calls.len().checked_sub(1),
            None if id.is_empty() => None,
            None => self.calls.iter().rposition(|call| call.id == id),
        }
    }
}

impl Call {
    fn finish(self) -> Result<ToolCall, ModelError> {
        if self.name.is_empty() {
            let message = "a tool call without a name".to_owned();
            return Err(ModelError::Protocol(message));
        }
        let arguments = match self.arguments.trim() {
            "" => Value::Object(Map::new()),
            text => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(self.arguments.clone()))
            }
        };
        Ok(ToolCall {
            id: self.id,
            name: self.name,
            arguments,
        })
    }
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
