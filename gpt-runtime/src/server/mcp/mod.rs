//! The GPT as an MCP server over HTTP, at `/mcp`, in all revisions of the protocol.
//!
//! Since 2026-07-28 each request stands for itself. Until 2025-11-25 a client has a session, in
//! which the server can ask the person: it is signed for who began it, lives in the process that it
//! was begun in, and is begun again by others from what the store knows of it.

mod sessions;

use std::{
    any::Any,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::{Body, BodyDataStream, Bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use futures_core::Stream;
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use serde::Deserialize;

use super::{
    entrance::Entrance, extract, guard::of_any_type, limits::Counter, problem::Problem,
    shutdown::Stopping,
};
use crate::{
    access::Caller,
    mcp::{Admission, Face, Visitor},
    service::Service,
};
use sessions::Sessions;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
/// What the signatures of sessions are for.
const PURPOSE: &str = "mcp session";
/// The most bytes of a request: the arguments of a call with a file in base64.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// How long a request may take to come.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How many sessions live in a process at once.
const MAX_SESSIONS: usize = 4_096;
/// How long a session lives in a process after the last question in it could be answered.
const IDLE: Duration = Duration::from_secs(300);

#[derive(Clone)]
struct App {
    http: StreamableHttpService<Face, LocalSessionManager>,
    sessions: Arc<LocalSessionManager>,
}

/// The route. It runs a task that ends what is open when the server stops.
pub(super) fn routes(service: Service, stopping: Stopping) -> Router {
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(service.decision_limit() + IDLE);
    let sessions = Arc::new(sessions);
    // Hosts and origins are the guard's, which knows the proxies in front too.
    let mut config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(BODY_LIMIT);
    config.session_store = Some(Arc::new(Sessions::new(Arc::clone(service.store()))));
    let stop = config.cancellation_token.clone();
    tokio::spawn(async move {
        stopping.wait().await;
        stop.cancel();
    });
    let face = Face::new(service);
    let http = StreamableHttpService::new(move || Ok(face.clone()), Arc::clone(&sessions), config);
    let app = App { http, sessions };
    Router::new()
        .route(
            "/mcp",
            of_any_type(get(handle).post(handle).delete(handle))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .with_state(app)
}

/// What a message asks for.
#[derive(Deserialize)]
struct Message {
    method: Option<String>,
}

async fn handle(
    State(app): State<App>,
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
    counter: Counter,
    request: Request,
) -> Result<Response, Problem> {
    let is_listening = request.method() == Method::GET;
    let is_end = request.method() == Method::DELETE;
    let draining = counter.draining();
    let (mut parts, body) = request.into_parts();
    open(&mut parts.headers, &entrance, &caller)?;
    let request = Request::from_parts(parts.clone(), body);
    let body = extract::bytes(request, BODY_TIME, BODY_LIMIT).await?;
    // What is no message is told so below.
    let method = serde_json::from_slice::<Message>(&body).ok();
    if method.and_then(|it| it.method).as_deref() == Some("initialize") {
        counter.count()?;
        if app.sessions.sessions.read().await.len() >= MAX_SESSIONS {
            let detail = "there are as many sessions as the server takes: try again in a while";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
            return Err(problem.retry_after(IDLE));
        }
    }
    parts.extensions.insert(Visitor {
        person: caller.person.clone(),
        address: Some(entrance.address("").into()),
        admission: Some(Arc::new(counter)),
    });
    let request = Request::from_parts(parts, Body::from(body));
    let mut response = app.http.handle(request).await.map(Body::new);
    // Clients that end a session expect this or 200.
    if is_end && response.status() == StatusCode::ACCEPTED {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    seal(response.headers_mut(), &entrance, &caller)?;
    if is_listening {
        // It has no end of its own, and what it would tell is not worth waiting for.
        response = response.map(|body| Until::over(body, draining));
    }
    Ok(response.into_response())
}

/// Puts the name of a session in the place of the signed one, which it has for who began it.
fn open(headers: &mut HeaderMap, entrance: &Entrance, caller: &Caller) -> Result<(), Problem> {
    let Some(sealed) = headers.get(SESSION) else {
        return Ok(());
    };
    let parts = sealed.to_str().ok().and_then(|it| it.rsplit_once('.'));
    let key = entrance.access.key();
    let session =
        parts.filter(|(id, signature)| key.is_signed(PURPOSE, &signed(id, caller), signature));
    let session = session.and_then(|(id, _)| HeaderValue::from_str(id).ok());
    let session = session.ok_or_else(|| {
        let detail = "there is no such session: begin a new one with `initialize`";
        Problem::new(StatusCode::NOT_FOUND, detail)
    })?;
    headers.insert(SESSION, session);
    Ok(())
}

/// Signs the name of a session that begins.
fn seal(headers: &mut HeaderMap, entrance: &Entrance, caller: &Caller) -> Result<(), Problem> {
    let Some(session) = headers.get(SESSION) else {
        return Ok(());
    };
    let sealed = session.to_str().ok().and_then(|id| {
        let signature = entrance.access.key().sign(PURPOSE, &signed(id, caller))?;
        HeaderValue::from_str(&format!("{id}.{signature}")).ok()
    });
    let sealed = sealed.ok_or_else(|| {
        let detail = "no header can hold the session";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    })?;
    headers.insert(SESSION, sealed);
    Ok(())
}

/// What is signed of a session.
fn signed(id: &str, caller: &Caller) -> String {
    format!("{id} {:?}", caller.person)
}

impl Admission for Counter {
    fn admit(&self) -> Result<Box<dyn Any + Send>, String> {
        let place = self.count().and_then(|()| self.occupy());
        let place = place.map_err(|problem| format!("not made: {}", problem.detail()))?;
        Ok(Box::new(place))
    }
}

/// A body that ends when the server is to stop.
struct Until {
    body: BodyDataStream,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Until {
    fn over(body: Body, end: Stopping) -> Body {
        Body::from_stream(Self {
            body: body.into_data_stream(),
            end: Box::pin(end.wait()),
        })
    }
}

impl Stream for Until {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        let next = ready!(Pin::new(&mut self.body).poll_next(cx));
        Poll::Ready(next)
    }
}
