//! `POST /v1/chat/completions`.

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
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    App, Body, Metadata, Passing, Refusal,
    input::{Input, Talk},
    now, stream,
};
use crate::{
    access::Caller, conversation::Event, message::Citation, model::Usage, server::events::Events,
};

/// What is read of a request. What only tunes how a model writes has no meaning for a GPT, and is
/// left alone.
#[derive(Debug, Deserialize)]
pub(super) struct Request {
    model: String,
    messages: Vec<Input>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
    #[serde(default)]
    n: Option<u64>,
    #[serde(default)]
    tools: Option<Vec<Value>>,
    #[serde(default)]
    functions: Option<Vec<Value>>,
    #[serde(default)]
    response_format: Option<Kind>,
    #[serde(default)]
    modalities: Option<Vec<String>>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

impl Request {
    /// Refuses what would be another answer than the program expects.
    fn check(&self) -> Result<(), Refusal> {
        let has = |list: &Option<Vec<Value>>| list.as_ref().is_some_and(|it| !it.is_empty());
        if has(&self.tools) || has(&self.functions) {
            let reason = "the GPT has tools of its own and calls them itself";
            return Err(Refusal::unsupported("tools", reason));
        }
        if self.n.is_some_and(|n| n != 1) {
            return Err(Refusal::unsupported("n", "there is one answer"));
        }
        if self
            .response_format
            .as_ref()
            .is_some_and(|it| it.kind != "text")
        {
            return Err(Refusal::unsupported(
                "response_format",
                "a GPT answers with text",
            ));
        }
        let modalities = self.modalities.iter().flatten();
        if modalities.into_iter().any(|it| it != "text") {
            return Err(Refusal::unsupported(
                "modalities",
                "a GPT answers with text",
            ));
        }
        Ok(())
    }
}

pub(super) async fn complete(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Request>,
) -> Result<Response, Refusal> {
    app.check_model(&request.model)?;
    request.check()?;
    let decision = Metadata::decision(request.metadata.as_ref());
    let talk = Talk::of(request.messages)?;
    let (conversation, turn) = app.begin(&caller, talk).await?;
    let completion = Completion {
        id: format!("chatcmpl-{}", Uuid::new_v4().simple()),
        model: app.model.to_string(),
        created: now(),
        events: app.events(turn, &conversation, decision),
        _passing: Passing {
            service: app.service.clone(),
            person: caller.person_in(&conversation),
            conversation,
        },
    };
    if request.stream.unwrap_or_default() {
        let options = request.stream_options;
        return Ok(stream(Chunks {
            is_counted: options.is_some_and(|it| it.include_usage),
            waiting: VecDeque::from([
                completion.chunk(&json!({ "role": "assistant", "content": "" }), None)
            ]),
            citations: Vec::new(),
            is_over: false,
            completion,
        }));
    }
    Ok(Json(completion.whole().await?).into_response())
}

/// A running answer.
struct Completion {
    id: String,
    model: String,
    created: u64,
    events: Events,
    /// The conversation is forgotten with the answer: the program knows it itself.
    _passing: Passing,
}

impl Completion {
    async fn whole(mut self) -> Result<Value, Refusal> {
        let mut citations = Vec::new();
        while let Some(event) = self.events.next().await {
            match event {
                Event::CitationAdded { citation } => citations.push(citation),
                Event::Failed { message } => {
                    return Err(Refusal::new(StatusCode::BAD_GATEWAY, message));
                }
                Event::Finished { text, usage } => {
                    let mut whole = self.head("chat.completion");
                    whole["choices"] = json!([{
                        "index": 0,
                        "message": {
                            "role": "assistant",
                            "content": text,
                            "refusal": null,
                            "annotations": citations.iter().map(annotation).collect::<Value>(),
                        },
                        "logprobs": null,
                        "finish_reason": "stop",
                    }]);
                    if let Some(usage) = usage {
                        whole["usage"] = counted(usage);
                    }
                    return Ok(whole);
                }
                _ => {}
            }
        }
        let message = "the turn ended without an answer";
        Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message))
    }

    fn head(&self, object: &str) -> Value {
        json!({
            "id": self.id,
            "object": object,
            "created": self.created,
            "model": self.model,
            "choices": [],
        })
    }

    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        let mut chunk = self.head("chat.completion.chunk");
        chunk["choices"] = json!([{
            "index": 0,
            "delta": delta,
            "logprobs": null,
            "finish_reason": finish_reason,
        }]);
        chunk
    }
}

/// Where a source stands in the text is not known, so it stands for all of it.
fn annotation(citation: &Citation) -> Value {
    json!({
        "type": "url_citation",
        "url_citation": {
            "url": citation.url,
            "title": citation.title,
            "start_index": 0,
            "end_index": 0,
        },
    })
}

fn counted(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input.saturating_add(usage.output),
        "prompt_tokens_details": { "cached_tokens": usage.cached },
        "completion_tokens_details": { "reasoning_tokens": usage.reasoning },
    })
}

/// A running answer in pieces.
struct Chunks {
    completion: Completion,
    is_counted: bool,
    citations: Vec<Citation>,
    waiting: VecDeque<Value>,
    is_over: bool,
}

impl Chunks {
    fn take(&mut self, event: Event) {
        match event {
            Event::TextDelta { text } => {
                let chunk = self.completion.chunk(&json!({ "content": text }), None);
                self.waiting.push_back(chunk);
            }
            Event::CitationAdded { citation } => self.citations.push(citation),
            Event::Finished { usage, .. } => {
                let annotations: Value = self.citations.iter().map(annotation).collect();
                let delta = if self.citations.is_empty() {
                    json!({})
                } else {
                    json!({ "annotations": annotations })
                };
                let last = self.completion.chunk(&delta, Some("stop"));
                self.waiting.push_back(last);
                if self.is_counted {
                    let mut sum = self.completion.head("chat.completion.chunk");
                    sum["usage"] = usage.map_or(Value::Null, counted);
                    self.waiting.push_back(sum);
                }
            }
            Event::Failed { message } => {
                let refusal = Refusal::new(StatusCode::BAD_GATEWAY, message);
                self.waiting.push_back(refusal.body());
            }
            _ => {}
        }
    }
}

impl Stream for Chunks {
    type Item = Result<sse::Event, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(chunk) = this.waiting.pop_front() {
                // JSON on one line holds no carriage return, which `data` would refuse.
                let event = sse::Event::default().data(chunk.to_string());
                return Poll::Ready(Some(Ok(event)));
            }
            if this.is_over {
                return Poll::Ready(None);
            }
            let next = ready!(Pin::new(&mut this.completion.events).poll_next(cx));
            let Some(event) = next else {
                this.is_over = true;
                let end = sse::Event::default().data("[DONE]");
                return Poll::Ready(Some(Ok(end)));
            };
            this.take(event);
        }
    }
}
