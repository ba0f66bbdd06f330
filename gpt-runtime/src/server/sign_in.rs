//! Where people sign in to the APIs of the GPT, come back, and sign out.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{delete, get},
};
use serde_json::{Value, json};

use super::{
    entrance::Entrance,
    extract::{Body, Nothing, Segments},
    guard::writes,
    page::escape,
    problem::Problem,
};
use crate::{
    access::Caller,
    service::Service,
    sign_in::{Provider, SignInError},
};

pub(super) fn routes(service: Service) -> Router {
    Router::new()
        .route("/sign-in/{api}/{scheme}", get(begin))
        .route("/sign-in/{api}/{scheme}/callback", get(finish))
        .route("/api/sign-ins", get(list))
        .route("/api/sign-ins/{api}/{scheme}", writes(delete(sign_out)))
        .with_state(service)
}

/// The pages alone, for the one person at a desk: who has the ticket begins, and who has begun comes
/// back.
#[cfg(feature = "mcp")]
pub(super) fn desk(service: Service, ticket: &str) -> Router {
    Router::new()
        .route(&format!("/{ticket}/sign-in/{{api}}/{{scheme}}"), get(begin))
        .route("/sign-in/{api}/{scheme}/callback", get(finish))
        .layer(Extension(Caller::owner()))
        .layer(Extension(Apart))
        .with_state(service)
}

/// Marks requests to a server that has no page of a conversation.
#[derive(Clone, Copy)]
struct Apart;

/// An API and a security scheme of it.
type Place = Segments<(String, String)>;

/// Sends the browser to the provider.
async fn begin(
    State(service): State<Service>,
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
    apart: Option<Extension<Apart>>,
    Segments((api, scheme)): Place,
) -> Result<Response, Problem> {
    let provider = provider(&service, &api, &scheme)?;
    let person = person(&caller)?;
    let redirect_uri = entrance.address(&format!("{}/callback", provider.path()));
    match service
        .sign_ins()
        .begin(provider, person, redirect_uri)
        .await
    {
        Ok(url) => Ok(Redirect::to(url.as_str()).into_response()),
        Err(error) => Ok(page(&entrance, apart.is_some(), provider, Some(&error))),
    }
}

/// Takes what the provider sends back.
async fn finish(
    State(service): State<Service>,
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
    apart: Option<Extension<Apart>>,
    Segments((api, scheme)): Place,
    uri: Uri,
) -> Result<Response, Problem> {
    let provider = provider(&service, &api, &scheme)?;
    let person = person(&caller)?;
    let query = uri.query().unwrap_or_default();
    let finished = service.sign_ins().finish(provider, person, query).await;
    let error = finished.err();
    Ok(page(&entrance, apart.is_some(), provider, error.as_ref()))
}

/// The APIs people sign in to, and whether the caller has.
async fn list(
    State(service): State<Service>,
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
) -> Result<Response, Problem> {
    let sign_ins = service.sign_ins();
    let mut listed: Vec<Value> = Vec::new();
    for provider in sign_ins.providers() {
        let signed_in = match &caller.person {
            Some(person) => sign_ins
                .is_signed_in(provider, person)
                .await
                .map_err(broken)?,
            None => false,
        };
        listed.push(json!({
            "api": provider.api.name,
            "scheme": provider.scheme.name,
            "title": provider.api.title,
            "path": entrance.path(&provider.path()),
            "signed_in": signed_in,
        }));
    }
    Ok(Json(json!({ "sign_ins": listed })).into_response())
}

async fn sign_out(
    State(service): State<Service>,
    caller: Caller,
    Segments((api, scheme)): Place,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    let provider = provider(&service, &api, &scheme)?;
    let person = person(&caller)?;
    if service
        .sign_ins()
        .sign_out(provider, person)
        .await
        .map_err(broken)?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "you are not signed in to this API";
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}

fn provider<'a>(service: &'a Service, api: &str, scheme: &str) -> Result<&'a Provider, Problem> {
    service.sign_ins().provider(api, scheme).ok_or_else(|| {
        let detail = "people do not sign in to such an API here";
        Problem::new(StatusCode::NOT_FOUND, detail)
    })
}

/// The person of the session. Without one, another person could be made to sign in for somebody
/// else's conversation, and a program could sign its person in as somebody else.
fn person(caller: &Caller) -> Result<&str, Problem> {
    let person = caller.person.as_deref().filter(|_| !caller.is_program);
    person.ok_or_else(|| {
        let detail = "signing in needs a session: open the page of the GPT in this browser, or send \
                      `POST /api/sessions`";
        Problem::new(StatusCode::FORBIDDEN, detail)
    })
}

fn broken(error: SignInError) -> Problem {
    match error {
        SignInError::Store(error) => crate::Error::from(error).into(),
        SignInError::Other(error) => error.into(),
        error => Problem::new(StatusCode::BAD_GATEWAY, error.to_string()),
    }
}

/// What a person sees after they came back.
fn page(
    entrance: &Entrance,
    is_apart: bool,
    provider: &Provider,
    error: Option<&SignInError>,
) -> Response {
    const PAGE: &str = include_str!("page/notice.html");
    let title = escape(provider.api.title);
    let (status, heading, text) = match error {
        None => (
            StatusCode::OK,
            format!("You are signed in to {title}"),
            "Close this window: the conversation goes on by itself.".to_owned(),
        ),
        Some(error) => {
            let (status, text) = match error {
                SignInError::Forged => (StatusCode::BAD_REQUEST, error.to_string()),
                SignInError::Store(_) | SignInError::Other(_) => {
                    tracing::error!("{error}");
                    let text = "The server could not do this: its log says why.";
                    (StatusCode::INTERNAL_SERVER_ERROR, text.to_owned())
                }
                SignInError::Provider(_) | SignInError::Refused(_) | SignInError::Invalid => {
                    (StatusCode::BAD_GATEWAY, error.to_string())
                }
            };
            let heading = format!("You are not signed in to {title}");
            (status, heading, escape(&text))
        }
    };
    let way = if is_apart {
        String::new()
    } else {
        let page = entrance.path("/");
        format!("<p><a href=\"{page}\">Back to the conversation</a></p>")
    };
    let html = PAGE
        .replace("{{root}}", &entrance.path("/"))
        .replace("{{way}}", &way)
        .replace("{{heading}}", &heading)
        .replace("{{text}}", &text);
    // The address holds the code.
    let headers = [(header::REFERRER_POLICY, "no-referrer")];
    (status, headers, Html(html)).into_response()
}
