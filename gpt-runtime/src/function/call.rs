//! Calls a function: with checked arguments, within a time, and without letting a panic through.

use std::{
    any::Any,
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use serde_json::Value;

use super::{ActionError, Arguments, Bound, Pending, State};
use crate::schema::{self, Flat, Refusal, Violation};

/// Why a function did not answer.
#[doc(hidden)]
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It was not called: its arguments are not as described.
    #[error("the arguments are not as described:{}", listed(.0))]
    Arguments(Vec<Violation>),
    /// It was not called: the JSON of its arguments is too long.
    #[error("the arguments have {length} characters: at most {limit} are allowed")]
    TooLong {
        /// How many there are.
        length: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// It was not called: its description cannot be read.
    #[error("{0}")]
    Description(String),
    /// It says why.
    #[error(transparent)]
    Refused(ActionError),
    /// It took too long.
    #[error("the action took longer than {0:?}, and may have done a part of its work")]
    TimeLimit(Duration),
    /// A mistake in it: a panic, or an answer that cannot be written. The log says more.
    #[error("a mistake in this server; the action may have done a part of its work")]
    Broken,
}

impl Failure {
    /// A mistake in a function, for whoever runs the server.
    pub(super) fn broken(message: &str) -> Self {
        tracing::error!("an action failed: {message}");
        Self::Broken
    }

    /// Whether nothing was done.
    pub(crate) fn is_before_call(&self) -> bool {
        matches!(
            self,
            Self::Arguments(_) | Self::TooLong { .. } | Self::Description(_)
        )
    }
}

fn listed(violations: &[Violation]) -> String {
    let lines = violations.iter().map(|it| format!("- {it}"));
    let lines: Vec<String> = lines.collect();
    ["\n", &lines.join("\n")].concat()
}

impl Bound<'_> {
    /// Calls it with the arguments of a model or of another host.
    pub(crate) async fn call(&self, arguments: &Value, limit: Duration) -> Result<Value, Failure> {
        let arguments = self.checked(arguments)?;
        // What it does before it waits for the first time may panic as well.
        let begin = || (self.function.call)(self.state, arguments);
        let pending = catch_unwind(AssertUnwindSafe(begin)).map_err(|_| self.panicked());
        let guarded = Guarded(pending?);
        match tokio::time::timeout(limit, guarded).await {
            Ok(Ok(result)) => result,
            Ok(Err(Panicked)) => Err(self.panicked()),
            Err(_) => Err(Failure::TimeLimit(limit)),
        }
    }

    fn checked(&self, arguments: &Value) -> Result<Arguments, Failure> {
        let Value::Object(arguments) = arguments else {
            return Err(Failure::Arguments(vec![Violation {
                path: String::new(),
                message: format!("must be an object, not {}", schema::kind(arguments)),
            }]));
        };
        let borrowed = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
        let named = arguments.iter().map(|(name, value)| (name.as_str(), value));
        let mut flat: Flat<'_> = named.map(borrowed).collect();
        let checked = schema::check(self.operation, &mut flat, schema::Caller::Model);
        checked.map_err(|refusal| match refusal {
            Refusal::Arguments(violations) => Failure::Arguments(violations),
            Refusal::Description(message) => Failure::Description(message),
        })?;
        let owned = flat.into_iter();
        Ok(Arguments(
            owned
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        ))
    }

    /// The panic hook has said where and why.
    fn panicked(&self) -> Failure {
        Failure::broken(&format!("`{}` panicked", self.operation.id))
    }
}

/// The GPT as the type that a function takes.
///
/// # Errors
/// It is another one, which [`Functions::new`](super::Functions::new) refuses before.
#[doc(hidden)]
pub fn state<T: 'static>(state: State<'_>) -> Result<&T, Failure> {
    let gpt = state.0 as &dyn Any;
    gpt.downcast_ref()
        .ok_or_else(|| Failure::broken("it was called with another GPT than the one it belongs to"))
}

struct Panicked;

/// A call whose panic is an error.
struct Guarded<'a>(Pending<'a>);

impl Future for Guarded<'_> {
    type Output = Result<Result<Value, Failure>, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic it is not polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready(Ok(result)),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}
