//! `POST /v1/responses`. A response is kept as a conversation unless `store` is `false`:
//! `previous_response_id` goes on with it, and an item of the input may refer to its output.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response, sse},
};
use futures_core::Stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    App, Body, Metadata, Passing, Refusal,
    input::{Input, Talk},
    kept::{Kept, Place},
    now, stream,
};
use crate::{
    access::Caller,
    conversation::{Event, Turn},
    message::Citation,
    model::Usage,
    server::events::Events,
};

/// What is read of a request. What only tunes how a model writes has no meaning for a GPT, and is
/// left alone.
#[derive(Debug, Deserialize)]
pub(super) struct Request {
    model: String,
    input: Inputs,
    #[serde(default)]
    instructions: Option<String>,
    #[serde(default)]
    previous_response_id: Option<String>,
    #[serde(default)]
    conversation: Option<Value>,
    #[serde(default)]
    store: Option<bool>,
    #[serde(default)]
    background: Option<bool>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    tools: Option<Vec<Value>>,
    #[serde(default)]
    text: Option<Text>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Inputs {
    Text(String),
    Items(Vec<Item>),
}

/// An item of the input: a message or a reference to one, whether it says so or not.
#[derive(Debug, Deserialize)]
struct Item {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(flatten)]
    message: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(default)]
    format: Option<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

impl Request {
    /// Refuses what would be another answer than the program expects.
    fn check(&self) -> Result<(), Refusal> {
        if self.tools.as_ref().is_some_and(|it| !it.is_empty()) {
            let reason = "the GPT has tools of its own and calls them itself";
            return Err(Refusal::unsupported("tools", reason));
        }
        if self.background == Some(true) {
            return Err(Refusal::unsupported(
                "background",
                "ask for a stream instead",
            ));
        }
        if self.conversation.as_ref().is_some_and(|it| !it.is_null()) {
            let reason = "go on with `previous_response_id`";
            return Err(Refusal::unsupported("conversation", reason));
        }
        let format = self.text.as_ref().and_then(|it| it.format.as_ref());
        if format.is_some_and(|it| it.kind != "text") {
            return Err(Refusal::unsupported(
                "text.format",
                "a GPT answers with text",
            ));
        }
        Ok(())
    }

    /// What is said, the program's instructions included.
    async fn talk(&mut self, app: &App, caller: &Caller) -> Result<Talk, Refusal> {
        let mut messages = Vec::new();
        if let Some(text) = self.instructions.take() {
            messages.push(json!({ "role": "developer", "content": text }));
        }
        match std::mem::replace(&mut self.input, Inputs::Items(Vec::new())) {
            Inputs::Text(text) => messages.push(json!({ "role": "user", "content": text })),
            Inputs::Items(items) => {
                for item in items {
                    match item.kind() {
                        "message" => messages.push(item.message.into()),
                        "item_reference" => messages.push(item.referred(app, caller).await?),
                        // What this API itself never writes, and no other GPT understands.
                        "reasoning" => {}
                        kind => {
                            let message = format!("input of the type `{kind}` is not supported");
                            return Err(Refusal::invalid(message));
                        }
                    }
                }
            }
        }
        let messages: Result<Vec<Input>, _> =
            messages.into_iter().map(serde_json::from_value).collect();
        let messages = messages.map_err(|error| {
            Refusal::invalid(format!(
                "an item of `input` is not as it should be: {error}"
            ))
        })?;
        Talk::of(messages)
    }
}

impl Item {
    fn kind(&self) -> &str {
        match &self.kind {
            Some(kind) => kind,
            None if self.message.contains_key("role") => "message",
            None if self.message.contains_key("id") => "item_reference",
            None => "message",
        }
    }

