//! Who a request is from: tokens, cookies, and the way in.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::json;
use url::{Url, form_urlencoded};

use super::{
    extract::{Body, Nothing},
    guard::writes,
    oauth,
    problem::Problem,
};
use crate::{
    access::{Access, Caller, Session, Shown, client::is_own_computer},
    file::Links,
    service::Service,
};

/// How long browsers keep a session, in seconds: a year.
const MAX_AGE: u32 = 31_536_000;

/// The way in.
pub(super) struct Entrance {
    pub(super) access: Access,
    /// The name of the cookie. Cookies are not told apart by port, so it holds that.
    cookie_name: String,
    /// What the paths behind it begin with: nothing, or `/g/weather`.
    base: String,
    /// The entrance of the server that has this GPT beside others.
    house: Option<Arc<Self>>,
    /// Whether browsers come over HTTPS.
    is_secure: bool,
    /// The address people use.
    url: Url,
}

impl Entrance {
    pub(super) fn new(access: Access, url: Url) -> Self {
        let port = url.port_or_known_default().unwrap_or_default();
        Self {
            access,
            cookie_name: format!("gpt_session_{port}"),
            base: String::new(),
            house: None,
            is_secure: url.scheme() == "https",
            url,
        }
    }

    /// The way to one of the GPTs of a server, each of which has sessions of its own.
    pub(super) fn of_one(house: &Arc<Self>, slug: &str, service: &Service) -> Self {
        Self {
            access: house.access.of_one(slug, service),
            ..Self::below(house, slug)
        }
    }

    /// The way to a GPT that is not there.
    pub(super) fn of_none(house: &Arc<Self>, slug: &str) -> Self {
        Self::below(house, slug)
    }

    fn below(house: &Arc<Self>, slug: &str) -> Self {
        Self {
            access: house.access.of_none(slug),
            cookie_name: format!("{}_{slug}", house.cookie_name),
            base: format!("/g/{slug}"),
            house: Some(Arc::clone(house)),
            is_secure: house.is_secure,
            url: house.url.clone(),
        }
    }

    /// The GPT behind it, whose files APIs fetch through it.
    pub(super) fn with_links(&self, service: &Service) -> Service {
        let links = Links::new(self.address("/api/files/"), self.access.key().clone());
        service.clone().with_links(links)
    }

    /// The path of something behind it.
    pub(super) fn path(&self, path: &str) -> String {
        [&self.base, path].concat()
    }

    /// The address of something behind it.
    pub(super) fn address(&self, path: &str) -> String {
        let server = self.url.as_str().trim_end_matches('/');
        [server, &self.base, path].concat()
    }

