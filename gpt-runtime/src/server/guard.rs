//! Who may send requests, and the headers that keep browsers from helping others.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use url::Url;

use super::{extract::BODY_LIMIT, forwarded::Sender, problem::Problem};

/// Which hosts requests may be for.
pub(super) struct Guard {
    /// Authorities as in `Host`, in lower case; `None` where any name may lead here.
    hosts: Option<Vec<String>>,
    /// The origin of the public address.
    public_origin: Option<String>,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, public_url: Option<&Url>) -> Self {
        let hosts = address.ip().is_loopback().then(|| {
            let mut names = ["localhost", "127.0.0.1", "[::1]"]
                .map(str::to_owned)
                .to_vec();
            let own = match address {
                SocketAddr::V4(address) => address.ip().to_string(),
                SocketAddr::V6(address) => format!("[{}]", address.ip()),
            };
            if !names.contains(&own) {
                names.push(own);
            }
            let port = address.port();
            let mut hosts: Vec<String> = names
                .into_iter()
                .flat_map(|name| match port {
                    80 => vec![format!("{name}:{port}"), name],
                    _ => vec![format!("{name}:{port}")],
                })
                .collect();
            hosts.extend(public_url.map(|url| url.authority().to_ascii_lowercase()));
            hosts
        });
        Self {
            hosts,
            public_origin: public_url.map(|url| url.origin().ascii_serialization()),
        }
    }

    /// Refuses requests for hosts that are not ours: a web page that makes its own name lead to a
    /// loopback address (DNS rebinding) would otherwise be of our origin.
    fn check_host(&self, request: &Request) -> Result<(), Problem> {
        let Some(hosts) = &self.hosts else {
            return Ok(());
        };
        let named = [
            host(request.headers()),
            request.uri().authority().map(Authority::as_str),
        ];
        let mut named = named.into_iter().flatten().peekable();
        let ours = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
        if named.peek().is_some() && named.all(ours) {
            return Ok(());
        }
        let detail = format!(
            "this server answers requests for {} only; where a proxy stands in front, set \
             `GPT_PUBLIC_URL` to the address people use",
            hosts.join(", ")
        );
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Refuses requests that a page of another origin makes a browser send.
    fn check_origin(&self, request: &Request) -> Result<(), Problem> {
        let headers = request.headers();
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let origin = origin.to_str().unwrap_or_default();
        let public = self.public_origin.as_deref();
        let same_host = || {
            let authority = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"));
            match (authority, host(headers)) {
                (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
                _ => false,
            }
        };
        let sender = request.extensions().get::<Sender>();
        let forwarded = sender.and_then(|it| it.origin.as_deref());
        if public == Some(origin) || forwarded == Some(origin) || same_host() {
            return Ok(());
        }
        Err(not_our_page())
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    // A value that is no text is a host all the same: one that is not ours.
    headers
        .get(header::HOST)
        .map(|host| host.to_str().unwrap_or_default())
}

/// Puts the guard before all routes, and the security headers on all answers.
pub(super) fn protect(router: Router, guard: Arc<Guard>) -> Router {
    async fn check(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
        let mut response = match guard.check_host(&request) {
            Ok(()) => {
                request.extensions_mut().insert(guard);
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        };
        add_headers(response.headers_mut());
        response
    }
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(guard, check))
}

/// Puts the checks that requests which change something must pass before their handlers.
pub(super) fn writes<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    async fn check(request: Request, next: Next) -> Response {
        let checked = check_sender(&request);
        match checked.and_then(|()| check_content_type(request.headers())) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }
    handlers.route_layer(middleware::from_fn(check))
}

/// The same for requests whose bodies may have any content type, such as files and forms, or none.
pub(super) fn of_any_type<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    async fn check(request: Request, next: Next) -> Response {
        match check_sender(&request).and_then(|()| check_site(request.headers())) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }
    handlers.route_layer(middleware::from_fn(check))
}

fn check_sender(request: &Request) -> Result<(), Problem> {
    match request.extensions().get::<Arc<Guard>>() {
        Some(guard) => guard.check_origin(request),
        None => Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server is put together wrongly: no guard",
        )),
    }
}

/// Where the content type keeps no form away, what browsers say of the page that sends does, even if
/// they do not say its origin.
fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site");
    if site.is_none_or(|site| site == "same-origin" || site == "none") {
        return Ok(());
    }
    Err(not_our_page())
}

fn not_our_page() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "only the GPT's own page may send this from a browser",
    )
}

/// Forms of other pages can send three content types without asking; JSON is none of them.
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "send a JSON body and the header `Content-Type: application/json`",
    ))
}

fn add_headers(headers: &mut HeaderMap) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
        connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; \
        frame-ancestors 'none'";
    const HEADERS: [(HeaderName, &str); 7] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // What was said in a conversation stays out of caches.
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // For browsers that do not know `frame-ancestors`.
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    // Files of conversations say a stricter policy, the page its own of caches, and where programs
    // are let in the pages of others open ours.
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}
