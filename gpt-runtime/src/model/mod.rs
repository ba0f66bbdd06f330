//! Chat models: what is asked of them and what they answer.
//!
//! Nothing here knows OpenAPI or HTTP serving. [`Model`] can be implemented for any provider.

pub mod anthropic;
pub(crate) mod attach;
pub mod chat;
mod environment;
mod extra;
mod made;
pub mod offline;
pub mod responses;
pub mod script;
mod transport;
mod wire;

use std::{
    collections::HashMap,
    ops::AddAssign,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

pub(crate) use environment::{context_from_settings, from_settings};

use crate::{
    error::Error,
    gpt::BuiltInTool,
    message::{Citation, HostedCall, Message, ProviderItems, ToolCall},
};

/// A chat model.
pub trait Model: Send + Sync + 'static {
    /// The name people are shown.
    fn name(&self) -> &str;

    /// Whether this is a stand-in that only matches words, so that the page says so.
    fn is_offline(&self) -> bool {
        false
    }

    /// Whether its provider brings this tool, so that [`Request::hosted_tools`] may hold it.
    fn hosts(&self, tool: BuiltInTool) -> bool {
        let _ = tool;
        false
    }

    /// Looks at the tools that each [`Request::tools`] will hold, once before the first: what cannot
    /// be is an error, and what costs something is said to the log.
    ///
    /// # Errors
    /// The provider takes no such tools.
    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        let _ = tools;
        Ok(())
    }

    /// Answers a request piece by piece. Dropping the stream cancels it.
    fn respond(&self, request: Request) -> Chunks;
}

impl<M: Model + ?Sized> Model for Arc<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn is_offline(&self) -> bool {
        (**self).is_offline()
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        (**self).hosts(tool)
    }

    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        (**self).check(tools)
    }

    fn respond(&self, request: Request) -> Chunks {
        (**self).respond(request)
    }
}

/// A model's answer, piece by piece.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, ModelError>> + Send>>;

/// What a model is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The GPT's instructions.
    pub instructions: String,
    /// The conversation so far; the last message is the one to answer.
    pub messages: Vec<Message>,
    /// The tools it may call.
    pub tools: Vec<ToolDefinition>,
    /// The built-in tools of the provider that it may use: only such as it
    /// [`hosts`](Model::hosts).
    pub hosted_tools: Vec<BuiltInTool>,
    /// What the files hold that [`Self::messages`] name, by their ids. A file that is not here
    /// cannot be shown to the model, which knows its name alone.
    pub contents: HashMap<String, Bytes>,
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
#[non_exhaustive]
pub enum Chunk {
    /// The next piece of text.
    Text(String),
    /// A complete tool call.
    Call(ToolCall),
    /// What the model is to be given back with this answer in later requests.
    Items(ProviderItems),
    /// The provider has begun a call of a tool that it [`hosts`](Model::hosts). What is known only
    /// at its end may be missing.
    HostedCall(HostedCall),
    /// The same call, by its id, has come to its end.
    HostedResult(HostedCall),
    /// A source of what was said, each once.
    Citation(Citation),
    /// A file the model made, such as an image.
    File {
        /// The name people see.
        name: String,
        /// What it is, such as `image/png`.
        media_type: String,
        /// What it holds.
        content: Bytes,
    },
    /// The tokens that the answer took.
    Usage(Usage),
}

/// Tokens as the provider counted them; 0 for what it did not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written, those of reasoning included.
    pub output: u64,
    /// Tokens of the input that the provider knew from an earlier request.
    pub cached: u64,
    /// Tokens of the output that were reasoning.
    pub reasoning: u64,
}

impl Usage {
    /// The counts by the names they have in metrics.
    pub(crate) const fn counts(self) -> [(&'static str, u64); 4] {
        [
            ("input", self.input),
            ("output", self.output),
            ("cached", self.cached),
            ("reasoning", self.reasoning),
        ]
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        let add = |count: &mut u64, more: u64| *count = count.saturating_add(more);
        add(&mut self.input, other.input);
        add(&mut self.output, other.output);
        add(&mut self.cached, other.cached);
        add(&mut self.reasoning, other.reasoning);
    }
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
    /// The server has too much to do.
    #[error("the model is overloaded: {0}")]
    Overloaded(String),
    /// The server accepted the request and then said that it failed.
    #[error("the model failed: {0}")]
    Failed(String),
    /// The answer was not what the protocol says.
    #[error("the model's answer is not understood: {0}")]
    Protocol(String),
    /// The answer reached the length the model may write.
    #[error("the answer was cut off: the model reached the length it may write")]
    CutOff,
    /// The provider's content filter stopped the answer.
    #[error("the answer was stopped by the content filter of the model's provider")]
    Filtered,
}

/// Turns a future that sends pieces into a stream of them.
///
/// The future runs while the stream is polled and ends when it is dropped, so implementing
/// [`Model::respond`] is writing an ordinary `async` block:
///
/// ```
/// use gpt_runtime::model::{Chunk, chunks};
///
/// let answer = chunks(|answer| async move {
///     answer.send(Ok(Chunk::Text("Hello!".to_owned())));
/// });
/// ```
pub fn chunks<F>(write: impl FnOnce(Sender) -> F) -> Chunks
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::unbounded_channel();
    Box::pin(Written {
        writer: Some(Box::pin(write(Sender(sender)))),
        receiver,
    })
}

/// Sends pieces into the stream made by [`chunks`].
#[derive(Debug)]
pub struct Sender(mpsc::UnboundedSender<Result<Chunk, ModelError>>);

impl Sender {
    /// Sends a piece.
    pub fn send(&self, chunk: Result<Chunk, ModelError>) {
        // It fails when the stream is gone, and with it the future that calls this.
        let _ = self.0.send(chunk);
    }
}

struct Written {
    /// Polled only when all it sent is read, so that at most one poll's pieces wait.
    writer: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    receiver: mpsc::UnboundedReceiver<Result<Chunk, ModelError>>,
}

impl Stream for Written {
    type Item = Result<Chunk, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(Some(chunk)) = self.receiver.poll_recv(cx) {
            return Poll::Ready(Some(chunk));
        }
        if let Some(writer) = &mut self.writer
            && writer.as_mut().poll(cx).is_ready()
        {
            self.writer = None;
        }
        match self.receiver.poll_recv(cx) {
            // The future may have kept a sender in a task of its own; it sends when it likes.
            Poll::Ready(chunk) => Poll::Ready(chunk),
            Poll::Pending => Poll::Pending,
        }
    }
}