    /// Who a request is from; `None` when they may not come in.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
        if let Some(house) = &self.house
            && let Some(owner) = house.owner(headers).await?
        {
            return Ok(Some(owner));
        }
        self.own_caller(headers).await
    }

    /// The owner, where a request is from them.
    async fn owner(&self, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
        let caller = self.own_caller(headers).await?;
        Ok(caller.filter(|it| it.is_owner))
    }

    async fn own_caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
        let shown = Shown {
            bearer: bearer(headers),
            session: cookie(headers, &self.cookie_name),
        };
        Ok(self.access.caller(shown).await?)
    }

    /// The person at a browser, by their session; with one that begins now where everyone may
    /// come. `None` when they may not come in.
    pub(super) async fn visitor(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<(Caller, Option<HeaderValue>)>, Problem> {
        let mut headers = headers.clone();
        headers.remove(header::AUTHORIZATION);
        match self.caller(&headers).await? {
            Some(caller) if caller.person.is_some() => Ok(Some((caller, None))),
            _ => match self.access.begin(None).await? {
                Some(session) => {
                    let cookie = self.cookie(&session)?;
                    Ok(Some((session.caller, Some(cookie))))
                }
                None => Ok(None),
            },
        }
    }

    /// The header that gives a browser its session; `None` for who may not come in.
    pub(super) async fn begin(&self, token: Option<&str>) -> Result<Option<HeaderValue>, Problem> {
        match self.access.begin(token).await? {
            Some(session) => Ok(Some(self.cookie(&session)?)),
            None => Ok(None),
        }
    }

    fn cookie(&self, session: &Session) -> Result<HeaderValue, Problem> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let cookie = format!(
            "{}={}; Path={}; Max-Age={MAX_AGE}; HttpOnly; SameSite=Lax{secure}",
            self.cookie_name,
            session.cookie,
            self.path("/")
        );
        HeaderValue::from_str(&cookie).map_err(|_| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "no cookie can hold the session",
            )
        })
    }

    /// Where requests come to that say this host, without a path.
    ///
    /// Several names lead to this very computer, and clients compare what they are told with the
    /// one they were given.
    pub(super) fn origin(&self, headers: &HeaderMap) -> String {
        let named = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let named = named.and_then(|host| Url::parse(&format!("http://{host}")).ok());
        let url = named
            .filter(|named| {
                is_own_computer(&self.url)
                    && is_own_computer(named)
                    && named.port_or_known_default() == self.url.port_or_known_default()
            })
            .unwrap_or_else(|| self.url.clone());
        url.origin().ascii_serialization()
    }

    /// What to tell a program that may not come in: where it learns how people let it in, RFC 9728.
    /// `path` is below that of the GPT.
    pub(super) fn challenge(&self, headers: &HeaderMap, path: &str) -> HeaderValue {
        let metadata = oauth::resource_metadata(&self.origin(headers), &self.base, path);
        let error = if headers.contains_key(header::AUTHORIZATION) {
            r#"error="invalid_token", "#
        } else {
            ""
        };
        let challenge = format!(r#"Bearer {error}resource_metadata="{metadata}""#);
        HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"))
    }
}

/// The token of the header `Authorization`, RFC 6750.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The value of a cookie, RFC 6265.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Lets only those come in who may.
pub(super) fn protect(router: Router, entrance: Arc<Entrance>) -> Router {
    protected(router, entrance, false)
}

/// The same for clients of models, which send a key always: where everyone may come, with any.
pub(super) fn protect_model(router: Router, entrance: Arc<Entrance>) -> Router {
    protected(router, entrance, true)
}

fn protected(router: Router, entrance: Arc<Entrance>, any_key: bool) -> Router {
    async fn check(
        State((entrance, any_key)): State<(Arc<Entrance>, bool)>,
        mut request: Request,
        next: Next,
    ) -> Response {
        let stranger = || entrance.access.stranger().filter(|_| any_key);
        let caller = entrance.caller(request.headers()).await;
        match caller.map(|it| it.or_else(stranger)) {
            Ok(Some(caller)) => {
                request.extensions_mut().insert(caller);
                next.run(request).await
            }
            Ok(None) => {
                let challenge = entrance.challenge(request.headers(), request.uri().path());
                refusal(challenge).into_response()
            }
            Err(problem) => problem.into_response(),
        }
    }
    let state = (Arc::clone(&entrance), any_key);
    router
        .layer(middleware::from_fn_with_state(state, check))
        .layer(Extension(entrance))
}

/// What is said to who may not come in.
pub(super) fn refusal(challenge: HeaderValue) -> impl IntoResponse {
    let detail = "this GPT is not open to everyone: send its token as `Authorization: Bearer …`, \
                  or open the address that holds it in a browser";
    (
        [(header::WWW_AUTHENTICATE, challenge)],
        Problem::new(StatusCode::UNAUTHORIZED, detail),
    )
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the server is put together wrongly: nobody checked who this is",
            )
        })
    }
}

/// The caller, who must be the owner.
pub(super) struct Owner;

impl<S: Send + Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.is_owner {
            return Ok(Self);
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "only the owner of this GPT may do this",
        ))
    }
}

