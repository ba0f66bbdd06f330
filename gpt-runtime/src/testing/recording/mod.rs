//! Recordings: what a real model said and real APIs answered, in a file that a test plays again.

mod answer;
mod model;
mod question;
mod session;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::{answer::Kept, model::Piece};
use super::answers::Complaints;
use crate::{environment::variable, error::Error, model::Model};

pub(super) use session::Session;

/// The variable that has all recordings made anew.
const VARIABLE: &str = "GPT_RECORD";

/// A file with what a model said and what APIs answered.
///
/// Where the variable `GPT_RECORD` is set, the test talks to the model of the environment and to the
/// real APIs, with the credentials of the environment, and the file is written anew. Otherwise it
/// is read, and there is no network: what the test asks must be what was asked then, and where it
/// is not, the test fails and shows the difference.
///
/// No credential is ever written, nor any header of a request. What APIs answer is written as the
/// model is shown it, without the secrets that were sent; look at it before you commit it.
#[derive(Clone)]
pub struct Recording {
    path: PathBuf,
    model: Option<Arc<dyn Model>>,
    is_new: bool,
}

impl Recording {
    /// The recording in this file; tests run in the folder of their package.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            model: None,
            is_new: false,
        }
    }

    /// Records this model, instead of the environment's.
    #[must_use]
    pub fn model(mut self, model: impl Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// Makes it anew, whatever the environment says.
    #[must_use]
    pub fn anew(mut self) -> Self {
        self.is_new = true;
        self
    }

    /// Opens it, to be played or to be made anew.
    pub(super) fn open(&self, complaints: Complaints) -> Result<Session, Error> {
        let is_asked = variable(VARIABLE)?.is_some_and(|it| !matches!(it.trim(), "" | "0"));
        let is_new = self.is_new || is_asked;
        let contents = if is_new {
            Contents::default()
        } else {
            self.read()?
        };
        Ok(Session::new(
            self.path.clone(),
            is_new,
            contents,
            complaints,
        ))
    }

    /// The model to be recorded, where it is not the environment's.
    pub(super) fn live(&self) -> Option<Arc<dyn Model>> {
        self.model.clone()
    }

    fn read(&self) -> Result<Contents, Error> {
        let setting = |message: String| Error::Setting {
            name: named(&self.path),
            message,
        };
        let text = fs::read_to_string(&self.path).map_err(|error| {
            setting(format!(
                "it cannot be read: {error}\n\
                 help: make it with `{VARIABLE}=1` and the variables of a model and the APIs"
            ))
        })?;
        serde_json::from_str(&text)
            .map_err(|error| setting(format!("it is no recording: {error}\n{AGAIN}")))
    }
}

/// What to do where a recording is not what a test needs.
const AGAIN: &str = "help: where that is meant, make it anew with `GPT_RECORD=1`";

impl From<&str> for Recording {
    fn from(path: &str) -> Self {
        Self::at(path)
    }
}

impl From<PathBuf> for Recording {
    fn from(path: PathBuf) -> Self {
        Self::at(path)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("path", &self.path)
            .field("is_new", &self.is_new)
            .finish_non_exhaustive()
    }
}

fn named(path: &Path) -> String {
    format!("the recording `{}`", path.display())
}

/// What is in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<Recorded>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answered>,
}

/// What a model said.
#[derive(Debug, Serialize, Deserialize)]
struct Recorded {
    name: String,
    /// The built-in tools that its provider brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<String>,
    replies: Vec<Replied>,
}

/// A request to a model, and its reply.
#[derive(Debug, Serialize, Deserialize)]
struct Replied {
    /// Without what is as in the request before.
    request: Map<String, Value>,
    reply: Vec<Piece>,
}

/// A call, and its answer.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    api: String,
    operation: String,
    arguments: Value,
    answer: Kept,
}
