//! Tools that run here: what a model may call beside the operations of APIs.
//!
//! A [`Tool`] is shown to the model as an ordinary function. Those of this module stand for the
//! built-in tools of a GPT where the model's provider does not bring them; others can be
//! [added](crate::service::Builder::tool).
//!
//! | built-in tool | what the model calls | made of |
//! |---|---|---|
//! | `web_search` | `web_search`, `open_page` | `web::Search` and `web::OpenPage`, with the feature `web` |
//! | `image_generation` | `generate_image` | [`image::GenerateImage`] |
//! | `code_interpreter` | `python` | [`python::Python`], on Linux |

mod address;
mod choice;
pub mod fetch;
pub mod image;
pub mod python;
#[cfg(feature = "web")]
pub mod web;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    message::{Citation, File},
    store::{Store, StoreError},
};

pub(crate) use choice::{from_settings, hint};

/// What a [`Tool`] answers, later.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Output> + Send + 'a>>;

/// A tool that runs here.
///
/// It is called without asking anybody, several calls at a time, and a call that takes longer than
/// its [`time_limit`](Self::time_limit) or whose turn is cancelled is dropped. What it answers is
/// shown to a model and to people: it must hold no secret.
pub trait Tool: Send + Sync + 'static {
    /// The name by which the model calls it, such as `open_page`: letters, digits, `_` and `-`.
    fn name(&self) -> &str;

    /// What it does and when to call it, for the model.
    fn description(&self) -> &str;

    /// JSON Schema of its arguments, an object. What a model sends is checked against it.
    fn parameters(&self) -> Value;

    /// The longest a call may take, 45 seconds by default.
    fn time_limit(&self) -> Duration {
        Duration::from_secs(45)
    }

    /// Calls it. Never fails: what goes wrong is told to the model.
    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a>;
}

impl<T: Tool + ?Sized> Tool for Arc<T> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn description(&self) -> &str {
        (**self).description()
    }

    fn parameters(&self) -> Value {
        (**self).parameters()
    }

    fn time_limit(&self) -> Duration {
        (**self).time_limit()
    }

    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a> {
        (**self).call(arguments, context)
    }
}

impl fmt::Debug for dyn Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool").field("name", &self.name()).finish()
    }
}

/// What came out of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// What the model is shown. It is shortened where it is very long.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
    /// The files it made, which come to the conversation.
    pub files: Vec<MadeFile>,
    /// Where it has what it says from.
    pub citations: Vec<Citation>,
}

impl Output {
    /// An answer of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A call that failed, and what the model may do about it.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::text(text)
        }
    }
}

/// A file that a tool made.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// The name people see, such as `plot.png`.
    pub name: String,
    /// What it is, such as `image/png`.
    pub media_type: String,
    /// What it holds.
    pub content: Bytes,
}

impl fmt::Debug for MadeFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeFile")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("size", &self.content.len())
            .finish()
    }
}

/// The conversation in which a tool is called.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) conversation: &'a str,
    /// Who hears how far the call is, if anybody.
    pub(crate) listener: Option<&'a dyn Listener>,
}

/// Hears how far a call is.
pub(crate) trait Listener: Send + Sync {
    fn hear(&self, progress: Progress);
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Progress {
    pub(crate) done: f64,
    pub(crate) total: Option<f64>,
    pub(crate) message: String,
}

impl Context<'_> {
    /// The files of the conversation, in the order they were added.
    ///
    /// # Errors
    /// The store failed.
    pub async fn files(&self) -> Result<Vec<File>, StoreError> {
        self.store.files(self.conversation).await
    }

    /// What a file of the conversation holds; `None` where it has none of this id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn read(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        let found = self.store.file(self.conversation, id).await?;
        Ok(found.map(|(_, content)| content))
    }

    /// Says how far the call is, such as `3.0` of `Some(10.0)` pages: `done` grows with each report.
    ///
    /// Clients of an MCP server hear it where they ask for it; in a conversation nobody does.
    pub fn progress(&self, done: f64, total: Option<f64>, message: impl Into<String>) {
        if let Some(listener) = self.listener {
            listener.hear(Progress {
                done,
                total,
                message: message.into(),
            });
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

/// A tool as the service holds it.
pub(crate) type Shared = Arc<dyn Tool>;
