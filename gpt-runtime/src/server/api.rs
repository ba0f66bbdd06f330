//! The routes under `/api`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    action::Operation, conversation::Decision, error::Error, message::Message, schema,
    service::Service,
};

use super::{
    events,
    extract::{Body, Form, Segments},
    guard::writes,
    problem::Problem,
    shutdown::Stopping,
};

const OPENAPI: &str = include_str!("openapi.json");
const CONVERSATION_ID: HeaderName = HeaderName::from_static("conversation-id");

/// What handlers share.
#[derive(Clone)]
struct App {
    service: Service,
    about: Arc<Value>,
    stopping: Stopping,
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Self {
        app.service.clone()
    }
}

pub(super) fn routes(service: Service, stopping: Stopping) -> Router {
    let app = App {
        about: Arc::new(about(&service)),
        service,
        stopping,
    };
    Router::new()
        .route("/healthz", get(async || StatusCode::NO_CONTENT))
        .route("/api/openapi.json", get(openapi))
        .route(
            "/api/gpt",
            get(async |State(app): State<App>| Json(app.about.as_ref().clone())),
        )
        .route("/api/messages", writes(post(say_first)))
        .route("/api/conversations", writes(post(start)))
        .route("/api/conversations/{id}", get(read))
        .route("/api/conversations/{id}/messages", writes(post(say)))
        .route(
            "/api/conversations/{id}/calls/{call_id}",
            writes(post(decide)),
        )
        .route("/api/conversations/{id}/cancel", writes(post(cancel)))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "there is nothing at this path"))
        .method_not_allowed_fallback(async || {
            let detail = "this path has other methods: the header `Allow` names them";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
        })
        .with_state(app)
}

/// What people and programs may know of the GPT; never its instructions.
fn about(service: &Service) -> Value {
    let definition = service.definition();
    let mut apis: Vec<Value> = Vec::new();
    let mut tools = Vec::new();
    for operation in definition.operations() {
        let api = json!({ "name": operation.api.name, "title": operation.api.title });
        if !apis.contains(&api) {
            apis.push(api);
        }
        tools.push(tool(operation));
    }
    let built_in: Vec<_> = definition.tools.iter().map(|tool| tool.name()).collect();
    json!({
        "name": definition.name,
        "description": definition.description,
        "starters": definition.starters,
        "visibility": definition.visibility.name(),
        "privacy_policy": definition.privacy_policy,
        "model": {
            "name": service.model().name(),
            "offline": service.model().is_offline(),
        },
        "apis": apis,
        "tools": tools,
        "built_in_tools": built_in,
    })
}

fn tool(operation: &Operation) -> Value {
    json!({
        "name": operation.tool.name,
        "description": operation.tool.description,
        "parameters": schema::parameters(operation),
        "api": operation.api.name,
        "consequential": operation.consequential,
        "deprecated": operation.deprecated,
    })
}

async fn openapi() -> Response {
    let content_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, content_type)], OPENAPI).into_response()
}

/// The body of requests that say nothing more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn start(
    State(service): State<Service>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, Problem> {
    let id = service.start("").await?;
    let mut response = (StatusCode::CREATED, Json(json!({ "id": id }))).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::LOCATION,
        header_value(&format!("/api/conversations/{id}"))?,
    );
    Ok(response)
}

async fn read(
    State(service): State<Service>,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let messages = messages(&service, &id).await?;
    Ok(Json(json!({ "id": id, "messages": messages })).into_response())
}

async fn messages(service: &Service, id: &str) -> Result<Vec<Message>, Problem> {
    let conversation = service.conversation(id).await?;
    let conversation = conversation.ok_or(Error::UnknownConversation)?;
    let messages = conversation.messages.into_iter();
    Ok(messages.map(Message::shown).collect())
}

/// The body of a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    text: String,
    #[serde(default)]
    decision: Option<Decision>,
}

async fn say_first(
    State(app): State<App>,
    form: Form,
    Body(said): Body<Said>,
) -> Result<Response, Problem> {
    let id = app.service.start("").await?;
    answer(app, id, form, said).await
}

async fn say(
    State(app): State<App>,
    Segments(id): Segments<String>,
    form: Form,
    Body(said): Body<Said>,
) -> Result<Response, Problem> {
    answer(app, id, form, said).await
}

async fn answer(app: App, id: String, form: Form, said: Said) -> Result<Response, Problem> {
    let turn = app.service.say(&id, said.text).await?;
    let conversation = header_value(&id)?;
    let turn = events::Running {
        turn,
        service: app.service,
        conversation: id,
        decision: said.decision,
        stopping: app.stopping,
    };
    let mut response = match form {
        Form::Events => turn.stream().into_response(),
        Form::Json => turn.collect().await?.into_response(),
    };
    response.headers_mut().insert(CONVERSATION_ID, conversation);
    Ok(response)
}

fn header_value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|_| {
        let detail = "the store names conversations in a way that no header can hold";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    })
}

/// The body of an answer to `confirmation_needed`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    decision: Decision,
}

async fn decide(
    State(service): State<Service>,
    Segments((id, call_id)): Segments<(String, String)>,
    Body(Decided { decision }): Body<Decided>,
) -> Result<StatusCode, Problem> {
    if service.decide(&id, &call_id, decision) {
        return Ok(StatusCode::NO_CONTENT);
    }
    messages(&service, &id).await?;
    Err(Problem::new(
        StatusCode::CONFLICT,
        "no call of this id waits for a decision in this conversation",
    ))
}

async fn cancel(
    State(service): State<Service>,
    Segments(id): Segments<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    if service.cancel(&id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    messages(&service, &id).await?;
    Err(Problem::new(
        StatusCode::CONFLICT,
        "no turn is running in this conversation",
    ))
}
