//! What programs ask without a person: tokens for codes and for refresh tokens (RFC 6749), their end
//! (RFC 7009), and to be known (RFC 7591).

use axum::{
    Extension, Json,
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    super::{
        extract::{self, Body},
        problem::Problem,
    },
    Authorization, BODY_LIMIT,
    metadata::is_resource,
    parameters::Parameters,
};
use crate::access::{
    client::{ClientError, Metadata},
    grant::{ACCESS_LIFETIME, GrantError, Tokens},
};

/// How long a request may take to come.
const BODY_TIME: std::time::Duration = std::time::Duration::from_secs(30);

/// Why a request was refused.
pub(super) enum Refusal {
    /// A word of OAuth for it, and what is wrong.
    Told(&'static str, String),
    Broken(Problem),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Told(error, description) => {
                let body = json!({ "error": error, "error_description": description });
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Broken(problem) => problem.into_response(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Broken(problem)
    }
}

impl From<GrantError> for Refusal {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Invalid(text) => Self::Told("invalid_grant", text.to_owned()),
            GrantError::Other(error) => Self::Broken(error.into()),
        }
    }
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        let word = match error {
            ClientError::Redirect(_) => "invalid_redirect_uri",
            ClientError::Metadata(_) => "invalid_client_metadata",
        };
        Self::Told(word, error.to_string())
    }
}

/// The parameters in the body of a request.
async fn form(request: Request) -> Result<Parameters, Refusal> {
    let body = extract::bytes(request, BODY_TIME, BODY_LIMIT).await?;
    Parameters::parse(&body).map_err(invalid)
}

fn invalid(text: String) -> Refusal {
    Refusal::Told("invalid_request", text)
}

pub(super) async fn token(
    Extension(authorization): Extension<Authorization>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refusal> {
    let form = form(request).await?;
    let needed = |name| form.needed(name).map_err(invalid);
    let issuer = authorization.issuer(&headers);
    if !form.all("resource").all(|it| is_resource(&issuer, it)) {
        let text = "the `resource` is not this GPT";
        return Err(Refusal::Told("invalid_target", text.to_owned()));
    }
    let access = &authorization.entrance.access;
    let Tokens {
        access: token,
        refresh,
    } = match needed("grant_type")? {
        "authorization_code" => {
            let (code, client) = (needed("code")?, needed("client_id")?);
            let (uri, verifier) = (needed("redirect_uri")?, needed("code_verifier")?);
            access.redeem(code, client, uri, verifier).await?
        }
        "refresh_token" => {
            let (refresh, client) = (needed("refresh_token")?, needed("client_id")?);
            access.renew(refresh, client).await?
        }
        _ => {
            let text = "the `grant_type` must be `authorization_code` or `refresh_token`";
            return Err(Refusal::Told("unsupported_grant_type", text.to_owned()));
        }
    };
    let tokens = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "refresh_token": refresh,
    });
    Ok(Json(tokens).into_response())
}

/// The end of a token; of one that is none too.
pub(super) async fn revoke(
    Extension(authorization): Extension<Authorization>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let form = form(request).await?;
    let token = form.needed("token").map_err(invalid)?;
    let revoked = authorization.entrance.access.revoke(token).await;
    revoked.map_err(|error| Refusal::Broken(error.into()))?;
    Ok(StatusCode::OK)
}

/// Makes a client known by what it says of itself.
pub(super) async fn register(
    Extension(authorization): Extension<Authorization>,
    body: Result<Body<Metadata>, Problem>,
) -> Result<Response, Refusal> {
    let Body(metadata) = body.map_err(|problem| {
        let text = problem.detail().to_owned();
        Refusal::Told("invalid_client_metadata", text)
    })?;
    let client = authorization.entrance.access.register(&metadata)?;
    let registered = json!({
        "client_id": client.id,
        "client_name": client.name,
        "redirect_uris": client.redirect_uris(),
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    });
    Ok((StatusCode::CREATED, Json(registered)).into_response())
}
