//! Answers the calls of a test: by what the test says, by a recording, or by a server of its own.

use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::Response;
use url::Url;

use super::{
    answer::{Answer, Kind},
    arguments::{to_flat, to_struct},
    recording::Session,
};
use crate::{
    action::{Action, Operation},
    invoke::{
        ConnectionError,
        stand_in::{Answering, Plain, StandIn, Standing},
    },
    request::Arguments,
};

/// What went otherwise than a test says: a list that its parts share.
#[derive(Clone, Debug, Default)]
pub(super) struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    pub(super) fn add(&self, complaint: impl Into<String>) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(complaint.into());
    }

    /// Those since the last time.
    pub(super) fn take(&self) -> Vec<String> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut list)
    }
}

type Respond = dyn FnMut(&Arguments<'_>) -> Result<Answer, String> + Send;

/// How a test answers an operation.
pub(super) struct Handler {
    pub(super) operation: &'static Operation,
    respond: Mutex<Box<Respond>>,
    check: fn(&Plain) -> Result<(), String>,
    was_called: AtomicBool,
}

impl Handler {
    pub(super) fn new<A: Action, R: Into<Answer>>(
        mut respond: impl FnMut(A) -> R + Send + 'static,
    ) -> Self {
        Self {
            operation: A::operation(),
            respond: Mutex::new(Box::new(move |arguments| {
                let unread = |wrong| format!("has arguments that cannot be read: {wrong}");
                let arguments = to_struct(arguments).map_err(unread)?;
                // A panic in a task would end the call, and nobody would be told of it.
                let answer = catch_unwind(AssertUnwindSafe(|| respond(arguments).into()));
                answer.map_err(|panic| format!("has an answer that panics: {}", message(&*panic)))
            })),
            check: Plain::check::<A>,
            was_called: AtomicBool::new(false),
        }
    }

    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        std::ptr::eq(self.operation.api, operation.api) && self.operation.id == operation.id
    }

    /// The answer, or what is wrong with it.
    fn answer(&self, call: &Standing<'_>) -> Result<Answer, String> {
        self.was_called.store(true, Ordering::Relaxed);
        let mut respond = self.respond.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = respond(call.arguments)?;
        match &answer.kind {
            Kind::Plain(plain, true) => (self.check)(plain)
                .map_err(|wrong| format!("has an answer that is not as described: {wrong}"))?,
            Kind::Wrong(wrong) => {
                return Err(format!("has an answer that cannot be sent: {wrong}"));
            }
            Kind::Plain(_, false) | Kind::Unreachable => {}
        }
        Ok(answer)
    }
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it said nothing")
}

/// The answers of a test.
pub(super) struct Answers {
    pub(super) handlers: Vec<Handler>,
    pub(super) session: Option<Arc<Session>>,
    pub(super) complaints: Complaints,
}

impl Answers {
    /// The operations that have an answer which nobody asked for.
    pub(super) fn left(&self) -> impl Iterator<Item = &'static str> {
        let unasked = |it: &&Handler| !it.was_called.load(Ordering::Relaxed);
        self.handlers
            .iter()
            .filter(unasked)
            .map(|it| it.operation.id)
    }

    async fn find(
        &self,
        call: &Standing<'_>,
        request: reqwest::Request,
    ) -> Result<Response, ConnectionError> {
        let operation = call.operation;
        if let Some(handler) = self.handlers.iter().find(|it| it.is_of(operation)) {
            return match handler.answer(call).map(|answer| answer.kind) {
                Ok(Kind::Plain(plain, _)) => Ok(plain.into_response()),
                Ok(Kind::Unreachable) => Err(call.no_connection("the test lets nobody reach it")),
                Ok(Kind::Wrong(wrong)) | Err(wrong) => {
                    Err(self.wrong(call, &format!("`{}` {wrong}", operation.id)))
                }
            };
        }
        let arguments = to_flat(operation, call.arguments);
        if let Some(session) = &self.session {
            if session.is_new() {
                let plain = call.ask(request).await?.redacted(call.credentials);
                let kept = session.keep_answer(operation, arguments, &plain, call.credentials);
                return match kept {
                    Ok(plain) => Ok(plain.into_response()),
                    Err(wrong) => Err(self.wrong(call, &wrong)),
                };
            }
            return match session.answer(operation, &arguments) {
                Ok(plain) => Ok(plain.into_response()),
                Err(wrong) => Err(self.wrong(call, &wrong)),
            };
        }
        if call.base_url.is_some() {
            return call.send(request).await;
        }
        let missing = format!(
            "nothing answers `{id}`, which was called with {arguments}\n\
             help: give the test `.answer(|call: {name}| ...)`, a recording, or a base URL",
            id = operation.id,
            name = upper_camel(operation.id),
        );
        Err(self.wrong(call, &missing))
    }

    fn wrong(&self, call: &Standing<'_>, complaint: &str) -> ConnectionError {
        self.complaints.add(complaint);
        call.no_connection("the test has no answer")
    }
}

/// What an action is probably called.
fn upper_camel(id: &str) -> String {
    let mut letters = id.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

impl StandIn for Answers {
    fn answer<'a>(&'a self, call: Standing<'a>, request: reqwest::Request) -> Answering<'a> {
        Box::pin(async move { self.find(&call, request).await })
    }

    fn fetches_files(&self, base_url: Option<&Url>) -> bool {
        self.session.is_none() && base_url.is_some()
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.handlers.iter().map(|it| it.operation.id);
        f.debug_list().entries(operations).finish()
    }
}
