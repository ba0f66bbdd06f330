//! The loop between a person, a model and tools.

mod calls;
mod consent;
mod files;
mod identity;
pub(crate) mod lease;
mod local;
mod own;
pub(crate) mod record;
mod run;
mod single;
mod tools;
mod window;

use std::{
    collections::HashMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    message::{Citation, File},
    model::Usage,
};

pub(crate) use consent::prefix as consents;
#[cfg(feature = "mcp")]
pub(crate) use consent::{Question, give, is_given, question};
pub(crate) use run::{Place, Setting, missing_results, run};
pub(crate) use single::{Called, call, call_function};
pub(crate) use tools::{Found, Toolbox};

/// What happens while a message is answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The next piece of the answer's text.
    TextDelta {
        /// The piece.
        text: String,
    },
    /// A person must allow this call before it is made; answered through
    /// [`crate::service::Service::decide`].
    ConfirmationNeeded {
        /// [`crate::message::ToolCall::id`].
        call_id: String,
        /// The tool's name.
        name: String,
        /// What will be sent.
        arguments: Value,
        /// Whether [`Decision::AlwaysAllow`] is offered, which a description forbids with
        /// `x-openai-isConsequential: true`.
        may_always_allow: bool,
    },
    /// A person must sign in to an API before this call is made. It goes on by itself when they
    /// have, and is not made when `Decline` is decided.
    SignInNeeded {
        /// [`crate::message::ToolCall::id`].
        call_id: String,
        /// The tool's name.
        name: String,
        /// The title of the API.
        api: String,
        /// The path on this server at which the person signs in, in the browser that holds their
        /// session.
        path: String,
    },
    /// A tool is being called.
    CallStarted {
        /// [`crate::message::ToolCall::id`].
        call_id: String,
        /// The tool's name.
        name: String,
        /// What is sent.
        arguments: Value,
    },
    /// A tool has answered.
    CallFinished {
        /// [`crate::message::ToolCall::id`].
        call_id: String,
        /// What the model is shown.
        result: String,
        /// Whether the call failed.
        is_error: bool,
        /// Milliseconds the call took.
        milliseconds: u64,
    },
    /// A source of what is said.
    CitationAdded {
        /// The source.
        citation: Citation,
    },
    /// A file was made: by the model, or by a call of the turn.
    FileAdded {
        /// The file, which is to be had under its id.
        file: File,
        /// The call it came with; `None` where the model made it.
        #[serde(skip_serializing_if = "Option::is_none")]
        call_id: Option<String>,
    },
    /// The answer is complete. Always the last event of a turn that succeeded.
    Finished {
        /// The whole text.
        text: String,
        /// The tokens that the turn took; `None` where the provider does not count them.
        #[serde(skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    /// The turn ended early. Always the last event of a turn that did not succeed.
    Failed {
        /// What to tell the person.
        message: String,
    },
}

/// A person's answer to [`Event::ConfirmationNeeded`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Make the call.
    Allow,
    /// Make the call, and never ask this person about this operation again. Where that is not
    /// offered it means [`Allow`](Self::Allow).
    AlwaysAllow,
    /// Do not make it.
    Decline,
}

impl Decision {
    const ALL: [Self; 3] = [Self::Allow, Self::AlwaysAllow, Self::Decline];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::AlwaysAllow => "always_allow",
            Self::Decline => "decline",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A running turn: a stream of [`Event`]s, the last being `Finished` or `Failed`.
///
/// Dropping it cancels the turn: calls that wait are not made, what was said so far is kept.
pub struct Turn {
    events: mpsc::Receiver<Event>,
    control: Arc<Control>,
    ended: bool,
}

impl Turn {
    pub(crate) fn new(events: mpsc::Receiver<Event>, control: Arc<Control>) -> Self {
        Self {
            events,
            control,
            ended: false,
        }
    }

    /// Answers `ConfirmationNeeded` or `SignInNeeded`; `false` when there is no such question.
    pub fn decide(&self, call_id: &str, decision: Decision) -> bool {
        self.control.decide(call_id, decision)
    }

    /// The next event; `None` after `Finished` or `Failed`.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Turn {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let event = ready!(self.events.poll_recv(cx)).unwrap_or_else(|| {
            // The task ended without a word: only a panic or the end of the runtime does that.
            Event::Failed {
                message: "the answer broke off because of an internal error".to_owned(),
            }
        });
        self.ended = matches!(event, Event::Finished { .. } | Event::Failed { .. });
        Poll::Ready(Some(event))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.control.cancel();
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// What others may tell a running turn: to stop, and what a person decided.
#[derive(Debug)]
pub(crate) struct Control {
    cancelled: watch::Sender<bool>,
    questions: Mutex<HashMap<String, oneshot::Sender<Decision>>>,
}

impl Control {
    pub(crate) fn new() -> Self {
        Self {
            cancelled: watch::Sender::new(false),
            questions: Mutex::default(),
        }
    }

    /// Tells the turn to stop; `false` when it was told before.
    pub(crate) fn cancel(&self) -> bool {
        !self.cancelled.send_replace(true)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Returns when the turn was told to stop.
    async fn cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        // It fails when the sender is gone, and `self` holds the sender.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }

    /// Opens a question; the answer arrives through [`Self::decide`].
    fn ask(&self, call_id: &str) -> oneshot::Receiver<Decision> {
        let (sender, receiver) = oneshot::channel();
        self.questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(call_id.to_owned(), sender);
        receiver
    }

    /// Answers a question; `false` when it is not open.
    pub(crate) fn decide(&self, call_id: &str, decision: Decision) -> bool {
        let question = self
            .questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(call_id);
        question.is_some_and(|question| question.send(decision).is_ok())
    }
}
