//! A provider of models on loopback: it gives the answers it is told to, and checks what it is sent.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod oracle;

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Uri},
    response::Response,
    routing::{get, post},
};
use gpt_runtime::{
    message::{Message, ToolCall},
    model::{Chunk, Model, Request, ToolDefinition},
};
use serde_json::{Value, json};

use crate::support::{Server, answer};

pub(crate) const KEY: &str = "sk-0123456789";

/// A way to talk to models.
#[derive(Clone, Copy)]
pub(crate) enum Protocol {
    ChatCompletions,
    Responses,
    Anthropic,
}

/// A server that gives these answers one after the other, and the bodies it was sent.
pub(crate) struct Provider {
    pub(crate) server: Server,
    protocol: Protocol,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Provider {
    pub(crate) async fn new(
        protocol: Protocol,
        answers: impl IntoIterator<Item = Response>,
    ) -> Self {
        let answers = Arc::new(Mutex::new(VecDeque::from_iter(answers)));
        let bodies = Arc::<Mutex<Vec<Value>>>::default();
        let seen = Arc::clone(&bodies);
        let complete = async move |body: Bytes| {
            let body = serde_json::from_slice(&body).unwrap();
            seen.lock().unwrap().push(body);
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or_else(|| answer(418, "text/plain", "no answer left"))
        };
        let path = match protocol {
            Protocol::ChatCompletions => "/v1/chat/completions",
            Protocol::Responses => "/v1/responses",
            Protocol::Anthropic => "/v1/messages",
        };
        let file = async |uri: Uri, headers: HeaderMap| {
            let is_signed = ["authorization", "x-api-key"].into_iter().any(|name| {
                let value = headers.get(name).and_then(|it| it.to_str().ok());
                value.is_some_and(|it| it.ends_with(KEY))
            });
            match uri.path() {
                _ if !is_signed => answer(401, "text/plain", "no key"),
                "/v1/containers/cntr_1/files/cfile_1/content" => {
                    answer(200, "application/octet-stream", "a,b\n1,2\n")
                }
                "/v1/files/file_1/content" => answer(200, "image/png", "PNG"),
                "/v1/files/file_1" => {
                    let about = json!({ "id": "file_1", "filename": "plot.png" });
                    answer(200, "application/json", about.to_string())
                }
                _ => answer(404, "text/plain", "no such file"),
            }
        };
        let router = Router::new().route(path, post(complete));
        Self {
            server: Server::start(router.fallback(get(file))).await,
            protocol,
            bodies,
        }
    }

    /// The bodies it was sent, all as the provider's description has them.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap().clone();
        for body in &bodies {
            oracle::check_request(self.protocol, body);
        }
        bodies
    }

    /// Asks the model and writes down what comes back.
    pub(crate) async fn ask(&self, model: &impl Model, request: Request) -> String {
        let said = ask(model, request).await;
        self.bodies();
        said
    }
}

/// Asks and writes down what comes back.
pub(crate) async fn ask(model: &impl Model, request: Request) -> String {
    let chunks = chunks(model, request).await;
    let lines = chunks.into_iter().map(|chunk| match chunk {
        Ok(Chunk::Text(text)) => format!("text {text:?}"),
        Ok(Chunk::Call(call)) => format!("call {:?} {} {}", call.id, call.name, call.arguments),
        Ok(Chunk::Items(items)) => {
            let items = items.items.iter().map(Value::to_string);
            format!("items {}", items.collect::<Vec<_>>().join(" "))
        }
        Ok(Chunk::Usage(usage)) => format!(
            "usage {} in, {} cached, {} out, {} reasoning",
            usage.input, usage.cached, usage.output, usage.reasoning
        ),
        Ok(Chunk::HostedCall(it)) => format!("begins {} {} {}", it.id, it.name, it.arguments),
        Ok(Chunk::HostedResult(it)) => {
            let failed = if it.is_error { "failed " } else { "" };
            format!("ends {} {failed}{} {:?}", it.id, it.arguments, it.result)
        }
        Ok(Chunk::Citation(it)) => format!("cites {} {:?}", it.url, it.title),
        Ok(Chunk::File {
            name,
            media_type,
            content,
        }) => {
            let content = String::from_utf8_lossy(&content);
            format!("file {name} {media_type} {content:?}")
        }
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("error {error}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// All that comes back.
pub(crate) async fn chunks(
    model: &impl Model,
    request: Request,
) -> Vec<Result<Chunk, gpt_runtime::model::ModelError>> {
    let mut chunks = model.respond(request);
    let mut written = Vec::new();
    while let Some(chunk) = poll_fn(|cx| chunks.as_mut().poll_next(cx)).await {
        written.push(chunk);
    }
    written
}

pub(crate) fn user(text: &str) -> Message {
    Message::user(text)
}

pub(crate) fn assistant(text: &str, calls: Vec<ToolCall>) -> Message {
    Message::assistant(text, calls)
}

pub(crate) fn call(id: &str, arguments: Value) -> ToolCall {
    ToolCall {
        id: id.into(),
        name: "getAnimal".into(),
        arguments,
    }
}

pub(crate) fn result(id: &str, text: &str, is_error: bool) -> Message {
    Message::Tool {
        call_id: id.into(),
        name: "getAnimal".into(),
        text: text.into(),
        is_error,
        files: Vec::new(),
    }
}

pub(crate) fn request(messages: Vec<Message>) -> Request {
    Request {
        instructions: String::new(),
        messages,
        tools: Vec::new(),
        ..Request::default()
    }
}

pub(crate) fn hello() -> Request {
    request(vec![user("Hello")])
}

/// A tool with an optional argument.
pub(crate) fn get_animal() -> ToolDefinition {
    ToolDefinition {
        name: "getAnimal".into(),
        description: "Returns an animal.".into(),
        parameters: json!({
            "type": "object",
            "properties": { "id": { "type": "string" }, "at": { "type": "string", "format": "date" } },
            "required": ["id"],
            "additionalProperties": false,
        }),
    }
}

/// A conversation with all kinds of messages.
pub(crate) fn about_tom() -> Request {
    Request {
        instructions: "You keep a zoo.".into(),
        messages: vec![
            user("Who is Tom?"),
            assistant(
                "",
                vec![
                    call("a", json!({ "id": "Tom", "n": 1.5 })),
                    call("b", json!("{\"id")),
                ],
            ),
            result("a", "A cat.", false),
            result("b", "no JSON", true),
            assistant("A cat.", vec![]),
            user("Sure?"),
        ],
        tools: vec![get_animal()],
        ..Request::default()
    }
}

pub(crate) fn stream(body: impl Into<String>) -> Response {
    answer(200, "text/event-stream; charset=utf-8", body.into())
}

/// A stream of events that have names.
pub(crate) fn named_events(protocol: Protocol, events: &[Value]) -> Response {
    let mut text = String::new();
    for event in events {
        oracle::check_event(protocol, event);
        let name = event["type"].as_str().unwrap();
        text += &["event: ", name, "\ndata: ", &event.to_string(), "\n\n"].concat();
    }
    stream(text)
}

/// A refusal of a busy server that says when to come again.
pub(crate) fn busy(status: u16, after: &str, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("retry-after", after)
        .body(body.to_string().into())
        .unwrap()
}
