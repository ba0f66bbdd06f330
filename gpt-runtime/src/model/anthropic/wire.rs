//! The bodies of requests to the Messages API.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    message::{File, Message, ProviderItems, ToolCall},
    model::{
        ModelError, Request,
        attach::{self, Part, Takes},
        wire,
    },
};

/// An image may have 5 MB in base64.
const TAKES: Takes = Takes {
    image: 3_750_000,
    media: true,
};

/// The body of a request; thinking of the `author` is sent back.
pub(super) fn request(model: &str, max_tokens: u32, request: &Request, author: &str) -> Value {
    let mut messages = Vec::new();
    for message in &request.messages {
        let (role, blocks) = blocks(message, request, author);
        push(&mut messages, role, blocks);
    }
    let mut body = json!({
        "model": model,
        "max_tokens": max_tokens,
        "messages": messages,
        "stream": true,
    });
    if !request.instructions.is_empty() {
        body["system"] = Value::String(request.instructions.clone());
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.parameters,
            })
        });
        body["tools"] = tools.collect();
    }
    body
}

/// Adds what a model wrote before it paused, so that it goes on.
pub(super) fn go_on(body: &mut Value, written: &[Value]) {
    if let Some(Value::Array(messages)) = body.get_mut("messages") {
        push(messages, "assistant", written.to_vec());
    }
}

/// Adds blocks to the last message where it is of the same role: all results of a round have to
/// stand in one message, before what the person says.
fn push(messages: &mut Vec<Value>, role: &str, blocks: Vec<Value>) {
    if blocks.is_empty() {
        return;
    }
    if let Some(last) = messages.last_mut()
        && last["role"] == role
        && let Some(Value::Array(content)) = last.get_mut("content")
    {
        content.extend(blocks);
        return;
    }
    messages.push(json!({ "role": role, "content": blocks }));
}

fn blocks(message: &Message, request: &Request, author: &str) -> (&'static str, Vec<Value>) {
    match message {
        Message::User { text, files } => {
            let blocks = said(text).chain(shown(files, request));
            ("user", blocks.collect())
        }
        Message::Assistant {
            text,
            calls,
            provider_items,
            ..
        } => {
            let blocks = match ProviderItems::of(provider_items.as_ref(), author) {
                Some(items) => in_its_words(items, calls),
                None => said(text).chain(calls.iter().map(tool_use)).collect(),
            };
            ("assistant", blocks)
        }
        Message::Tool {
            call_id,
            text,
            is_error,
            files,
            ..
        } => {
            let mut block = tool_result(call_id, text, *is_error);
            if !files.is_empty() {
                let blocks = said(text).chain(shown(files, request));
                block["content"] = blocks.collect();
            }
            ("user", vec![block])
        }
    }
}

/// A block of text; none where there is nothing to read, because that is refused.
fn said(text: &str) -> impl Iterator<Item = Value> {
    let is_empty = text.trim().is_empty();
    (!is_empty)
        .then(|| json!({ "type": "text", "text": text }))
        .into_iter()
}

/// The files of a message.
fn shown(files: &[File], request: &Request) -> Vec<Value> {
    let parts = attach::parts(files, &request.contents, TAKES);
    let blocks = parts.into_iter().map(|part| match part {
        Part::Note(text) => json!({ "type": "text", "text": text }),
        Part::Text { name, text } => json!({
            "type": "document",
            "title": name,
            "source": { "type": "text", "media_type": "text/plain", "data": text },
        }),
        Part::Image {
            media_type,
            content,
        } => json!({
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": media_type,
                "data": attach::base64(content),
            },
        }),
        Part::Pdf { name, content } => json!({
            "type": "document",
            "title": name,
            "source": {
                "type": "base64",
                "media_type": "application/pdf",
                "data": attach::base64(content),
            },
        }),
    });
    blocks.collect()
}

/// An answer in the words of its provider; its calls as they are known here.
fn in_its_words(items: &[Value], calls: &[ToolCall]) -> Vec<Value> {
    let mut calls = calls.iter();
    let mut blocks = Vec::new();
    for item in items {
        match kind(item) {
            "tool_use" => blocks.extend(calls.next().map(tool_use)),
            "text" => {
                let text = item.get("text").and_then(Value::as_str);
                blocks.extend(said(text.unwrap_or_default()));
            }
            _ => blocks.push(item.clone()),
        }
    }
    blocks.extend(calls.map(tool_use));
    blocks
}

fn tool_use(call: &ToolCall) -> Value {
    json!({
        "type": "tool_use",
        "id": wire::call_id(&call.id),
        "name": call.name,
        "input": wire::object(call),
    })
}

fn tool_result(call_id: &str, text: &str, is_error: bool) -> Value {
    let mut block = json!({ "type": "tool_result", "tool_use_id": wire::call_id(call_id) });
    if !text.is_empty() {
        block["content"] = Value::String(text.to_owned());
    }
    if is_error {
        block["is_error"] = Value::Bool(true);
    }
    block
}

/// What kind of block this is.
pub(super) fn kind(block: &Value) -> &str {
    let kind = block.get("type").and_then(Value::as_str);
    kind.unwrap_or_default()
}

/// Whether a block says more than its text or its call.
pub(super) fn says_more(block: &Value) -> bool {
    !matches!(kind(block), "text" | "tool_use")
}

/// The calls among the blocks of an answer.
pub(super) fn calls(blocks: &[Value]) -> Result<Vec<ToolCall>, ModelError> {
    #[derive(Deserialize)]
    struct ToolUse {
        id: String,
        name: String,
        input: Value,
    }
    let mut calls = Vec::new();
    for block in blocks.iter().filter(|it| kind(it) == "tool_use") {
        wire::room_for_call(calls.len())?;
        let call: ToolUse = wire::part(block)?;
        calls.push(ToolCall {
            id: call.id,
            name: call.name,
            arguments: call.input,
        });
    }
    Ok(calls)
}
