//! The loop between a person, a model and tools.

use serde::Serialize;
use serde_json::Value;

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
    /// The answer is complete. Always the last event of a turn that succeeded.
    Finished {
        /// The whole text.
        text: String,
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
    /// Do not make it.
    Decline,
}

/// A running turn: a stream of [`Event`]s. Dropping it cancels the turn.
pub struct Turn {}
