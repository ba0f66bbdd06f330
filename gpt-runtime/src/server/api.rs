//! The routes under `/api`.

use std::{sync::Arc, time::UNIX_EPOCH};

use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    access::Caller,
    action::Operation,
    conversation::{Decision, Turn},
    error::Error,
    gpt::Category,
    message::Message,
    schema,
    service::{Said, Service},
    store::Summary,
};

use super::{
    entrance::Entrance,
    events,
    extract::{Body, Form, Nothing, Segments},
    guard::writes,
    limits::{counted, turns},
    problem::Problem,
    shutdown::Stopping,
};

const OPENAPI: &str = include_str!("openapi.json");
const CONVERSATION_ID: HeaderName = HeaderName::from_static("conversation-id");

/// How many conversations are listed.
const LISTED: usize = 100;
/// How many characters of what was said first are a conversation's title.
const TITLE: usize = 100;

/// What handlers share.
#[derive(Clone)]
struct App {
    service: Service,
    about: Arc<Value>,
    stopping: Stopping,
    /// What the paths of the GPT begin with.
    base: Arc<str>,
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Self {
        app.service.clone()
    }
}

pub(super) fn routes(service: Service, entrance: &Entrance, stopping: Stopping) -> Router {
    let app = App {
        about: Arc::new(about(&service)),
        service,
        stopping,
        base: entrance.path("").into(),
    };
    Router::new()
        .route("/api/openapi.json", get(openapi))
        .route(
            "/api/gpt",
            get(async |State(app): State<App>, caller: Caller| {
                let mut about = app.about.as_ref().clone();
                about["is_owner"] = Value::Bool(caller.is_owner);
                Json(about)
            }),
        )
        .route("/api/messages", writes(turns(post(say_first))))
        .route(
            "/api/conversations",
            get(list).merge(writes(counted(post(start)))),
        )
        .route(
            "/api/conversations/{id}",
            get(read).merge(writes(delete(forget))),
        )
        .route("/api/consents", get(consents))
        .route("/api/consents/{tool}", writes(delete(withdraw)))
        .route("/api/conversations/{id}/messages", writes(turns(post(say))))
        .route("/api/conversations/{id}/retry", writes(turns(post(retry))))
        .route(
            "/api/conversations/{id}/calls/{call_id}",
            writes(post(decide)),
        )
        .route("/api/conversations/{id}/cancel", writes(post(cancel)))
        .fallback(nothing)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app)
}

/// The answer where there is nothing.
pub(super) async fn nothing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this path")
}