    /// The message that is referred to.
    async fn referred(&self, app: &App, caller: &Caller) -> Result<Value, Refusal> {
        let id = self.message.get("id").and_then(Value::as_str);
        let id = id.unwrap_or_default();
        let kept = match Place::of_item(id) {
            Some(place) => Kept::find(app, caller, &place).await?,
            None => None,
        };
        let text = kept.and_then(|it| it.text()).ok_or_else(|| Refusal {
            parameter: Some("input"),
            ..Refusal::new(
                StatusCode::NOT_FOUND,
                format!("there is no item `{id}`: it may have been dropped; send what it said"),
            )
        })?;
        Ok(json!({ "role": "assistant", "content": text }))
    }
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<Request>,
) -> Result<Response, Refusal> {
    app.check_model(&request.model)?;
    request.check()?;
    let metadata = request.metadata.take().unwrap_or_default();
    let own: Metadata = serde_json::from_value(metadata.clone().into())
        .map_err(|error| Refusal::invalid(format!("`metadata` is not as it should be: {error}")))?;
    let decision = Metadata::decision(Some(&own));
    let talk = request.talk(&app, &caller).await?;
    let previous = request.previous_response_id.take();
    let (conversation, turn) = match &previous {
        Some(previous) => go_on(&app, &caller, previous, talk).await?,
        None => app.begin(&caller, talk).await?,
    };
    let person = caller.person_in(&conversation);
    let said = app.service.messages(&person, &conversation).await?;
    let place = Place {
        conversation: conversation.clone(),
        length: said.map_or(0, |it| it.len()),
    };
    let answer = Answer {
        id: place.response(),
        message: place.item(),
        model: app.model.to_string(),
        created: now(),
        previous,
        metadata,
        events: app.events(turn, &conversation, decision),
        _passing: (request.store == Some(false)).then(|| Passing {
            service: app.service.clone(),
            person,
            conversation,
        }),
    };
    if request.stream.unwrap_or_default() {
        return Ok(stream(Pieces::new(answer)));
    }
    Ok(Json(answer.whole().await?).into_response())
}

/// Says something after an earlier response: in its conversation, or in another one that begins like
/// it where that went on already.
async fn go_on(
    app: &App,
    caller: &Caller,
    previous: &str,
    talk: Talk,
) -> Result<(String, Turn), Refusal> {
    let unknown = || Refusal {
        parameter: Some("previous_response_id"),
        ..Refusal::new(
            StatusCode::NOT_FOUND,
            format!("there is no response `{previous}`: it may have been dropped"),
        )
    };
    let place = Place::of_response(previous).ok_or_else(unknown)?;
    let kept = Kept::find(app, caller, &place).await?;
    let kept = kept.ok_or_else(unknown)?;
    if kept.is_last && talk.before.is_empty() {
        let turn = app.say(caller, &place.conversation, talk.last).await?;
        return Ok((place.conversation, turn));
    }
    let mut before = kept.retold();
    before.extend(talk.before);
    let last = talk.last;
    app.begin(caller, Talk { before, last }).await
}

/// A running answer.
struct Answer {
    id: String,
    /// The id of the one item of its output.
    message: String,
    model: String,
    created: u64,
    previous: Option<String>,
    metadata: Map<String, Value>,
    events: Events,
    /// Where the conversation ends with the answer.
    _passing: Option<Passing>,
}

impl Answer {
    async fn whole(mut self) -> Result<Value, Refusal> {
        let mut citations = Vec::new();
        while let Some(event) = self.events.next().await {
            match event {
                Event::CitationAdded { citation } => citations.push(citation),
                Event::Failed { message } => {
                    return Err(Refusal::new(StatusCode::BAD_GATEWAY, message));
                }
                Event::Finished { text, usage } => {
                    let item = self.item("completed", &[part(&text, &citations)]);
                    return Ok(self.response("completed", &[item], usage));
                }
                _ => {}
            }
        }
        let message = "the turn ended without an answer";
        Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message))
    }

    fn response(&self, status: &str, output: &[Value], usage: Option<Usage>) -> Value {
        let mut response = json!({
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": null,
            "incomplete_details": null,
            "instructions": null,
            "model": self.model,
            "output": output,
            "parallel_tool_calls": true,
            "previous_response_id": self.previous,
            "temperature": null,
            "top_p": null,
            "tools": [],
            "tool_choice": "auto",
            "metadata": self.metadata,
        });
        if let Some(usage) = usage {
            response["usage"] = json!({
                "input_tokens": usage.input,
                "input_tokens_details": { "cached_tokens": usage.cached, "cache_write_tokens": 0 },
                "output_tokens": usage.output,
                "output_tokens_details": { "reasoning_tokens": usage.reasoning },
                "total_tokens": usage.input.saturating_add(usage.output),
            });
        }
        response
    }

    fn item(&self, status: &str, content: &[Value]) -> Value {
        json!({
            "id": self.message,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        })
    }
}

