//! The bodies of requests to the Messages API.

use serde::Deserialize;
use serde_json::{Value, json};

use super::hosted;
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

/// The body of a request; earlier answers of the `author` are sent back in its words, where there
/// is one.
///
/// Tools and instructions are the same in all requests of a GPT, and the messages are those of the
/// next request's beginning: the server is told to keep what it made of both.
pub(super) fn request(
    model: &str,
    max_tokens: u32,
    request: &Request,
    author: Option<&str>,
) -> Value {
    let mut messages = Vec::new();
    for message in &request.messages {
        let (role, blocks) = blocks(message, request, author);
        push(&mut messages, role, blocks);
    }
    if let Some(last) = messages.last_mut()
        && let Some(Value::Array(content)) = last.get_mut("content")
    {
        keep(content);
    }
    let mut body = json!({
        "model": model,
        "max_tokens": max_tokens,
        "messages": messages,
        "stream": true,
    });
    let own = request.tools.iter().map(|tool| {
        json!({
            "name": tool.name,
            "description": tool.description,
            "input_schema": tool.parameters,
        })
    });
    let hosted = request.hosted_tools.iter();
    let hosted = hosted.filter_map(|tool| hosted::tool(*tool));
    let mut tools: Vec<Value> = own.chain(hosted).collect();
    let mut system: Vec<Value> = said(&request.instructions).collect();
    // Tools stand before the instructions, and are kept with them.
    keep(if system.is_empty() {
        &mut tools
    } else {
        &mut system
    });
    if !system.is_empty() {
        body["system"] = Value::Array(system);
    }
    if !tools.is_empty() {
        body["tools"] = Value::Array(tools);
    }
    body
}

/// Marks the last of some blocks as the end of what is worth keeping.
fn keep(blocks: &mut [Value]) {
    if let Some(Value::Object(last)) = blocks.last_mut() {
        let kept = json!({ "type": "ephemeral" });
        last.insert("cache_control".to_owned(), kept);
    }
}

/// Whether earlier answers would be sent in the words of their author.
pub(super) fn has_items(request: &Request, author: &str) -> bool {
    request.messages.iter().any(|message| match message {
        Message::Assistant { provider_items, .. } => {
            ProviderItems::of(provider_items.as_ref(), author).is_some()
        }
        _ => false,
    })
}

/// Adds what a model wrote before it paused, so that it goes on.
pub(super) fn go_on(body: &mut Value, written: &[Value]) {
    if let Some(Value::Array(messages)) = body.get_mut("messages") {
        let is_said = |it: &&Value| {
            let text = it.get("text").and_then(Value::as_str);
            kind(it) != "text" || text.is_some_and(|it| !it.trim().is_empty())
        };
        let written = written.iter().filter(is_said).cloned();
        push(messages, "assistant", written.collect());
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

fn blocks(
    message: &Message,
    request: &Request,
    author: Option<&str>,
) -> (&'static str, Vec<Value>) {
    match message {
        Message::User { text, files, .. } => {
            let blocks = said(text).chain(shown(files, request));
            ("user", blocks.collect())
        }
        Message::Assistant {
            text,
            calls,
            provider_items,
            ..
        } => {
            let items = author.and_then(|it| ProviderItems::of(provider_items.as_ref(), it));
            let blocks = match items {
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
                let citations = item.get("citations").and_then(Value::as_array);
                blocks.extend(said(text.unwrap_or_default()).map(|mut block| {
                    if let Some(citations) = citations.filter(|it| !it.is_empty()) {
                        block["citations"] = json!(citations);
                    }
                    block
                }));
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
