//! What is said in a conversation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// What the person said.
    User {
        /// The text.
        text: String,
    },
    /// What the model said and which tools it called.
    Assistant {
        /// The text, possibly empty.
        text: String,
        /// The calls, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        calls: Vec<ToolCall>,
        /// What the model needs back to go on, and nobody else is shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider_items: Option<ProviderItems>,
    },
    /// The result of a tool call.
    Tool {
        /// [`ToolCall::id`] of the call it answers.
        call_id: String,
        /// The tool's name.
        name: String,
        /// What the model is shown.
        text: String,
        /// Whether the call failed.
        is_error: bool,
    },
}

impl Message {
    /// The message as people are shown it: without what only the model's provider understands.
    #[must_use]
    pub fn shown(mut self) -> Self {
        if let Self::Assistant { provider_items, .. } = &mut self {
            *provider_items = None;
        }
        self
    }
}

/// An answer as its provider wrote it, where text and calls do not say all of it: with its
/// reasoning, for example, encrypted or signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderItems {
    /// Protocol, model and server that wrote them; to any other they mean nothing.
    pub author: String,
    /// The parts of the answer, in order and in the provider's words.
    pub items: Vec<Value>,
}

impl ProviderItems {
    /// The items, where this is who wrote them.
    pub(crate) fn of<'a>(items: Option<&'a Self>, author: &str) -> Option<&'a [Value]> {
        let items = items.filter(|it| it.author == author)?;
        Some(&items.items)
    }
}

/// A model's wish to call a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Chosen by the model, unique in the conversation.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// What the model wrote as arguments: JSON where it is valid, else the text as a JSON string.
    pub arguments: Value,
}
