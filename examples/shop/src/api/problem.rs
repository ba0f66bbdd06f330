//! What the shop answers when it cannot do what was asked: `application/problem+json`, RFC 9457.

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request was refused.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    challenge: Option<HeaderValue>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            challenge: None,
        }
    }

    /// The request cannot be read as the description has it.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// There is no such thing, or it is somebody else's: nobody learns which.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The path is right and the method is not.
    pub(super) fn wrong_method() -> Self {
        let detail = "this path takes another method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    /// Things are not so that this could be done.
    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Nobody is signed in, RFC 6750 section 3. `error` is left out where no token was sent.
    pub(super) fn not_signed_in(error: Option<&'static str>) -> Self {
        let challenge = match error {
            None => "Bearer realm=\"Corner Shop\"",
            Some(_) => "Bearer realm=\"Corner Shop\", error=\"invalid_token\"",
        };
        Self {
            challenge: Some(HeaderValue::from_static(challenge)),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                error.unwrap_or("sign in to the shop first"),
            )
        }
    }

    /// The customer did not allow this.
    pub(super) fn not_allowed(scope: &str) -> Self {
        let challenge = format!(
            "Bearer realm=\"Corner Shop\", error=\"insufficient_scope\", scope=\"{scope}\""
        );
        Self {
            challenge: HeaderValue::from_str(&challenge).ok(),
            ..Self::new(
                StatusCode::FORBIDDEN,
                format!("the customer has not allowed `{scope}`"),
            )
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        // Whoever runs the demo should know; customers need not.
        eprintln!("error: the shop's database failed: {error}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the shop could not look it up",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let content_type = [(CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, content_type, body.to_string()).into_response();
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
