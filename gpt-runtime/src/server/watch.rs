//! Sees each request from its beginning to the end of its answer: gives it an id, knows who sent
//! it, counts it, and writes its line in the log.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use tracing::{Instrument as _, Span, field::Empty};
use uuid::Uuid;

use crate::metrics::Metrics;

use super::{
    forwarded::{Proxies, Sender},
    limits::{Caller, Limiter, Place, Tell},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Methods as they are counted; whatever else a client thinks of is one.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::HEAD,
    Method::OPTIONS,
];

/// What sees requests.
pub(super) struct Watch {
    pub(super) metrics: Arc<Metrics>,
    pub(super) limiter: Arc<Limiter>,
    pub(super) proxies: Proxies,
    pub(super) tell: Option<Arc<Tell>>,
}

/// Watches all routes.
pub(super) fn watched(router: Router, watch: Watch) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::new(watch), see))
}

async fn see(State(watch): State<Arc<Watch>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0.ip());
    let sender = Sender::of(peer, request.headers(), &watch.proxies);
    let id = request_id(request.headers(), sender.by_proxy);
    // Of a level that is never left out: lines of every level carry the id.
    let span = tracing::error_span!("request", id = %id, gpt = Empty);
    let access = Access {
        metrics: Arc::clone(&watch.metrics),
        span: span.clone(),
        started: Instant::now(),
        method: method(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        status: StatusCode::OK,
        is_stream: false,
        bytes: 0,
        place: None,
    };
    let told = watch.tell.as_ref().and_then(|tell| tell(request.headers()));
    let caller = told.map_or_else(|| Caller::at(sender.address), Caller::Person);
    let extensions = request.extensions_mut();
    extensions.insert(caller);
    extensions.insert(sender);
    extensions.insert(Arc::clone(&watch.limiter));
    let mut response = next.run(request).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    access.until_end_of(response)
}

/// The id that a trusted proxy gave the request, or one of our own.
fn request_id(headers: &HeaderMap, by_proxy: bool) -> String {
    let given = headers.get(REQUEST_ID).filter(|_| by_proxy);
    given
        .and_then(|id| id.to_str().ok())
        .filter(|id| is_id(id))
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Whether it is short and cannot be taken for anything else in a log.
fn is_id(text: &str) -> bool {
    let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+/".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(stands)
}

fn method(method: &Method) -> &'static str {
    const NAMES: [&str; METHODS.len()] =
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let known = METHODS
        .iter()
        .zip(NAMES)
        .find(|(known, _)| *known == method);
    known.map_or("other", |(_, name)| name)
}

/// What is known of a request and its answer.
struct Access {
    metrics: Arc<Metrics>,
    span: Span,
    started: Instant,
    method: &'static str,
    /// Its template: a path holds ids of conversations, which nobody else must know.
    route: Option<MatchedPath>,
    status: StatusCode,
    is_stream: bool,
    bytes: usize,
    /// The place of the turn that is answered.
    place: Option<Arc<Place>>,
}

impl Access {
    /// The same answer, which is noted when its body has ended or is left.
    fn until_end_of(mut self, mut response: Response) -> Response {
        self.status = response.status();
        self.place = response.extensions_mut().remove();
        let content_type = response.headers().get(header::CONTENT_TYPE);
        self.is_stream = content_type.is_some_and(|it| it == "text/event-stream");
        response.map(|body| {
            Body::new(Watched {
                body,
                access: self,
                has_ended: false,
            })
        })
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("unknown", MatchedPath::as_str)
    }

    fn saw(&mut self, data: &Bytes) {
        // A comment only shows that the connection lives.
        if self.is_stream && !data.starts_with(b":") {
            self.is_stream = false;
            let time = self.started.elapsed();
            self.metrics.first_event_seconds.observe(&[], time);
        }
        self.bytes += data.len();
    }

    fn note(&self, is_whole: bool) {
        let time = self.started.elapsed();
        let (method, route) = (self.method, self.route());
        let of_route = [("method", method), ("route", route)];
        let status = self.status.as_u16();
        let labels = [of_route[0], of_route[1], ("status", self.status.as_str())];
        self.metrics.requests.count(&labels);
        self.metrics.request_seconds.observe(&of_route, time);
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let bytes = self.bytes;
        tracing::info!(
            target: "gpt_runtime::access",
            parent: &self.span,
            method, route, status, milliseconds, bytes, is_whole,
            "answered"
        );
    }
}

/// A body that is watched to its end.
struct Watched {
    body: Body,
    access: Access,
    has_ended: bool,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let frame = {
            let _entered = this.access.span.enter();
            ready!(Pin::new(&mut this.body).poll_frame(cx))
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.access.saw(data);
                }
            }
            Some(Err(error)) => {
                tracing::warn!(parent: &this.access.span, %error, "an answer broke off");
            }
            None => {
                this.has_ended = true;
                // What ended holds no place, even if the connection goes on.
                this.access.place = None;
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.access
            .note(self.has_ended || self.body.is_end_stream());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_others_are_taken_from_proxies_and_are_plain() {
        let id = |given: &str, by_proxy| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, given.parse().unwrap());
            request_id(&headers, by_proxy)
        };
        assert_eq!(id("abc-1", true), "abc-1");
        assert_ne!(id("abc-1", false), "abc-1");
        for given in ["", "a b", "a\"b", "{}", &"x".repeat(129)] {
            assert_ne!(id(given, true), given);
        }
        assert_eq!(method(&Method::GET), "GET");
        assert_eq!(method(&Method::from_bytes(b"EVIL").unwrap()), "other");
    }
}
