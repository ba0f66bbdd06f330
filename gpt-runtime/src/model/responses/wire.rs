//! The bodies of requests to the Responses API.

use serde_json::{Value, json};

use super::{answer::kind, hosted};
use crate::{
    message::{File, Message, ProviderItems, ToolCall},
    model::{
        Request, ToolDefinition,
        attach::{self, Part, Takes},
        wire,
    },
    schema::strict,
};

const TAKES: Takes = Takes {
    image: 20_000_000,
    media: true,
};

/// What of a request depends on what the server has refused so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Whether reasoning is asked for, and sent back.
    pub(super) reasoning: bool,
    /// Whether earlier answers are sent back in the words of the model.
    pub(super) items: bool,
}

/// A tool as it is shown: strictly where its schema can be, else as it is.
pub(super) struct Tool<'a> {
    definition: &'a ToolDefinition,
    strict: Option<Value>,
}

/// Says to the log which tools cannot be strict, so that a model may write arguments of another
/// shape, and why.
pub(super) fn check(tools: &[ToolDefinition]) {
    for tool in tools {
        if let Err(reason) = strict::render(&tool.parameters) {
            let tool = &tool.name;
            tracing::warn!(tool, reason, "the tool is shown without strict mode");
        }
    }
}

pub(super) fn tools(definitions: &[ToolDefinition]) -> Vec<Tool<'_>> {
    let tools = definitions.iter().map(|definition| Tool {
        definition,
        strict: strict::render(&definition.parameters).ok(),
    });
    tools.collect()
}

impl Tool<'_> {
    pub(super) fn name(&self) -> &str {
        &self.definition.name
    }

    /// A strict model writes every argument, `null` for those it leaves out.
    pub(super) fn drop_nulls(&self, arguments: &mut Value) {
        if self.strict.is_some() {
            strict::drop_nulls(&self.definition.parameters, arguments);
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "type": "function",
            "name": self.definition.name,
            "description": self.definition.description,
            "parameters": self.strict.as_ref().unwrap_or(&self.definition.parameters),
            // Said in each case: without it the server guesses.
            "strict": self.strict.is_some(),
        })
    }
}

/// The body of a request of the model that is `author` of the items it wrote.
pub(super) fn request(
    model: &str,
    request: &Request,
    tools: &[Tool<'_>],
    author: &str,
    terms: Terms,
) -> Value {
    let mut input = Vec::new();
    for message in &request.messages {
        push(&mut input, message, request, author, terms);
    }
    let mut body = json!({ "model": model, "input": input, "stream": true, "store": false });
    let reasoning = terms.reasoning.then_some("reasoning.encrypted_content");
    let hosted = request.hosted_tools.iter();
    let hosted_parts = hosted.clone().filter_map(|it| hosted::include(*it));
    let include: Vec<&str> = reasoning.into_iter().chain(hosted_parts).collect();
    if !include.is_empty() {
        body["include"] = json!(include);
    }
    if !request.instructions.is_empty() {
        body["instructions"] = Value::String(request.instructions.clone());
    }
    let tools = tools.iter().map(Tool::to_json);
    let tools: Vec<Value> = tools.chain(hosted.map(|it| hosted::tool(*it))).collect();
    if !tools.is_empty() {
        body["tools"] = Value::Array(tools);
    }
    body
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

fn push(input: &mut Vec<Value>, message: &Message, request: &Request, author: &str, terms: Terms) {
    match message {
        Message::User { text, files, .. } => {
            let content = with_files(text, files, request);
            input.push(json!({ "type": "message", "role": "user", "content": content }));
        }
        Message::Assistant {
            text,
            calls,
            provider_items,
            ..
        } => {
            let items = ProviderItems::of(provider_items.as_ref(), author);
            match items.filter(|_| terms.items) {
                Some(items) => push_items(input, items, calls, terms),
                None => push_answer(input, text, calls),
            }
        }
        Message::Tool {
            call_id,
            text,
            files,
            ..
        } => input.push(json!({
            "type": "function_call_output",
            "call_id": wire::call_id(call_id),
            "output": with_files(text, files, request),
        })),
    }
}

/// A text, and the files beside it where there are some.
fn with_files(text: &str, files: &[File], request: &Request) -> Value {
    if files.is_empty() {
        return Value::from(text);
    }
    let input_text = |text: &str| json!({ "type": "input_text", "text": text });
    let mut parts = Vec::new();
    parts.extend((!text.is_empty()).then(|| input_text(text)));
    for part in attach::parts(files, &request.contents, TAKES) {
        parts.push(match &part {
            Part::Image {
                media_type,
                content,
            } => json!({
                "type": "input_image",
                "detail": "auto",
                "image_url": attach::data_url(media_type, content),
            }),
            Part::Pdf { name, content } => json!({
                "type": "input_file",
                "filename": name,
                "file_data": attach::data_url("application/pdf", content),
            }),
            Part::Note(_) | Part::Text { .. } => input_text(&part.inlined().unwrap_or_default()),
        });
    }
    Value::Array(parts)
}

/// An answer in the words of its provider; its calls as they are known here.
fn push_items(input: &mut Vec<Value>, items: &[Value], calls: &[ToolCall], terms: Terms) {
    let mut calls = calls.iter();
    for item in items {
        if is_call(item) {
            input.extend(calls.next().map(call));
        } else if terms.reasoning || kind(item) != "reasoning" {
            input.push(item.clone());
        }
    }
    input.extend(calls.map(call));
}

fn push_answer(input: &mut Vec<Value>, text: &str, calls: &[ToolCall]) {
    if !text.is_empty() {
        input.push(json!({ "type": "message", "role": "assistant", "content": text }));
    }
    input.extend(calls.iter().map(call));
}

pub(super) fn is_call(item: &Value) -> bool {
    kind(item) == "function_call"
}

fn call(call: &ToolCall) -> Value {
    json!({
        "type": "function_call",
        "call_id": wire::call_id(&call.id),
        "name": call.name,
        "arguments": wire::object(call).to_string(),
    })
}
