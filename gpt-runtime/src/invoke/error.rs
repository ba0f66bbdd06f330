//! Why a call did not bring the answer it should.

use std::{error::Error as StdError, fmt, time::Duration};

use reqwest::header::HeaderMap;

use super::reply;
use crate::{
    action::Header,
    data::{self, Data, DecodeError},
    request::RequestError,
};

/// Why a call did not bring an answer. `F` is the operation's failure, [`crate::action::Action::Failure`].
///
/// Each says which operation was called, by its `operationId`. No credential is ever part of it.
#[non_exhaustive]
pub enum CallError<F> {
    /// Nothing was sent: an argument, a credential or a setting is missing or wrong.
    Request {
        /// The operation.
        operation: &'static str,
        /// What is missing or wrong.
        error: RequestError,
    },
    /// The server could not be reached, or the connection broke.
    Connection {
        /// The operation.
        operation: &'static str,
        /// Why there is no connection.
        error: ConnectionError,
    },
    /// The answer was not complete in time. The request may have been carried out all the same.
    TimeLimit {
        /// The operation.
        operation: &'static str,
        /// The time there was.
        limit: Duration,
    },
    /// The answer, or an item of a stream, has more bytes than are read.
    TooLarge {
        /// The operation.
        operation: &'static str,
        /// The most bytes that are read.
        limit: usize,
    },
    /// The server answered with a status that is no success.
    Status(Box<Failed<F>>),
    /// The answer is not what the description says.
    Decode(Box<Undecodable>),
}

/// An answer with a status that is no success.
#[non_exhaustive]
pub struct Failed<F> {
    /// The operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The body, where the description has a type for it and it is of that type.
    pub failure: Option<F>,
    /// The body as text, shortened to some thousand characters.
    pub text: String,
    /// What the server calls the request, for its operators.
    pub request_id: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    pub(super) described: &'static [Header],
}

/// An answer, or an item of a stream, that is not what the description says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecodable {
    /// The operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What the server calls the request, for its operators.
    pub request_id: Option<String>,
    /// Where in the body, such as `features[3].geometry`; empty for the whole.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
    /// What could not be read, shortened to some thousand characters.
    pub text: String,
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
    /// The operation that was called, by its `operationId`.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Request { operation, .. }
            | Self::Connection { operation, .. }
            | Self::TimeLimit { operation, .. }
            | Self::TooLarge { operation, .. } => operation,
            Self::Status(failed) => failed.operation,
            Self::Decode(answer) => answer.operation,
        }
    }

    /// What the server calls the request, for its operators.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Status(failed) => failed.request_id.as_deref(),
            Self::Decode(answer) => answer.request_id.as_deref(),
            _ => None,
        }
    }

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

impl<F> Failed<F> {
    /// A header as a type, as [`Reply::header`](super::Reply::header) has it.
    ///
    /// # Errors
    ///
    /// When the header is not of that type.
    pub fn header<H: Data>(&self, name: &str) -> Result<Option<H>, DecodeError> {
        reply::header(&self.headers, self.described, name)
    }
}

impl ConnectionError {
    /// Whether it is not of our own making.
    pub(super) fn is_from_network(&self) -> bool {
        self.source.is_some()
    }

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
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("failure", &self.failure.as_ref().map(Printed))
            .field("text", &self.text)
            .field("request_id", &self.request_id)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Display for CallError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.operation())?;
        match self {
            Self::Request { error, .. } => error.fmt(f),
            Self::Connection { error, .. } => error.fmt(f),
            Self::TimeLimit { limit, .. } => write!(f, "no complete answer within {limit:?}"),
            Self::TooLarge { limit, .. } => {
                write!(f, "the answer has more than {limit} bytes")
            }
            Self::Status(failed) => failed.fmt(f),
            Self::Decode(answer) => answer.fmt(f),
        }
    }
}

impl<F: Data> fmt::Debug for CallError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, part, detail): (&str, &str, &dyn fmt::Debug) = match self {
            Self::Request { error, .. } => ("Request", "error", error),
            Self::Connection { error, .. } => ("Connection", "error", error),
            Self::TimeLimit { limit, .. } => ("TimeLimit", "limit", limit),
            Self::TooLarge { limit, .. } => ("TooLarge", "limit", limit),
            Self::Status(failed) => return f.debug_tuple("Status").field(failed).finish(),
            Self::Decode(answer) => return f.debug_tuple("Decode").field(answer).finish(),
        };
        f.debug_struct(name)
            .field("operation", &self.operation())
            .field(part, detail)
            .finish()
    }
}

impl<F: Data> StdError for CallError<F> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // What is printed by this error itself is not its source too.
        match self {
            Self::Request { error, .. } => error.source(),
            Self::Connection { error, .. } => error.source(),
            _ => None,
        }
    }
}
