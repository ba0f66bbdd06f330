//! A model that plays what another one said, or is recorded while it speaks.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{question::Names, session::Session};
use crate::{
    error::Error,
    gpt::BuiltInTool,
    message::{Citation, HostedCall, ToolCall},
    model::{Chunk, Chunks, Model, ModelError, Request, ToolDefinition, Usage, chunks},
};

/// A piece of a reply. What only the model's provider understands is not kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Piece {
    Text(String),
    Call(ToolCall),
    HostedCall(HostedCall),
    HostedResult(HostedCall),
    Citation(Citation),
    File {
        name: String,
        media_type: String,
        base64: String,
    },
    Usage(Usage),
}

impl Piece {
    /// Adds a piece to a reply; text that follows text is one piece.
    fn add(chunk: &Chunk, reply: &mut Vec<Self>) {
        if let (Chunk::Text(more), Some(Self::Text(text))) = (chunk, reply.last_mut()) {
            text.push_str(more);
            return;
        }
        reply.push(match chunk.clone() {
            Chunk::Text(text) => Self::Text(text),
            Chunk::Call(call) => Self::Call(call),
            Chunk::Items(_) => return,
            Chunk::HostedCall(call) => Self::HostedCall(call),
            Chunk::HostedResult(call) => Self::HostedResult(call),
            Chunk::Citation(citation) => Self::Citation(citation),
            Chunk::File {
                name,
                media_type,
                content,
            } => Self::File {
                name,
                media_type,
                base64: STANDARD.encode(content),
            },
            Chunk::Usage(usage) => Self::Usage(usage),
        });
    }

    fn chunk(self) -> Result<Chunk, ModelError> {
        Ok(match self {
            Self::Text(text) => Chunk::Text(text),
            Self::Call(call) => Chunk::Call(call),
            Self::HostedCall(call) => Chunk::HostedCall(call),
            Self::HostedResult(call) => Chunk::HostedResult(call),
            Self::Citation(citation) => Chunk::Citation(citation),
            Self::File {
                name,
                media_type,
                base64,
            } => {
                let wrong = |error| ModelError::Protocol(format!("`{name}` is no base64: {error}"));
                let content = STANDARD.decode(base64).map_err(wrong)?;
                Chunk::File {
                    content: content.into(),
                    name,
                    media_type,
                }
            }
            Self::Usage(usage) => Chunk::Usage(usage),
        })
    }

    /// The same with names in the place of ids, or the other way round.
    pub(super) fn renamed(&self, names: &Names, to_names: bool) -> Self {
        let mut piece = self.clone();
        match &mut piece {
            Self::Text(text) => *text = names.rename(text, to_names),
            Self::Call(call) => names.rename_all(&mut call.arguments, to_names),
            Self::HostedCall(call) | Self::HostedResult(call) => {
                names.rename_all(&mut call.arguments, to_names);
                call.result = names.rename(&call.result, to_names);
            }
            Self::Citation(_) | Self::File { .. } | Self::Usage(_) => {}
        }
        piece
    }
}

/// A model of a recording.
pub(super) struct Played {
    name: String,
    hosts: Vec<String>,
    session: Arc<Session>,
    /// The one that is recorded.
    live: Option<Arc<dyn Model>>,
}

impl Played {
    pub(super) fn new(
        name: String,
        hosts: Vec<String>,
        session: Arc<Session>,
        live: Option<Arc<dyn Model>>,
    ) -> Self {
        Self {
            name,
            hosts,
            session,
            live,
        }
    }

    fn record(&self, live: &dyn Model, request: Request) -> Chunks {
        let session = Arc::clone(&self.session);
        let mut said = live.respond(request.clone());
        chunks(|answer| async move {
            let mut reply = Vec::new();
            while let Some(next) = std::future::poll_fn(|cx| said.as_mut().poll_next(cx)).await {
                match &next {
                    Ok(chunk) => Piece::add(chunk, &mut reply),
                    Err(error) => {
                        let complaint = format!("the model failed while it was recorded: {error}");
                        session.complaints.add(complaint);
                        answer.send(next);
                        return;
                    }
                }
                answer.send(next);
            }
            if let Err(complaint) = session.keep_reply(&request, &reply) {
                session.complaints.add(complaint);
            }
        })
    }

    fn play(&self, request: &Request) -> Chunks {
        let reply = self.session.reply(request).map_err(|complaint| {
            self.session.complaints.add(complaint);
            ModelError::Failed("the recording has no reply to this".to_owned())
        });
        chunks(|answer| async move {
            match reply {
                Ok(pieces) => pieces.into_iter().for_each(|it| answer.send(it.chunk())),
                Err(error) => answer.send(Err(error)),
            }
        })
    }
}

impl Model for Played {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_offline(&self) -> bool {
        self.live.as_ref().is_some_and(Model::is_offline)
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        self.hosts.iter().any(|it| it == tool.name())
    }

    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        self.live.as_ref().map_or(Ok(()), |it| it.check(tools))
    }

    fn respond(&self, request: Request) -> Chunks {
        match &self.live {
            Some(live) => self.record(&**live, request),
            None => self.play(&request),
        }
    }
}
