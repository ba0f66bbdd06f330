//! Answers that are read while they arrive.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use super::{
    answer,
    client::Client,
    error::{CallError, ConnectionError, Undecodable},
    exchange::{Fault, Opened, media_type, request_id},
    item, shorten,
};
use crate::{
    action::{Operation, StreamItem, Streaming},
    sequence::{Item, Reader},
};

/// The most characters of an item that is shown because it cannot be read.
const ITEM_TEXT: usize = 4_000;

/// The bytes of an answer, as they arrive; made by [`Call::bytes`](super::Call::bytes).
///
/// It ends when the answer is complete, and with an error when the connection breaks or nothing
/// arrives for the client's time limit. There is no limit to its length.
pub struct ByteStream<F> {
    body: Body,
    operation: &'static Operation,
    failure: PhantomData<fn() -> F>,
}

/// The items of an answer, as they arrive; made by [`Call::stream`](super::Call::stream).
///
/// It ends when the answer is complete or, for server-sent events with data in JSON, after an event
/// `[DONE]`. An item that is not what the description says is an error of its own, and the next
/// item follows; after any other error the stream has ended. An item of more bytes than the
/// client's answer limit is an error, and so is a silence of the client's time limit; there is no
/// limit to the stream as a whole.
pub struct Items<A> {
    body: Body,
    reader: Option<Reader>,
    arrived: VecDeque<Item>,
    /// What ends the stream once the items that arrived before are taken.
    last: Option<Ended>,
    kind: StreamItem,
    about: About,
    last_event_id: Option<String>,
    action: PhantomData<fn() -> A>,
}

/// An item with what a server-sent event has beside its data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The item.
    pub item: T,
    /// The event's name, `event`.
    pub name: Option<String>,
    /// The event's `id`.
    pub id: Option<String>,
    /// After what time the server wants to be asked again, `retry`.
    pub retry: Option<Duration>,
}

/// A stream of [`Event`]s; made by [`Items::events`].
pub struct Events<A>(Items<A>);

/// What errors say of the call.
struct About {
    client: Client,
    operation: &'static Operation,
    status: u16,
    request_id: Option<String>,
}

/// A body as it arrives.
struct Body {
    /// `None` once it has ended.
    chunks: Option<Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>>,
    /// Ends a silence that is too long.
    silence: Pin<Box<Sleep>>,
    /// Whether somebody waits, so that there is a silence to measure.
    is_waiting: bool,
    time_limit: Duration,
    host: String,
}

impl Body {
    fn new(opened: Opened, time_limit: Duration) -> Self {
        Self {
            chunks: Some(Box::pin(opened.response.bytes_stream())),
            silence: Box::pin(tokio::time::sleep(time_limit)),
            is_waiting: false,
            time_limit,
            host: opened.host,
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        match chunks.as_mut().poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.is_waiting = false;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.close();
                let error = ConnectionError::new(&self.host, error);
                Poll::Ready(Some(Err(Fault::Connection(error))))
            }
            Poll::Ready(None) => {
                self.close();
                Poll::Ready(None)
            }
            Poll::Pending => {
                ready!(self.poll_silence(cx));
                self.close();
                Poll::Ready(Some(Err(Fault::TimeLimit(self.time_limit))))
            }
        }
    }

    /// Ready when nothing has come for too long while somebody waited.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !std::mem::replace(&mut self.is_waiting, true)
            && let Some(end) = Instant::now().checked_add(self.time_limit)
        {
            self.silence.as_mut().reset(end);
        }
        self.silence.as_mut().poll(cx)
    }

    /// Lets go of the connection.
    fn close(&mut self) {
        self.chunks = None;
    }
}

impl<F> ByteStream<F> {
    pub(super) fn new(operation: &'static Operation, opened: Opened, silence: Duration) -> Self {
        Self {
            body: Body::new(opened, silence),
            operation,
            failure: PhantomData,
        }
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, CallError<F>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<F> Stream for ByteStream<F> {
    type Item = Result<Bytes, CallError<F>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let chunk = ready!(this.body.poll_chunk(cx));
        Poll::Ready(chunk.map(|it| it.map_err(|fault| fault.of(this.operation))))
    }
}

impl<A: Streaming> Items<A> {
    /// The items of an answer, where it is a stream at all.
    pub(super) fn new(client: Client, opened: Opened) -> Result<Self, Box<Undecodable>> {
        let about = About {
            client,
            operation: A::operation(),
            status: opened.status.as_u16(),
            request_id: request_id(&opened.headers),
        };
        let stream = answer::described(A::operation(), opened.status)
            .and_then(|it| it.stream.as_ref())
            .or_else(|| {
                A::operation()
                    .answers
                    .iter()
                    .find_map(|it| it.stream.as_ref())
            });
        let Some(stream) = stream else {
            return Err(about.undecodable("the description has no stream".to_owned(), ""));
        };
        let framing = answer::framing(stream, media_type(&opened.headers))
            .map_err(|message| about.undecodable(about.hint(message), ""))?;
        let settings = &about.client.settings;
        Ok(Self {
            reader: Some(Reader::new(framing, settings.answer_limit)),
            body: Body::new(opened, settings.time_limit),
            arrived: VecDeque::new(),
            last: None,
            kind: stream.item,
            about,
            last_event_id: None,
            action: PhantomData,
        })
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<A::Item, CallError<A::Failure>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The same stream with the names and ids of server-sent events.
    pub fn events(self) -> Events<A> {
        Events(self)
    }

    /// The id that a server-sent event had last: what to send as `Last-Event-ID` to go on from
    /// there.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    #[allow(
        clippy::type_complexity,
        reason = "it is what the stream itself yields"
    )]
    fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Event<A::Item>, CallError<A::Failure>>>> {
        let next = ready!(self.poll_item(cx));
        Poll::Ready(next.map(|next| match next {
            Ok(item) => self.read(item),
            Err(Ended::Fault(fault)) => Err(fault.of(self.about.operation)),
            Err(Ended::TooLarge) => Err(CallError::TooLarge {
                operation: self.about.operation.id,
                limit: self.about.client.settings.answer_limit,
            }),
        }))
    }

