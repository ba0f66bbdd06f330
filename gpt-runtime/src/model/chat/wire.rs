//! The bodies of Chat Completions: what is sent, and what comes back in any server's dialect.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    message::{File, Message, ToolCall},
    model::{
        Chunk, ModelError, Request, Sender, Usage,
        attach::{self, Takes},
        transport, wire,
    },
};

const TAKES: Takes = Takes {
    image: 20_000_000,
    media: true,
};

/// The body of a request; `usage` asks for the tokens it took, which not every server understands.
pub(super) fn request(model: &str, request: &Request, usage: bool) -> Value {
    let mut messages = Vec::new();
    if !request.instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": request.instructions }));
    }
    messages.extend(request.messages.iter().map(|it| message(it, request)));
    let mut body = json!({ "model": model, "messages": messages, "stream": true });
    if usage {
        body["stream_options"] = json!({ "include_usage": true });
    }
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

fn message(message: &Message, request: &Request) -> Value {
    match message {
        Message::User { text, files, .. } if files.is_empty() => {
            json!({ "role": "user", "content": text })
        }
        Message::User { text, files, .. } => {
            json!({ "role": "user", "content": with_files(text, files, request) })
        }
        Message::Assistant { text, calls, .. } if calls.is_empty() => {
            json!({ "role": "assistant", "content": text })
        }
        Message::Assistant { text, calls, .. } => json!({
            "role": "assistant",
            "content": (!text.is_empty()).then_some(text),
            "tool_calls": calls.iter().map(call).collect::<Value>(),
        }),
        Message::Tool {
            call_id,
            text,
            files,
            ..
        } => {
            // Nothing but text may stand in a result.
            let takes = Takes {
                media: false,
                ..TAKES
            };
            let parts = attach::parts(files, &request.contents, takes);
            let content = attach::as_text(text, &parts);
            json!({ "role": "tool", "tool_call_id": call_id, "content": content })
        }
    }
}

/// A text, and the files beside it.
fn with_files(text: &str, files: &[File], request: &Request) -> Value {
    let parts = attach::parts(files, &request.contents, TAKES);
    // Servers that know nothing but text refuse a list of texts.
    if parts.iter().all(|part| part.inlined().is_some()) {
        return Value::String(attach::as_text(text, &parts));
    }
    let of_text = |text: &str| json!({ "type": "text", "text": text });
    let mut content = Vec::new();
    content.extend((!text.is_empty()).then(|| of_text(text)));
    for part in &parts {
        content.push(match part {
            attach::Part::Image {
                media_type,
                content,
            } => json!({
                "type": "image_url",
                "image_url": { "url": attach::data_url(media_type, content) },
            }),
            attach::Part::Pdf { name, content } => json!({
                "type": "file",
                "file": {
                    "filename": name,
                    "file_data": attach::data_url("application/pdf", content),
                },
            }),
            attach::Part::Note(_) | attach::Part::Text { .. } => {
                of_text(&part.inlined().unwrap_or_default())
            }
        });
    }
    Value::Array(content)
}

fn call(call: &ToolCall) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": wire::object(call).to_string() },
    })
}

/// A whole answer, or a chunk of one.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Counts>,
    error: Option<Value>,
}

/// All of it is optional: servers count what they like.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Counts {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<InputDetails>,
    completion_tokens_details: Option<OutputDetails>,
}

#[derive(Debug, Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
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
    usage: Option<Counts>,
    has_spoken: bool,
}

#[derive(Debug)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl transport::Assembly for Assembly {
    fn take(&mut self, data: &str, answer: &Sender) -> Result<bool, ModelError> {
        let text = self.text(wire::read(data)?)?;
        if !text.is_empty() {
            self.has_spoken = true;
            answer.send(Ok(Chunk::Text(text)));
        }
        Ok(false)
    }

    fn take_whole(&mut self, data: &str, answer: &Sender) -> Result<(), ModelError> {
        self.take(data, answer).map(|_| ())
    }

    fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    fn has_spoken(&self) -> bool {
        self.has_spoken
    }
}

impl Assembly {
    /// Takes a chunk and returns the text in it.
    fn text(&mut self, completion: Completion) -> Result<String, ModelError> {
        if let Some(error) = completion.error.filter(|error| !error.is_null()) {
            return Err(failure(&error));
        }
        self.usage = completion.usage.or(self.usage.take());
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

    /// The tokens that the server counted.
    pub(super) fn usage(&self) -> Option<Usage> {
        let tokens = self.usage.as_ref()?;
        let cached = tokens.prompt_tokens_details.as_ref();
        let reasoning = tokens.completion_tokens_details.as_ref();
        Some(Usage {
            input: tokens.prompt_tokens.unwrap_or_default(),
            output: tokens.completion_tokens.unwrap_or_default(),
            cached: cached.and_then(|it| it.cached_tokens).unwrap_or_default(),
            reasoning: reasoning
                .and_then(|it| it.reasoning_tokens)
                .unwrap_or_default(),
        })
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
        let position = if let Some(position) = place {
            position
        } else {
            wire::room_for_call(self.calls.len())?;
            self.calls.push(Call {
                index: piece.index,
                id: id.clone(),
                name: String::new(),
                arguments: String::new(),
            });
            self.calls.len() - 1
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

/// Servers have no common names for being busy, but all say it in one of these ways.
fn failure(error: &Value) -> ModelError {
    const BUSY: [&str; 6] = [
        "server_error",
        "rate_limit",
        "overloaded",
        "slow_down",
        "service_unavailable",
        "internal_server_error",
    ];
    let message = wire::error_message(error);
    let is_busy = ["code", "type", "status"]
        .into_iter()
        .any(|key| match error.get(key) {
            Some(Value::String(code)) => {
                let code = code.to_ascii_lowercase();
                BUSY.iter().any(|it| code.contains(it)) || is_busy_status(code.parse().ok())
            }
            Some(code) => is_busy_status(code.as_u64()),
            None => false,
        });
    if is_busy {
        ModelError::Overloaded(message)
    } else {
        ModelError::Failed(message)
    }
}

fn is_busy_status(status: Option<u64>) -> bool {
    status.is_some_and(|it| it == 429 || (500..600).contains(&it))
}

impl Call {
    fn finish(self) -> Result<ToolCall, ModelError> {
        if self.name.is_empty() {
            let message = "a tool call without a name".to_owned();
            return Err(ModelError::Protocol(message));
        }
        Ok(ToolCall {
            id: self.id,
            name: self.name,
            arguments: wire::arguments(&self.arguments),
        })
    }
}
