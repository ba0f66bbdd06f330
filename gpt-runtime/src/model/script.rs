//! A model that follows a script, for tests of a GPT.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use serde_json::Value;

use super::{Chunk, Chunks, Model, ModelError, Request, Usage, chunks};
use crate::{
    gpt::BuiltInTool,
    message::{Citation, HostedCall, ToolCall},
};

/// Gives fixed replies one after the other and remembers what it was asked.
///
/// Clones share the script, so that a test can keep one while the service owns the other.
///
/// ```
/// use gpt_runtime::model::script::{Reply, Script};
///
/// let script = Script::new([
///     Reply::call("getForecast", serde_json::json!({ "place": "Denver" })),
///     Reply::text("It stays dry."),
/// ]);
/// assert!(script.requests().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    state: Arc<Mutex<State>>,
    hosted: Vec<BuiltInTool>,
}

#[derive(Debug)]
struct State {
    replies: VecDeque<Reply>,
    requests: Vec<Request>,
    calls: usize,
}

/// One reply of a [`Script`], piece by piece.
#[derive(Debug, Default)]
pub struct Reply {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Call(ToolCall),
    Begun(HostedCall),
    Ended(HostedCall),
    Citation(Citation),
    Usage(Usage),
    File {
        name: String,
        media_type: String,
        content: Bytes,
    },
    Error(ModelError),
    Silence,
}

impl Script {
    /// A model that gives these replies.
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                replies: replies.into_iter().collect(),
                requests: Vec::new(),
                calls: 0,
            })),
            hosted: Vec::new(),
        }
    }

    /// Brings these built-in tools; none by default.
    #[must_use]
    pub fn hosting(mut self, tools: impl IntoIterator<Item = BuiltInTool>) -> Self {
        self.hosted = tools.into_iter().collect();
        self
    }

    /// How many replies nobody asked for yet.
    pub fn remaining(&self) -> usize {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.replies.len()
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.requests.clone()
    }
}

impl Reply {
    /// A reply of one piece of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().and_text(text)
    }

    /// A reply that calls a tool. Arguments that are a JSON string stand for text that is no JSON.
    pub fn call(tool: impl Into<String>, arguments: Value) -> Self {
        Self::default().and_call(tool, arguments)
    }

    /// A reply that fails.
    pub fn error(error: ModelError) -> Self {
        Self::default().and_error(error)
    }

    /// Says more.
    #[must_use]
    pub fn and_text(self, text: impl Into<String>) -> Self {
        self.and(Piece::Text(text.into()))
    }

    /// Calls a tool. The calls of a script are named `call_1`, `call_2` and so on.
    #[must_use]
    pub fn and_call(self, tool: impl Into<String>, arguments: Value) -> Self {
        self.and(Piece::Call(ToolCall {
            id: String::new(),
            name: tool.into(),
            arguments,
        }))
    }

    /// Makes a file.
    #[must_use]
    pub fn and_file(
        self,
        name: impl Into<String>,
        media_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        self.and(Piece::File {
            name: name.into(),
            media_type: media_type.into(),
            content: content.into(),
        })
    }

    /// Begins a call of a built-in tool, which [`Self::and_hosted_result`] ends.
    #[must_use]
    pub fn and_hosted_call(
        self,
        id: impl Into<String>,
        tool: BuiltInTool,
        arguments: Value,
    ) -> Self {
        self.and(Piece::Begun(HostedCall {
            id: id.into(),
            name: tool.name().to_owned(),
            arguments,
            result: String::new(),
            is_error: false,
        }))
    }

    /// Ends the call of a built-in tool that has this id, with this result.
    #[must_use]
    pub fn and_hosted_result(self, id: &str, result: impl Into<String>) -> Self {
        let begun = self.pieces.iter().rev().find_map(|piece| match piece {
            Piece::Begun(call) if call.id == id => Some(call.clone()),
            _ => None,
        });
        let Some(begun) = begun else {
            let message = format!("the script ends the call `{id}`, which it did not begin");
            return self.and_error(ModelError::Protocol(message));
        };
        self.and(Piece::Ended(HostedCall {
            result: result.into(),
            ..begun
        }))
    }

    /// Names a source.
    #[must_use]
    pub fn and_citation(self, url: impl Into<String>, title: impl Into<String>) -> Self {
        self.and(Piece::Citation(Citation {
            url: url.into(),
            title: title.into(),
        }))
    }

    /// Takes this many tokens.
    #[must_use]
    pub fn and_usage(self, usage: Usage) -> Self {
        self.and(Piece::Usage(usage))
    }

    /// Fails.
    #[must_use]
    pub fn and_error(self, error: ModelError) -> Self {
        self.and(Piece::Error(error))
    }

    /// Says nothing more and never ends, until the turn is cancelled.
    #[must_use]
    pub fn and_silence(self) -> Self {
        self.and(Piece::Silence)
    }

    fn and(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }
}

impl Model for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        self.hosted.contains(&tool)
    }

    fn respond(&self, request: Request) -> Chunks {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.requests.push(request);
        let asked = state.requests.len();
        let mut reply = state.replies.pop_front().unwrap_or_else(|| {
            let message = format!("the script has no reply to request {asked}");
            Reply::error(ModelError::Protocol(message))
        });
        for piece in &mut reply.pieces {
            if let Piece::Call(call) = piece {
                state.calls += 1;
                call.id = format!("call_{}", state.calls);
            }
        }
        chunks(|answer| async move {
            for piece in reply.pieces {
                match piece {
                    Piece::Text(text) => answer.send(Ok(Chunk::Text(text))),
                    Piece::Call(call) => answer.send(Ok(Chunk::Call(call))),
                    Piece::Begun(call) => answer.send(Ok(Chunk::HostedCall(call))),
                    Piece::Ended(call) => answer.send(Ok(Chunk::HostedResult(call))),
                    Piece::Citation(citation) => answer.send(Ok(Chunk::Citation(citation))),
                    Piece::Usage(usage) => answer.send(Ok(Chunk::Usage(usage))),
                    Piece::File {
                        name,
                        media_type,
                        content,
                    } => answer.send(Ok(Chunk::File {
                        name,
                        media_type,
                        content,
                    })),
                    Piece::Error(error) => answer.send(Err(error)),
                    Piece::Silence => std::future::pending().await,
                }
            }
        })
    }
}
