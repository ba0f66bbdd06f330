//! What a client tells about the requests it sends, for logs and tests.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::header::HeaderMap;
use url::Url;

use super::error::ConnectionError;
use crate::action::{Method, Operation};

/// A request that is about to be sent, or was sent, once.
///
/// Credentials and the client's own headers are not part of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation that is called.
    pub operation: &'static Operation,
    /// Which attempt of the call this is, the first being 1.
    pub number: u32,
    /// The method.
    pub method: Method,
    /// The address, without a key.
    pub url: &'a Url,
    /// The headers the description asks for.
    pub headers: &'a HeaderMap,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// What was received.
    pub result: Result<Head<'a>, Failure<'a>>,
    /// The time until then; an answer's body may take longer.
    pub duration: Duration,
    /// After what time the request is sent again; `None` when it is not.
    pub retry_after: Option<Duration>,
}

/// What an answer begins with.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Head<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers. A secret that the server repeats is taken out of them.
    pub headers: &'a HeaderMap,
}

/// Why an attempt has no answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Failure<'a> {
    /// The server could not be reached, or the connection broke.
    Connection(&'a ConnectionError),
    /// The answer did not begin in time.
    TimeLimit(Duration),
}

type Before = dyn Fn(&Attempt<'_>) + Send + Sync;
type After = dyn Fn(&Attempt<'_>, &Outcome<'_>) + Send + Sync;

/// The hooks of a client, each kind in the order they were added.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    before: Vec<Arc<Before>>,
    after: Vec<Arc<After>>,
}

impl Hooks {
    pub(super) fn add_before(&mut self, hook: impl Fn(&Attempt<'_>) + Send + Sync + 'static) {
        self.before.push(Arc::new(hook));
    }

    pub(super) fn add_after(
        &mut self,
        hook: impl Fn(&Attempt<'_>, &Outcome<'_>) + Send + Sync + 'static,
    ) {
        self.after.push(Arc::new(hook));
    }

    pub(super) fn before(&self, attempt: &Attempt<'_>) {
        self.before.iter().for_each(|hook| hook(attempt));
    }

    pub(super) fn after(&self, attempt: &Attempt<'_>, outcome: &Outcome<'_>) {
        self.after.iter().for_each(|hook| hook(attempt, outcome));
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("before", &self.before.len())
            .field("after", &self.after.len())
            .finish()
    }
}