    fn read(&self, item: Item) -> Result<Event<A::Item>, CallError<A::Failure>> {
        let value = item::read(self.kind, &item).map_err(|error| {
            let mut undecodable = self.about.undecodable(error.message, &item.data);
            undecodable.path = error.path;
            CallError::Decode(undecodable)
        })?;
        Ok(Event {
            item: value,
            name: item.event,
            id: item.id,
            retry: item.retry.map(Duration::from_millis),
        })
    }
}

/// Why there are no more items.
enum Ended {
    Fault(Fault),
    TooLarge,
}

impl<A> Items<A> {
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Item, Ended>>> {
        loop {
            if let Some(item) = self.arrived.pop_front() {
                return Poll::Ready(self.take(item).map(Ok));
            }
            if let Some(ended) = self.last.take() {
                return Poll::Ready(Some(Err(ended)));
            }
            let Some(reader) = &mut self.reader else {
                return Poll::Ready(None);
            };
            match ready!(self.body.poll_chunk(cx)) {
                Some(Ok(chunk)) => {
                    if reader.read(&chunk, &mut self.arrived).is_err() {
                        self.end(Some(Ended::TooLarge));
                    }
                }
                Some(Err(fault)) => self.end(Some(Ended::Fault(fault))),
                None => {
                    self.arrived.extend(reader.end());
                    self.end(None);
                }
            }
        }
    }

    /// The item, unless it says that there are no more.
    fn take(&mut self, item: Item) -> Option<Item> {
        if item::is_last(self.kind, &item) {
            self.arrived.clear();
            self.end(None);
            return None;
        }
        if let Some(id) = &item.id {
            self.last_event_id = Some(id.clone());
        }
        Some(item)
    }

    /// Nothing more is read.
    fn end(&mut self, last: Option<Ended>) {
        self.reader = None;
        self.last = last;
        self.body.close();
    }
}

impl<A: Streaming> Stream for Items<A> {
    type Item = Result<A::Item, CallError<A::Failure>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.get_mut().poll_event(cx));
        Poll::Ready(next.map(|it| it.map(|event| event.item)))
    }
}

impl<A: Streaming> Events<A> {
    /// The next item with its event; `None` at the end.
    #[allow(
        clippy::type_complexity,
        reason = "it is what the stream itself yields"
    )]
    pub async fn next(&mut self) -> Option<Result<Event<A::Item>, CallError<A::Failure>>> {
        std::future::poll_fn(|cx| self.0.poll_event(cx)).await
    }

    /// The id that an event had last: what to send as `Last-Event-ID` to go on from there.
    pub fn last_event_id(&self) -> Option<&str> {
        self.0.last_event_id()
    }
}

impl<A: Streaming> Stream for Events<A> {
    type Item = Result<Event<A::Item>, CallError<A::Failure>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().0.poll_event(cx)
    }
}

impl About {
    /// An item, or a whole answer, that is not what it should be, without secrets.
    #[allow(clippy::unnecessary_box_returns, reason = "it is boxed in each error")]
    fn undecodable(&self, message: String, text: &str) -> Box<Undecodable> {
        let credentials = &self.client.settings.credentials;
        let redacted = |text: String| credentials.redact(&text).unwrap_or(text);
        Box::new(Undecodable {
            operation: self.operation.id,
            status: self.status,
            request_id: self.request_id.clone(),
            path: String::new(),
            message: redacted(message),
            text: shorten::cut(&redacted(text.to_owned()), ITEM_TEXT, true),
        })
    }

    /// What may have been forgotten: many APIs stream only where the request says so.
    fn hint(&self, message: String) -> String {
        if self.operation.asks_for_streams() {
            format!("{message}: set `stream` in the body to true")
        } else {
            message
        }
    }
}

impl<F> fmt::Debug for ByteStream<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for Items<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("operation", &self.about.operation.id)
            .finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for Events<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.0).finish()
    }
}
