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

use super::{extract::BODY_LIMIT, forwarded::Sender, origins::Origins, problem::Problem};

/// Which hosts requests may be for.
pub(super) struct Guard {
    /// Authorities as in `Host`, in lower case; `None` where any name may lead here.
    hosts: Option<Vec<String>>,
    /// The origin of the public address.
    public_origin: Option<String>,
    /// Other origins that may use the API.
    allowed: Origins,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, public_url: Option<&Url>, allowed: Origins) -> Self {
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
            allowed,
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

    /// What page makes a browser send a request.
    fn page(&self, request: &Request) -> Page {
        let headers = request.headers();
        let Some(value) = headers.get(header::ORIGIN) else {
            return Page::OwnOrNone;
        };
        let origin = value.to_str().unwrap_or_default();
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
            return Page::OwnOrNone;
        }
        if self.allowed.contains(value) {
            return Page::Allowed;
        }
        Page::Other
    }
}

/// The page that makes a browser send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// The GPT's own, or none that the browser tells of.
    OwnOrNone,
    /// One of another origin that may use the API, but is not the person who uses the own page.
    Allowed,
    /// One of another origin.
    Other,
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
                let page = guard.page(&request);
                if page == Page::Allowed {
                    request.headers_mut().remove(header::COOKIE);
                }
                request.extensions_mut().insert(page);
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        };
        add_headers(response.headers_mut());
        response
    }
    let router = match guard.allowed.layer() {
        Some(layer) => router.layer(layer),
        None => router,
    };
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(guard, check))
}

/// Puts the checks that requests which change something must pass before their handlers.
pub(super) fn writes<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    checked(handlers, |request| match page(request) {
        Page::OwnOrNone | Page::Allowed => check_content_type(request.headers()),
        Page::Other => Err(not_allowed()),
    })
}

/// The same for requests whose bodies may have any content type, such as files, or none.
pub(super) fn of_any_type<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    checked(handlers, |request| match page(request) {
        Page::OwnOrNone => check_site(request.headers()),
        Page::Allowed => Ok(()),
        Page::Other => Err(not_allowed()),
    })
}

/// The same for forms of the GPT's own page, which speak for the person who sends them.
pub(super) fn own_form<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    checked(handlers, |request| match page(request) {
        Page::OwnOrNone => check_site(request.headers()),
        Page::Allowed | Page::Other => Err(not_our_page()),
    })
}

/// Says whether a request may go on to its handler.
type Check = fn(&Request) -> Result<(), Problem>;

fn checked<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
    check: Check,
) -> MethodRouter<S> {
    async fn pass(State(check): State<Check>, request: Request, next: Next) -> Response {
        match check(&request) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }
    handlers.route_layer(middleware::from_fn_with_state(check, pass))
}

/// The page that [`protect`] found. Without its layer no page is ours.
fn page(request: &Request) -> Page {
    let page = request.extensions().get();
    page.copied().unwrap_or(Page::Other)
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

fn not_allowed() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "of pages in a browser only the GPT's own and those of `GPT_ALLOWED_ORIGINS` may send this",
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