/// The answer to another method than a path has.
pub(super) async fn no_such_method() -> Problem {
    let detail = "this path has other methods: the header `Allow` names them";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
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
        "category": definition.category.map(Category::name),
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

async fn start(
    State(app): State<App>,
    caller: Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, Problem> {
    let id = app.service.start(caller.person.as_deref()).await?;
    let mut response = (StatusCode::CREATED, Json(json!({ "id": id }))).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::LOCATION,
        header_value(&format!("{}/api/conversations/{id}", app.base))?,
    );
    Ok(response)
}

/// The conversations of the caller, who has none without a session.
async fn list(State(service): State<Service>, caller: Caller) -> Result<Response, Problem> {
    let found = match &caller.person {
        Some(person) => service.conversations(person, LISTED).await?,
        None => Vec::new(),
    };
    let conversations: Vec<Value> = found.iter().map(summary).collect();
    Ok(Json(json!({ "conversations": conversations })).into_response())
}

fn summary(summary: &Summary) -> Value {
    let title: String = match &summary.first {
        Message::User { text, files, .. } if text.trim().is_empty() => {
            let first = files.first().map(|file| file.name.clone());
            first.unwrap_or_default()
        }
        Message::User { text, .. } => text.chars().take(TITLE).collect(),
        _ => String::new(),
    };
    let changed = summary.changed.duration_since(UNIX_EPOCH);
    json!({
        "id": summary.id,
        "title": title,
        "changed": changed.unwrap_or_default().as_secs(),
    })
}

async fn read(
    State(service): State<Service>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let messages = messages(&service, &caller, &id).await?;
    Ok(Json(json!({ "id": id, "messages": messages })).into_response())
}

async fn messages(service: &Service, caller: &Caller, id: &str) -> Result<Vec<Message>, Problem> {
    let messages = service.messages(&caller.person_in(id), id).await?;
    let messages = messages.ok_or(Error::UnknownConversation)?;
    Ok(messages.into_iter().map(Message::shown).collect())
}

async fn forget(
    State(service): State<Service>,
    caller: Caller,
    Segments(id): Segments<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    if service.delete(&caller.person_in(&id), &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::UnknownConversation.into())
}

/// The tools of which the caller has said "always".
async fn consents(State(service): State<Service>, caller: Caller) -> Result<Response, Problem> {
    let tools = match &caller.person {
        Some(person) => service.consents(person).await?,
        None => Vec::new(),
    };
    Ok(Json(json!({ "tools": tools })).into_response())
}

async fn withdraw(
    State(service): State<Service>,
    caller: Caller,
    Segments(tool): Segments<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    if let Some(person) = &caller.person
        && service.withdraw(person, &tool).await?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "you have not said \"always\" of this tool";
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}

/// The body of a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    text: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    decision: Option<Decision>,
}

async fn say_first(
    State(app): State<App>,
    caller: Caller,
    form: Form,
    Body(message): Body<NewMessage>,
) -> Result<Response, Problem> {
    let id = app.service.start(caller.person.as_deref()).await?;
    answer(app, &caller, id, form, message).await
}

async fn say(
    State(app): State<App>,
    caller: Caller,
    Segments(id): Segments<String>,
    form: Form,
    Body(message): Body<NewMessage>,
) -> Result<Response, Problem> {
    answer(app, &caller, id, form, message).await
}

async fn answer(
    app: App,
    caller: &Caller,
    id: String,
    form: Form,
    message: NewMessage,
) -> Result<Response, Problem> {
    let person = caller.person_in(&id);
    let said = Said {
        text: message.text,
        files: message.files,
    };
    let turn = app.service.say(&person, &id, said).await?;
    run(app, turn, id, form, message.decision).await
}

/// The body of a request to answer again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    #[serde(default)]
    decision: Option<Decision>,
}

async fn retry(
    State(app): State<App>,
    caller: Caller,
    Segments(id): Segments<String>,
    form: Form,
    Body(Again { decision }): Body<Again>,
) -> Result<Response, Problem> {
    let turn = app.service.retry(&caller.person_in(&id), &id).await?;
    run(app, turn, id, form, decision).await
}

/// Answers with a turn.
async fn run(
    app: App,
    turn: Turn,
    id: String,
    form: Form,
    decision: Option<Decision>,
) -> Result<Response, Problem> {
    let conversation = header_value(&id)?;
    let turn = events::Running {
        turn,
        conversation: id,
        base: app.base,
        decision,
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
    caller: Caller,
    Segments((id, call_id)): Segments<(String, String)>,
    Body(Decided { decision }): Body<Decided>,
) -> Result<StatusCode, Problem> {
    let person = caller.person_in(&id);
    if service.decide(&person, &id, &call_id, decision).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    messages(&service, &caller, &id).await?;
    Err(Problem::new(
        StatusCode::CONFLICT,
        "no call of this id waits for a decision in this conversation",
    ))
}

async fn cancel(
    State(service): State<Service>,
    caller: Caller,
    Segments(id): Segments<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    if service.cancel(&caller.person_in(&id), &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    messages(&service, &caller, &id).await?;
    Err(Problem::new(
        StatusCode::CONFLICT,
        "no turn is running in this conversation",
    ))
}
