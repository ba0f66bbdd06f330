//! A GPT with everything it needs to talk: model, actions, conversations.
use crate::{
    conversation::{Decision, Turn},
    error::Error,
    gpt::{Definition, Gpt},
    message::Message,
    model::Model,
};
use std::sync::Arc;

/// A GPT that can be talked to. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Service {}

impl Service {
    /// The GPT with the model, credentials and base URLs of the environment.
    pub fn from_env(_gpt: impl Gpt) -> Result<Self, Error> {
        unimplemented!()
    }
    /// What the GPT is.
    pub fn definition(&self) -> &'static Definition {
        unimplemented!()
    }
    /// The model that answers.
    pub fn model(&self) -> &Arc<dyn Model> {
        unimplemented!()
    }
    /// Starts a conversation and returns its unguessable id.
    pub async fn start(&self) -> Result<String, Error> {
        unimplemented!()
    }
    /// What was said; `None` for an unknown conversation.
    pub async fn messages(&self, _conversation: &str) -> Result<Option<Vec<Message>>, Error> {
        unimplemented!()
    }
    /// Says something. One turn at a time: a second one is refused while the first runs.
    pub async fn say(&self, _conversation: &str, _text: String) -> Result<Turn, Error> {
        unimplemented!()
    }
    /// Answers `ConfirmationNeeded` of a running turn; `false` when there is no such question.
    pub fn decide(&self, _conversation: &str, _call_id: &str, _decision: Decision) -> bool {
        unimplemented!()
    }
    /// Stops the running turn; `false` when there is none.
    pub fn cancel(&self, _conversation: &str) -> bool {
        unimplemented!()
    }
}
