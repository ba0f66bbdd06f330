//! The GPT as a model of OpenAI's API, under `/v1`, for programs that talk to such models: its
//! instructions and actions are in place, whatever the program says.
//!
//! Nobody can be asked about a call meanwhile, so what asks is declined unless the request's
//! `metadata` says `{"decision": "allow"}`.

mod chat;
mod input;
mod kept;
mod responses;

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRef, FromRequest, Request, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response, Sse, sse},
    routing::{get, post},
};
use futures_core::Stream;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    events::{Events, Running},
    extract::{self, Segments},
    guard::writes,
    limits::turns,
    problem::{Detail, Problem},
    shutdown::Stopping,
};
use crate::{
    access::Caller,
    conversation::{Decision, Turn},
    service::{Said, Service},
};
use input::Talk;

/// The most bytes of a request: a whole conversation with its images.
const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// How long a request may take to come.
const BODY_TIME: Duration = Duration::from_secs(60);

/// What handlers share.
#[derive(Clone)]
struct App {
    service: Service,
    /// The name of the GPT as a model.
    model: Arc<str>,
    /// When the server started, which is as old as the model is.
    created: u64,
    stopping: Stopping,
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Self {
        app.service.clone()
    }
}

/// The routes; `model` is what the GPT is called.
pub(super) fn routes(service: Service, model: &str, stopping: Stopping) -> Router {
    let app = App {
        service,
        model: model.into(),
        created: now(),
        stopping,
    };
    let answers = |handler| writes(turns(handler)).layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new()
        .route("/v1/models", get(models))
        .route("/v1/models/{model}", get(model_named))
        .route("/v1/chat/completions", answers(post(chat::complete)))
        .route("/v1/responses", answers(post(responses::create)))
        .with_state(app)
}

/// Spells what is refused before a request comes here, or on the way, as OpenAI does.
pub(super) fn spelled(router: Router) -> Router {
    router.layer(middleware::map_response(async |mut response: Response| {
        let Some(Detail(detail)) = response.extensions_mut().remove() else {
            return response;
        };
        let status = response.status();
        let code = match status {
            StatusCode::UNAUTHORIZED => Some("invalid_api_key"),
            StatusCode::TOO_MANY_REQUESTS => Some("rate_limit_exceeded"),
            _ => None,
        };
        let refusal = Refusal {
            code,
            ..Refusal::new(status, detail)
        };
        let (mut parts, _) = response.into_parts();
        let (spelled, body) = refusal.into_response().into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.extend(spelled.headers);
        Response::from_parts(parts, body)
    }))
}

fn now() -> u64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.unwrap_or_default().as_secs()
}

async fn models(State(app): State<App>) -> Json<Value> {
    Json(json!({ "object": "list", "data": [app.about()] }))
}

async fn model_named(
    State(app): State<App>,
    Segments(model): Segments<String>,
) -> Result<Json<Value>, Refusal> {
    app.check_model(&model)?;
    Ok(Json(app.about()))
}

impl App {
    fn about(&self) -> Value {
        json!({
            "id": *self.model,
            "object": "model",
            "created": self.created,
            "owned_by": self.service.definition().name,
        })
    }

    fn check_model(&self, named: &str) -> Result<(), Refusal> {
        if named == &*self.model {
            return Ok(());
        }
        let message = format!("there is no model `{named}` here: ask for `{}`", self.model);
        Err(Refusal {
            code: Some("model_not_found"),
            parameter: Some("model"),
            ..Refusal::new(StatusCode::NOT_FOUND, message)
        })
    }

    /// Begins a conversation that goes on from what was said, and answers the last message.
    async fn begin(&self, caller: &Caller, talk: Talk) -> Result<(String, Turn), Refusal> {
        let service = &self.service;
        let id = service
            .start_with(caller.person.as_deref(), talk.before)
            .await?;
        let turn = self.say(caller, &id, talk.last).await;
        if turn.is_err() {
            // Nobody knows its id.
            service.forget(&caller.person_in(&id), &id).await?;
        }
        Ok((id, turn?))
    }

    /// Says something in a conversation, with the files that came with it.
    async fn say(
        &self,
        caller: &Caller,
        conversation: &str,
        said: input::Said,
    ) -> Result<Turn, Refusal> {
        let person = caller.person_in(conversation);
        let mut files = Vec::new();
        for file in said.files {
            let kept = self.service.add_file(
                &person,
                conversation,
                &file.name,
                &file.media_type,
                file.content,
            );
            files.push(kept.await?.id);
        }
        let said = Said {
            text: said.text,
            files,
        };
        Ok(self.service.say(&person, conversation, said).await?)
    }

    /// The events of a turn, in which nobody is asked.
    fn events(&self, turn: Turn, conversation: &str, decision: Decision) -> Events {
        let running = Running {
            turn,
            conversation: conversation.to_owned(),
            base: "".into(),
            decision: Some(decision),
            stopping: self.stopping.clone(),
        };
        Events::new(running, true)
    }
}

/// What a request says beside what it is about.
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    decision: Option<Decision>,
}

impl Metadata {
    fn decision(metadata: Option<&Self>) -> Decision {
        let decision = metadata.and_then(|it| it.decision);
        decision.unwrap_or(Decision::Decline)
    }
}

/// A JSON body whose mistakes are spelled as OpenAI does.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = extract::bytes(request, BODY_TIME, BODY_LIMIT).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Refusal::invalid(format!("the body is not as it should be: {error}")))
    }
}

/// Why a request was not answered, in OpenAI's spelling.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    message: String,
    code: Option<&'static str>,
    parameter: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            code: None,
            parameter: None,
        }
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// What the GPT does itself, so that a program cannot.
    fn unsupported(parameter: &'static str, reason: &str) -> Self {
        Self {
            parameter: Some(parameter),
            ..Self::invalid(format!("`{parameter}` is not supported: {reason}"))
        }
    }

    fn body(&self) -> Value {
        let kind = match self.status.as_u16() {
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        json!({ "error": {
            "message": self.message,
            "type": kind,
            "param": self.parameter,
            "code": self.code,
        } })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::new(problem.status(), problem.detail())
    }
}

impl From<crate::error::Error> for Refusal {
    fn from(error: crate::error::Error) -> Self {
        Problem::from(error).into()
    }
}

/// Events of OpenAI's spelling as an answer.
fn stream(
    events: impl Stream<Item = Result<sse::Event, axum::Error>> + Send + 'static,
) -> Response {
    /// Proxies close connections that are silent for a minute; models think longer.
    const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
    let sse = Sse::new(events).keep_alive(sse::KeepAlive::new().interval(SIGN_OF_LIFE));
    // The header keeps nginx from holding events back.
    ([("x-accel-buffering", "no")], sse).into_response()
}

/// A conversation that ends with its answer. Dropping it forgets the conversation.
struct Passing {
    service: Service,
    person: String,
    conversation: String,
}

impl Drop for Passing {
    fn drop(&mut self) {
        let service = self.service.clone();
        let (person, id) = (
            std::mem::take(&mut self.person),
            std::mem::take(&mut self.conversation),
        );
        tokio::spawn(async move {
            if let Err(error) = service.forget(&person, &id).await {
                tracing::warn!(error = ?error, "a conversation that is over cannot be forgotten");
            }
        });
    }
}
