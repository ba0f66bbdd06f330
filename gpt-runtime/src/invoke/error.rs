//! Why a call did not bring the answer it should.

use std::{error::Error as StdError, fmt, time::Duration};

use crate::{
    data::{self, Data},
    request::RequestError,
};

/// Why a call did not bring an answer. `F` is the operation's failure, [`crate::action::Action::Failure`].
///
/// No credential is ever part of it.
#[non_exhaustive]
pub enum CallError<F> {
    /// Nothing was sent: an argument, a credential or a setting is missing or wrong.
    Request(RequestError),
    /// The server could not be reached, or the connection broke.
    Connection(ConnectionError),
    /// The answer was not complete in time. The request may have been carried out all the same.
    TimeLimit(Duration),
    /// The answer has more bytes than are read.
    TooLarge {
        /// The most bytes that are read.
        limit: usize,
    },
    /// The server answered with a status that is no success.
    Status(Box<Failed<F>>),
    /// The answer is not what the description says.
    Decode(Box<Undecodable>),
}

/// An answer with a status that is no success.
pub struct Failed<F> {
    /// The HTTP status.
    pub status: u16,
    /// The body, where the description has a type for it and it is of that type.
    pub failure: Option<F>,
    /// The body as text, shortened to some thousand characters.
    pub text: String,
    /// What the server calls the request, for its operators.
    pub request_id: Option<String>,
}

/// An answer that is not what the description says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The HTTP status.
    pub status: u16,
    /// Where in the body, such as `features[3].geometry`; empty for the whole.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
}

/// A connection that failed.
#[derive(Debug)]
pub struct ConnectionError {
    /// The host that was to be reached.
    pub host: String,
    message: String,
    source: Option<reqwest::Error>,
}

impl<F> CallError<F> {
    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(failed) => Some(failed.status),
            Self::Decode(answer) => Some(answer.status),
            _ => None,
        }
    }

    /// The failure as the description types it.
    pub fn failure(&self) -> Option<&F> {
        match self {
            Self::Status(failed) => failed.failure.as_ref(),
            _ => None,
        }
    }
}

impl ConnectionError {
    /// `error` without its URL, which may hold a key in its query.
    pub(super) fn new(host: &str, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        Self {
            host: host.to_owned(),
            message,
            source: Some(error),
        }
    }

    /// The HTTP client itself cannot be made.
    pub(super) fn no_client(host: &str, message: &str) -> Self {
        Self {
            host: host.to_owned(),
            message: message.to_owned(),
            source: None,
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection to {}: {}", self.host, self.message)
    }
}

impl StdError for ConnectionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|it| it as _)
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the answer with status {} is not what the description says",
            self.status
        )?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl<F> fmt::Display for Failed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered with status {}", self.status)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        if !self.text.is_empty() {
            write!(f, ": {}", self.text)?;
        }
        Ok(())
    }
}

impl<F: Data> fmt::Debug for Failed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// [`Data`] prints through its interpreter, whether it is `Debug` or not.
        struct Printed<'a, F>(&'a F);
        impl<F: Data> fmt::Debug for Printed<'_, F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                data::debug(self.0, f)
            }
        }
        f.debug_struct("Failed")
            .field("status", &self.status)
            .field("failure", &self.failure.as_ref().map(Printed))
            .field("text", &self.text)
            .field("request_id", &self.request_id)
            .finish()
    }
}

impl<F> fmt::Display for CallError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::Connection(error) => error.fmt(f),
            Self::TimeLimit(limit) => write!(f, "no complete answer within {limit:?}"),
            Self::TooLarge { limit } => {
                write!(f, "the answer has more than {limit} bytes")
            }
            Self::Status(failed) => failed.fmt(f),
            Self::Decode(answer) => answer.fmt(f),
        }
    }
}

impl<F: Data> fmt::Debug for CallError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => f.debug_tuple("Request").field(error).finish(),
            Self::Connection(error) => f.debug_tuple("Connection").field(error).finish(),
            Self::TimeLimit(limit) => f.debug_tuple("TimeLimit").field(limit).finish(),
            Self::TooLarge { limit } => f.debug_struct("TooLarge").field("limit", limit).finish(),
            Self::Status(failed) => f.debug_tuple("Status").field(failed).finish(),
            Self::Decode(answer) => f.debug_tuple("Decode").field(answer).finish(),
        }
    }
}

impl<F: Data> StdError for CallError<F> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // What is printed by this error itself is not its source too.
        match self {
            Self::Request(error) => error.source(),
            Self::Connection(error) => error.source(),
            _ => None,
        }
    }
}
