//! The functions of a GPT as an HTTP API of their own, for other hosts.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value};

use super::{
    api::no_such_method,
    entrance::Entrance,
    extract::{Body, Segments},
    guard::writes,
    limits::turns,
    problem::Problem,
};
use crate::{
    function::{self, Failure},
    service::Service,
};

/// The routes of a GPT with functions; of another one there are none.
pub(super) fn routes(service: Service, entrance: &Entrance) -> Router {
    let definition = service.definition();
    if function::all(definition).next().is_none() {
        return Router::new();
    }
    let document = Arc::new(function::openapi(definition, &entrance.address("")));
    let document = async move || Json(document.as_ref().clone());
    let path = |name: &str| [function::PATH, name].concat();
    Router::new()
        .route(&path("openapi.json"), get(document))
        .route(&path("{name}"), writes(turns(post(call))))
        .method_not_allowed_fallback(no_such_method)
        .with_state(service)
}

async fn call(
    State(service): State<Service>,
    Segments(name): Segments<String>,
    Body(arguments): Body<Map<String, Value>>,
) -> Result<Response, Problem> {
    let arguments = Value::Object(arguments);
    let result = service.call_function(&name, &arguments).await;
    let result = result.ok_or_else(|| {
        let detail = "there is no action of this name: `GET /actions/openapi.json` lists them";
        Problem::new(StatusCode::NOT_FOUND, detail)
    })?;
    Ok(match result? {
        Value::Null => StatusCode::NO_CONTENT.into_response(),
        answer => Json(answer).into_response(),
    })
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = match failure {
            Failure::Arguments(_) | Failure::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::TimeLimit(_) => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Description(_) | Failure::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, failure.to_string())
    }
}
