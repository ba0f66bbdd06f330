//! Where the client turns codes and refresh tokens into tokens, and gives them back.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Authority, Scope,
    form::Form,
    grants::{self, Tokens},
};

/// Why the client gets nothing, RFC 6749 section 5.2.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.into(),
        }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    /// Who asks is not known. Nobody learns whether the id or the secret was wrong.
    pub(super) fn invalid_client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::new("invalid_client", "the client is not known by this proof")
        }
    }

    fn invalid_grant(description: &str) -> Self {
        Self::new("invalid_grant", description)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            ..Self::new("server_error", error.to_string())
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = (self.status, private(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Corner Shop\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// An answer that nobody on the way may keep.
fn private(body: Value) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(body))
}

pub(super) async fn token(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refusal> {
    let mut form = form(&headers, &body)?;
    authority.client.check(&headers, &mut form)?;
    let grant_type = required(&mut form, "grant_type")?;
    let tokens = match grant_type.as_str() {
        "authorization_code" => redeem(&authority, &mut form)?,
        "refresh_token" => refresh(&authority, &mut form)?,
        other => {
            let description = format!("`{other}` gives no tokens here");
            return Err(Refusal::new("unsupported_grant_type", description));
        }
    };
    let body = private(json!({
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": grants::ACCESS.whole_seconds(),
        "refresh_token": tokens.refresh,
        "scope": Scope::write(&tokens.scopes),
    }));
    Ok(body.into_response())
}

fn redeem(authority: &Authority, form: &mut Form) -> Result<Tokens, Refusal> {
    let code = required(form, "code")?;
    let redirect_uri = required(form, "redirect_uri")?;
    let verifier = required(form, "code_verifier")?;
    let now = (authority.clock)();
    let tokens = authority
        .grants()
        .redeem(&code, &redirect_uri, &verifier, now)?;
    let description = "the code was used, has ended, or belongs to another sign-in";
    tokens.ok_or_else(|| Refusal::invalid_grant(description))
}

fn refresh(authority: &Authority, form: &mut Form) -> Result<Tokens, Refusal> {
    let token = required(form, "refresh_token")?;
    let now = (authority.clock)();
    let mut grants = authority.grants();
    let gone = || Refusal::invalid_grant("the refresh token was used, has ended or was revoked");
    let all = grants.refreshable(&token, now).ok_or_else(gone)?;
    let scopes = match form.take("scope") {
        None => all,
        Some(text) => Scope::read(&text)
            .filter(|wanted| wanted.iter().all(|scope| all.contains(scope)))
            .ok_or_else(|| {
                Refusal::new("invalid_scope", "the customer has not allowed all of this")
            })?,
    };
    grants.refresh(&token, &scopes, now)?.ok_or_else(gone)
}

/// RFC 7009: whether there was such a token makes no difference.
pub(super) async fn revoke(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    body: String,
) -> Result<StatusCode, Refusal> {
    let mut form = form(&headers, &body)?;
    authority.client.check(&headers, &mut form)?;
    let token = required(&mut form, "token")?;
    authority.grants().revoke(&token);
    Ok(StatusCode::OK)
}

fn form(headers: &HeaderMap, body: &str) -> Result<Form, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.and_then(|it| it.split(';').next());
    if media_type.map(str::trim) != Some("application/x-www-form-urlencoded") {
        let description = "send `application/x-www-form-urlencoded`";
        return Err(Refusal::invalid_request(description));
    }
    Form::read(body).map_err(|name| Refusal::invalid_request(format!("`{name}` is there twice")))
}

fn required(form: &mut Form, name: &str) -> Result<String, Refusal> {
    form.take(name)
        .ok_or_else(|| Refusal::invalid_request(format!("`{name}` is missing")))
}
