//! What is said in a conversation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// What the person said.
    User {
        /// The text; empty only where there are files.
        text: String,
        /// The files the person gave with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
        /// Whether it is what was said last, said again: it stands in place of that and of all that
        /// was answered to it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_retry: bool,
    },
    /// What the model said and which tools it called.
    Assistant {
        /// The text, possibly empty.
        text: String,
        /// The calls, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        calls: Vec<ToolCall>,
        /// What the model's provider did on its own while it answered, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hosted_calls: Vec<HostedCall>,
        /// Where what was said comes from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Citation>,
        /// The files the model made: images, results of code.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
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
        /// The files that came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
    },
}

impl Message {
    /// Text of a person, without files.
    pub fn user(text: impl Into<String>) -> Self {
        Self::User {
            text: text.into(),
            files: Vec::new(),
            is_retry: false,
        }
    }

    /// What a person said in a conversation that went on elsewhere: files are named alone.
    pub(crate) fn past<'a>(text: &'a str, files: impl Iterator<Item = &'a str>) -> Self {
        let mut lines = vec![text.to_owned()];
        lines.extend(files.map(|name| format!("[file {name}]")));
        Self::user(lines.join("\n").trim())
    }

    /// Text and calls of a model, and nothing else.
    pub fn assistant(text: impl Into<String>, calls: Vec<ToolCall>) -> Self {
        Self::Assistant {
            text: text.into(),
            calls,
            hosted_calls: Vec::new(),
            citations: Vec::new(),
            files: Vec::new(),
            provider_items: None,
        }
    }

    /// The message as people are shown it: without what only the model's provider understands.
    #[must_use]
    pub fn shown(mut self) -> Self {
        match &mut self {
            Self::Assistant { provider_items, .. } => *provider_items = None,
            Self::User { is_retry, .. } => *is_retry = false,
            Self::Tool { .. } => {}
        }
        self
    }
}

/// What counts of all that was said: a message that was said again is there once, with the last
/// answer to it.
///
/// A store only ever adds messages, so that processes cannot take each other's away.
pub(crate) fn current(all: Vec<Message>) -> Vec<Message> {
    let mut current = Vec::with_capacity(all.len());
    for message in all {
        if let Message::User { is_retry: true, .. } = message {
            current.truncate(last_said(&current).unwrap_or(current.len()));
        }
        current.push(message);
    }
    current
}

/// The place of what the person said last.
pub(crate) fn last_said(messages: &[Message]) -> Option<usize> {
    let is_said = |message: &Message| matches!(message, Message::User { .. });
    messages.iter().rposition(is_said)
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

/// A file of a conversation. Its content is in the store, under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Unguessable and unique.
    pub id: String,
    /// The name people see, such as `plan.pdf`: without folders, and not to be trusted.
    pub name: String,
    /// What it is, such as `application/pdf`, as whoever made it says.
    pub media_type: String,
    /// Its bytes.
    pub size: u64,
}

/// A call of a built-in tool that the model's provider made itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostedCall {
    /// Chosen by the provider, unique in the conversation.
    pub id: String,
    /// The tool's name, as [`BuiltInTool::name`](crate::gpt::BuiltInTool::name) spells it.
    pub name: String,
    /// What the tool was asked: `{"query": "..."}`, `{"code": "..."}`, `{"prompt": "..."}`.
    pub arguments: Value,
    /// What came out, as far as there is text; empty where there is none.
    pub result: String,
    /// Whether it failed.
    pub is_error: bool,
}

/// A source of what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Its address; what is not `http` or `https` is shown as text.
    pub url: String,
    /// Its title; empty where it has none.
    pub title: String,
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
