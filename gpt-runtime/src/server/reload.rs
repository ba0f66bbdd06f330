//! Lets pages learn that the program was replaced, where `GPT_RELOAD` is set: for `cargo gpt dev`.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    response::{Sse, sse},
    routing::get,
};
use futures_core::Stream;

use super::shutdown::Stopping;

/// How soon a page looks whether there is a new program.
const SOON: Duration = Duration::from_millis(300);

/// A stream that is open until the server is told to stop. A page that opens it a second time has
/// another program before it.
pub(super) fn routes(draining: Stopping) -> Router {
    let open = async move || {
        let first = Some(sse::Event::default().retry(SOON));
        let end = Box::pin(draining.clone().wait());
        Sse::new(Open { first, end }).keep_alive(sse::KeepAlive::new())
    };
    Router::new().route("/reload", get(open))
}

struct Open<F> {
    first: Option<sse::Event>,
    end: Pin<Box<F>>,
}

impl<F: Future<Output = ()>> Stream for Open<F> {
    type Item = Result<sse::Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.first.take() {
            Some(event) => Poll::Ready(Some(Ok(event))),
            None => self.end.as_mut().poll(cx).map(|()| None),
        }
    }
}
