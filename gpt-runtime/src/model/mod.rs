//! Chat models: what is asked of them and what they answer.
//!
//! Nothing here knows OpenAPI or HTTP serving. [`Model`] can be implemented for any provider.

use std::pin::Pin;

use futures_core::Stream;
use serde_json::Value;

use crate::message::{Message, ToolCall};

/// A chat model.
pub trait Model: Send + Sync + 'static {
    /// The name people are shown.
    fn name(&self) -> &str;

    /// Whether this is a stand-in that only matches words, so that the page says so.
    fn is_offline(&self) -> bool {
        false
    }

    /// Answers a request piece by piece. Dropping the stream cancels it.
    fn respond(&self, request: Request) -> Chunks;
}

/// A model's answer, piece by piece.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, ModelError>> + Send>>;

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The GPT's instructions.
    pub instructions: String,
    /// The conversation so far; the last message is the one to answer.
    pub messages: Vec<Message>,
    /// The tools it may call.
    pub tools: Vec<ToolDefinition>,
}

/// A tool as a model sees it.
#[derive(Clone, Debug)]
pub struct ToolDefinition {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// JSON Schema of its arguments, whole: with its own `$defs`.
    pub parameters: Value,
}

/// A piece of a model's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Chunk {
    /// The next piece of text.
    Text(String),
    /// A complete tool call.
    Call(ToolCall),
}

/// Why a model gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The server could not be reached or the connection broke.
    #[error("the model cannot be reached: {0}")]
    Connection(String),
    /// The server refused the request.
    #[error("the model refused the request with status {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
    },
    /// The answer was not what the protocol says.
    #[error("the model's answer is not understood: {0}")]
    Protocol(String),
}
