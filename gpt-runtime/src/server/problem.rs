//! Errors as RFC 9457 spells them.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::error::Error;

/// Why a request was not answered.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            members: Map::new(),
            retry_after: None,
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// Says after what time to try again.
    pub(super) fn retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// Adds a member of its own.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

/// What the answer to a request says is wrong, in its extensions: for APIs that spell it otherwise.
#[derive(Clone, Debug)]
pub(super) struct Detail(pub(super) String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Value::Object(body) = &mut body {
            body.extend(self.members);
        }
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = (
            self.status,
            [(header::CONTENT_TYPE, content_type)],
            body.to_string(),
        )
            .into_response();
        response.extensions_mut().insert(Detail(self.detail));
        if let Some(time) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, whole_seconds(time).into());
        }
        response
    }
}

/// Not too few: who comes too early is refused again.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::UnknownConversation => StatusCode::NOT_FOUND,
            Error::TurnRunning
            | Error::NothingSaid
            | Error::ConversationFull { .. }
            | Error::FilesTooLarge { .. } => StatusCode::CONFLICT,
            Error::EmptyMessage | Error::UnknownFile { .. } | Error::TooManyFiles { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Error::MessageTooLong { .. } | Error::FileTooLarge { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            _ => {
                // What broke inside is for whoever runs the server.
                tracing::error!(error = ?error, "a request failed");
                let detail = "the server could not do this: its log says why";
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
            }
        };
        Self::new(status, error.to_string())
    }
}
