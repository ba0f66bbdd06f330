//! Errors as the service tells them: `application/problem+json`, RFC 9457.

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Why a request was refused.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    /// Parameters and what is wrong with each.
    parameters: Vec<(String, String)>,
}

impl Problem {
    /// The service knows no such thing.
    pub(super) fn not_found(kind: &'static str, title: &'static str, detail: String) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind,
            title,
            detail,
            parameters: Vec::new(),
        }
    }

    /// The client did not say who it is.
    pub(super) fn anonymous() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            kind: "Forbidden",
            title: "Forbidden",
            detail: "Say who is asking in the User-Agent header".to_owned(),
            parameters: Vec::new(),
        }
    }

    /// One parameter has a value that it cannot have.
    pub(super) fn parameter(name: &str, message: String) -> Self {
        Self::parameters(vec![(name.to_owned(), message)])
    }

    /// Parameters are wrong, each with what is wrong about it.
    pub(super) fn parameters(parameters: Vec<(String, String)>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "BadRequest",
            title: "Bad Request",
            detail: "Bad Request".to_owned(),
            parameters,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "correlationId": "57a4d1",
            "title": self.title,
            "type": format!("https://api.weather.gov/problems/{}", self.kind),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": "https://api.weather.gov/requests/57a4d1",
        });
        if !self.parameters.is_empty() {
            body["parameterErrors"] = self
                .parameters
                .into_iter()
                .map(|(parameter, message)| json!({ "parameter": parameter, "message": message }))
                .collect::<Value>();
        }
        let content_type = [(CONTENT_TYPE, "application/problem+json")];
        (self.status, content_type, body.to_string()).into_response()
    }
}
