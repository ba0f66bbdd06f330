//! A running turn as an answer: a stream of events, or the whole at once.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Sse, sse},
};
use futures_core::Stream;
use serde::Serialize;
use serde_json::Value;

use crate::{
    conversation::{Decision, Event, Turn},
    message::{Citation, File},
    model::Usage,
};

use super::{problem::Problem, shutdown::Stopping};

/// A running turn and what is needed to answer with it. Dropping it cancels the turn.
pub(super) struct Running {
    pub(super) turn: Turn,
    pub(super) conversation: String,
    /// What the paths of the GPT begin with.
    pub(super) base: Arc<str>,
    /// What the client decided beforehand about all calls that ask.
    pub(super) decision: Option<Decision>,
    pub(super) stopping: Stopping,
}

impl Running {
    /// The events as they happen.
    pub(super) fn stream(self) -> impl IntoResponse {
        /// Proxies close connections that are silent for a minute; models think longer.
        const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
        let sse = Sse::new(ServerSentEvents(Events::new(self, false)))
            .keep_alive(sse::KeepAlive::new().interval(SIGN_OF_LIFE));
        // The header keeps nginx from holding events back.
        ([("x-accel-buffering", "no")], sse)
    }

    /// The whole turn. Nobody can be asked meanwhile, so what was not allowed is declined.
    pub(super) async fn collect(mut self) -> Result<impl IntoResponse, Problem> {
        self.decision.get_or_insert(Decision::Decline);
        let mut answer = Answer {
            conversation: self.conversation.clone(),
            text: String::new(),
            calls: Vec::new(),
            citations: Vec::new(),
            files: Vec::new(),
            usage: None,
        };
        let mut events = Events::new(self, true);
        while let Some(event) = events.next().await {
            match event {
                Event::Finished { text, usage } => {
                    answer.text = text;
                    answer.usage = usage;
                    return Ok(Json(answer));
                }
                Event::Failed { message } => {
                    let problem = Problem::new(StatusCode::BAD_GATEWAY, message);
                    let calls = serde_json::to_value(answer.calls).unwrap_or_default();
                    return Err(problem
                        .with("conversation", Value::String(answer.conversation))
                        .with("calls", calls));
                }
                event => answer.note(event),
            }
        }
        Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the turn ended without an answer",
        ))
    }
}

/// A turn as JSON.
#[derive(Serialize)]
struct Answer {
    conversation: String,
    text: String,
    calls: Vec<Call>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citations: Vec<Citation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

/// A call of a tool.
#[derive(Serialize)]
struct Call {
    id: String,
    name: String,
    arguments: Value,
    /// What the model was shown.
    result: Option<String>,
    is_error: bool,
    milliseconds: Option<u64>,
    /// Where the person must sign in before it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<String>,
}

impl Answer {
    fn note(&mut self, event: Event) {
        match event {
            Event::ConfirmationNeeded {
                call_id,
                name,
                arguments,
                ..
            }
            | Event::CallStarted {
                call_id,
                name,
                arguments,
            } => {
                if self.call(&call_id).is_none() {
                    self.calls.push(Call {
                        id: call_id,
                        name,
                        arguments,
                        result: None,
                        is_error: false,
                        milliseconds: None,
                        sign_in: None,
                    });
                }
            }
            Event::SignInNeeded {
                call_id,
                name,
                path,
                ..
            } => {
                if let Some(call) = self.call(&call_id) {
                    call.sign_in = Some(path);
                    return;
                }
                self.calls.push(Call {
                    id: call_id,
                    name,
                    arguments: Value::Null,
                    result: None,
                    is_error: false,
                    milliseconds: None,
                    sign_in: Some(path),
                });
            }
            Event::CallFinished {
                call_id,
                result,
                is_error,
                milliseconds,
            } => {
                if let Some(call) = self.call(&call_id) {
                    call.result = Some(result);
                    call.is_error = is_error;
                    call.milliseconds = Some(milliseconds);
                }
            }
            Event::CitationAdded { citation } => self.citations.push(citation),
            Event::FileAdded { file, .. } => self.files.push(file),
            Event::TextDelta { .. } | Event::Finished { .. } | Event::Failed { .. } => {}
        }
    }

    fn call(&mut self, id: &str) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.id == id)
    }
}

/// The events of a turn until it ends or the server stops.
pub(super) struct Events {
    /// `None` after the last event.
    turn: Option<Turn>,
    base: Arc<str>,
    decision: Option<Decision>,
    /// Whether nobody can be asked.
    is_alone: bool,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Events {
    pub(super) fn new(running: Running, is_alone: bool) -> Self {
        Self {
            is_alone,
            turn: Some(running.turn),
            base: running.base,
            decision: running.decision,
            stopped: Box::pin(running.stopping.wait()),
        }
    }

    pub(super) async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = &mut *self;
        let Some(turn) = &mut this.turn else {
            return Poll::Ready(None);
        };
        match Pin::new(&mut *turn).poll_next(cx) {
            Poll::Ready(Some(mut event)) => {
                if let Event::SignInNeeded { path, .. } = &mut event {
                    path.insert_str(0, &this.base);
                }
                // A question that is gone by now needs no answer.
                match (&event, this.decision) {
                    (Event::ConfirmationNeeded { call_id, .. }, Some(decision)) => {
                        turn.decide(call_id, decision);
                    }
                    // Nobody can sign in while a client waits for the whole turn.
                    (Event::SignInNeeded { call_id, .. }, _) if this.is_alone => {
                        turn.decide(call_id, Decision::Decline);
                    }
                    _ => {}
                }
                Poll::Ready(Some(event))
            }
            Poll::Ready(None) => {
                this.turn = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                std::task::ready!(this.stopped.as_mut().poll(cx));
                this.turn = None;
                Poll::Ready(Some(Event::Failed {
                    message: "the server is stopping: try again in a moment".to_owned(),
                }))
            }
        }
    }
}

/// [`Events`] in the spelling of `text/event-stream`.
struct ServerSentEvents(Events);

impl Stream for ServerSentEvents {
    type Item = Result<sse::Event, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = std::task::ready!(Pin::new(&mut self.0).poll_next(cx));
        Poll::Ready(event.map(|event| spell(&event)))
    }
}

fn spell(event: &Event) -> Result<sse::Event, axum::Error> {
    let data = serde_json::to_value(event).map_err(axum::Error::new)?;
    let name = data["type"].as_str().unwrap_or("message");
    // JSON on one line holds no carriage return, which `data` would refuse.
    Ok(sse::Event::default().event(name).data(data.to_string()))
}
