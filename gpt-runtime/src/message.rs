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