/// The token of the owner or of a share link in an address.
pub(super) fn token(uri: &Uri) -> Option<String> {
    let parameters = form_urlencoded::parse(uri.query()?.as_bytes());
    parameters
        .filter(|(name, _)| matches!(&**name, "token" | "key"))
        .map(|(_, value)| value.trim().to_owned())
        .next()
}

/// Where an address with a token leads to: the page, or where one signs in to an API, which is named
/// as in the path for it: `sign_in=API/SCHEME`.
fn destination(uri: &Uri) -> String {
    let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let is_part_of_path =
        |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_' | '~' | '%' | '/');
    parameters
        .filter(|(name, value)| name == "sign_in" && value.chars().all(is_part_of_path))
        .map(|(_, value)| format!("/sign-in/{value}"))
        .next()
        .unwrap_or_else(|| "/".to_owned())
}

/// The page, for who may see it; with a token in the address, the way to it.
pub(super) async fn enter(
    entrance: &Entrance,
    headers: &HeaderMap,
    uri: &Uri,
    page: impl FnOnce() -> Response,
) -> Result<Response, Problem> {
    if let Some(token) = token(uri) {
        return Ok(match entrance.begin(Some(&token)).await? {
            // Off the address bar and out of the history.
            Some(cookie) => {
                let page = Redirect::to(&entrance.path(&destination(uri)));
                ([(header::SET_COOKIE, cookie)], page).into_response()
            }
            None => locked(true, Key::InAddress),
        });
    }
    match entrance.caller(headers).await? {
        Some(Caller {
            person: Some(_), ..
        }) => Ok(page()),
        Some(_) => Ok(match entrance.begin(None).await? {
            Some(cookie) => ([(header::SET_COOKIE, cookie)], page()).into_response(),
            None => page(),
        }),
        None => Ok(locked(false, Key::InAddress)),
    }
}

/// How the page of who may not come in sends the token that they enter.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    /// To the page of the GPT, which is beside it.
    InAddress,
    /// To where it is itself. The path of the GPT is another one.
    InBody(&'a str),
}

/// The page of who may not come in.
pub(super) fn locked(is_wrong: bool, key: Key<'_>) -> Response {
    const PAGE: &str = include_str!("page/locked.html");
    const WRONG: &str =
        "<p class=\"notice\">This token or link is not valid any more, or never was.</p>";
    let (root, form) = match key {
        Key::InAddress => ("", r#"action="./" method="get""#),
        Key::InBody(root) => (root, r#"method="post""#),
    };
    let html = PAGE
        .replace("{{root}}", root)
        .replace("{{form}}", form)
        .replace("{{wrong}}", if is_wrong { WRONG } else { "" });
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::UNAUTHORIZED, headers, html).into_response()
}

/// The routes about sessions and share links.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/sessions", writes(post(begin)))
        .route("/api/share", get(share).merge(writes(post(renew))))
}

async fn begin(
    Extension(entrance): Extension<Arc<Entrance>>,
    headers: HeaderMap,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, Problem> {
    Ok(match entrance.begin(bearer(&headers)).await? {
        Some(cookie) => (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response(),
        // A session that holds is as good.
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

async fn share(
    Owner: Owner,
    Extension(entrance): Extension<Arc<Entrance>>,
) -> Result<Response, Problem> {
    link(&entrance, entrance.access.share().await?)
}

async fn renew(
    Owner: Owner,
    Extension(entrance): Extension<Arc<Entrance>>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, Problem> {
    link(&entrance, entrance.access.renew_share().await?)
}

fn link(entrance: &Entrance, key: Option<String>) -> Result<Response, Problem> {
    let Some(key) = key else {
        let detail = "there are no share links: the visibility of this GPT is not `link`";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let url = entrance.address(&format!("/?key={key}"));
    Ok(Json(json!({ "url": url })).into_response())
}