fn part(text: &str, citations: &[Citation]) -> Value {
    let annotations: Value = citations
        .iter()
        .map(|it| {
            // Where a source stands in the text is not known.
            json!({
                "type": "url_citation",
                "url": it.url,
                "title": it.title,
                "start_index": 0,
                "end_index": 0,
            })
        })
        .collect();
    json!({ "type": "output_text", "text": text, "annotations": annotations, "logprobs": [] })
}

/// A running answer in pieces.
struct Pieces {
    answer: Answer,
    citations: Vec<Citation>,
    waiting: VecDeque<Value>,
    number: u64,
    is_over: bool,
}

impl Pieces {
    fn new(answer: Answer) -> Self {
        let begun = answer.response("in_progress", &[], None);
        let item = answer.item("in_progress", &[]);
        let message = answer.message.clone();
        let mut pieces = Self {
            answer,
            citations: Vec::new(),
            waiting: VecDeque::new(),
            number: 0,
            is_over: false,
        };
        pieces.push("response.created", json!({ "response": begun }));
        pieces.push("response.in_progress", json!({ "response": begun }));
        let added = json!({ "output_index": 0, "item": item });
        pieces.push("response.output_item.added", added);
        pieces.push(
            "response.content_part.added",
            json!({ "item_id": message, "output_index": 0, "content_index": 0, "part": part("", &[]) }),
        );
        pieces
    }

    fn push(&mut self, kind: &str, mut event: Value) {
        event["type"] = kind.into();
        event["sequence_number"] = self.number.into();
        self.number += 1;
        self.waiting.push_back(event);
    }

    /// An event about the text of the one item.
    fn about_text(&mut self, kind: &str, mut event: Value) {
        event["item_id"] = self.answer.message.as_str().into();
        event["output_index"] = 0.into();
        event["content_index"] = 0.into();
        self.push(kind, event);
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::TextDelta { text } => {
                let delta = json!({ "delta": text, "logprobs": [] });
                self.about_text("response.output_text.delta", delta);
            }
            Event::CitationAdded { citation } => self.citations.push(citation),
            Event::Finished { text, usage } => {
                let part = part(&text, &self.citations);
                let item = self.answer.item("completed", std::slice::from_ref(&part));
                let whole = self
                    .answer
                    .response("completed", std::slice::from_ref(&item), usage);
                self.about_text(
                    "response.output_text.done",
                    json!({ "text": text, "logprobs": [] }),
                );
                self.about_text("response.content_part.done", json!({ "part": part }));
                let done = json!({ "output_index": 0, "item": item });
                self.push("response.output_item.done", done);
                self.push("response.completed", json!({ "response": whole }));
            }
            Event::Failed { message } => {
                let mut failed = self.answer.response("failed", &[], None);
                failed["error"] = json!({ "code": "server_error", "message": message });
                self.push("response.failed", json!({ "response": failed }));
            }
            _ => {}
        }
    }
}

impl Stream for Pieces {
    type Item = Result<sse::Event, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(piece) = this.waiting.pop_front() {
                let name = piece["type"].as_str().unwrap_or("message");
                // JSON on one line holds no carriage return, which `data` would refuse.
                let event = sse::Event::default().event(name).data(piece.to_string());
                return Poll::Ready(Some(Ok(event)));
            }
            if this.is_over {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut this.answer.events).poll_next(cx)) {
                Some(event) => this.take(event),
                None => this.is_over = true,
            }
        }
    }
}
