//! The programs that a person lets use the GPT, for them to see and to end.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get},
};
use serde_json::json;

use super::super::{
    entrance::Entrance,
    extract::{Body, Nothing, Segments},
    guard::writes,
    problem::Problem,
};
use crate::access::Caller;

pub(in super::super) fn routes() -> Router {
    Router::new()
        .route("/api/clients", get(list))
        .route("/api/clients/{id}", writes(delete(disconnect)))
}

async fn list(
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
) -> Result<Response, Problem> {
    let connected = match &caller.person {
        Some(person) if !caller.is_program => entrance.access.connected(person).await?,
        _ => Vec::new(),
    };
    Ok(Json(json!({ "clients": connected })).into_response())
}

async fn disconnect(
    Extension(entrance): Extension<Arc<Entrance>>,
    caller: Caller,
    Segments(id): Segments<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    if caller.is_program {
        let detail = "only the person who lets programs in disconnects them";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let is_ended = match &caller.person {
        Some(person) => entrance.access.disconnect(person, &id).await?,
        None => false,
    };
    if is_ended {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "no such program is connected";
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}
