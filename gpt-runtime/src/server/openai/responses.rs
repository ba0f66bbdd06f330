//! `POST /v1/responses`. A response is kept as a conversation unless `store` is `false`, and
//! `previous_response_id` goes on with it.

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
use uuid::Uuid;

use super::{
    App, Body, Metadata, Passing, Refusal,
    input::{Input, Talk},
    now, stream,
};
use crate::{
    access::Caller,
    conversation::{Event, Turn},
    message::{Citation, Message},
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

/// An item of the input: a message, whether it says so or not.
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
    fn talk(&mut self) -> Result<Talk, Refusal> {
        let mut messages = Vec::new();
        if let Some(text) = self.instructions.take() {
            messages.push(json!({ "role": "developer", "content": text }));
        }
        match std::mem::replace(&mut self.input, Inputs::Items(Vec::new())) {
            Inputs::Text(text) => messages.push(json!({ "role": "user", "content": text })),
            Inputs::Items(items) => {
                for item in items {
                    match item.kind.as_deref() {
                        None | Some("message") => messages.push(item.message.into()),
                        // What this API itself never writes, and no other GPT understands.
                        Some("reasoning") => {}
                        Some(kind) => {
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
    let talk = request.talk()?;
    let previous = request.previous_response_id.take();
    let (conversation, turn) = match &previous {
        Some(previous) => go_on(&app, &caller, previous, talk).await?,
        None => app.begin(&caller, talk).await?,
    };
    let person = caller.person_in(&conversation);
    let said = app.service.messages(&person, &conversation).await?;
    let answer = Answer {
        id: id(&conversation, said.map_or(0, |it| it.len())),
        message: format!("msg_{}", Uuid::new_v4().simple()),
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

/// The id of the answer to the message that makes a conversation this long.
fn id(conversation: &str, length: usize) -> String {
    format!("resp_{}_{length}", conversation.replace('-', ""))
}

/// The conversation of a response, and how long it was when that was answered.
fn conversation_of(id: &str) -> Option<(String, usize)> {
    let (conversation, length) = id.strip_prefix("resp_")?.split_once('_')?;
    let conversation = Uuid::try_parse(conversation).ok()?;
    Some((conversation.to_string(), length.parse().ok()?))
}

/// Says something after an earlier response.
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
    let (conversation, length) = conversation_of(previous).ok_or_else(unknown)?;
    let person = caller.person_in(&conversation);
    let said = app.service.messages(&person, &conversation).await?;
    let said = said.ok_or_else(unknown)?;
    // The answer follows the message that was answered.
    let is_last = said
        .iter()
        .skip(length)
        .all(|it| !matches!(it, Message::User { .. }));
    if !is_last {
        let message = "a response was continued already: go on with the last one";
        return Err(Refusal {
            parameter: Some("previous_response_id"),
            ..Refusal::invalid(message)
        });
    }
    if !talk.before.is_empty() {
        let message = "after `previous_response_id`, `input` is the new message alone";
        return Err(Refusal::invalid(message));
    }
    let turn = app.say(caller, &conversation, talk.last).await?;
    Ok((conversation, turn))
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

#[cfg(test)]
mod tests {
    use super::{conversation_of, id};

    #[test]
    fn ids_lead_back_to_their_conversation() {
        let conversation = "a5a8c1de-1b2c-4d3e-8f4a-5b6c7d8e9f00";
        let id = id(conversation, 3);
        assert_eq!(conversation_of(&id), Some((conversation.to_owned(), 3)));
        for wrong in [
            "",
            "resp_",
            "resp_a_1",
            "resp_a5a8c1de1b2c4d3e8f4a5b6c7d8e9f00",
            "x",
        ] {
            assert_eq!(conversation_of(wrong), None, "{wrong}");
        }
    }
}
