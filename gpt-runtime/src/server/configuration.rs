//! What the owner is shown of how the GPT is put together, and calls they try. Never a secret.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    entrance::{Entrance, Owner},
    extract::{Body, Segments},
    guard::writes,
    limits::turns,
    problem::Problem,
};
use crate::{
    access::Caller,
    action::{Api, Operation, SecurityKind, SecurityScheme},
    credential::variable,
    error::Error,
    function, schema,
    service::{Found, Service},
    sign_in::SignInError,
};

pub(super) fn routes(service: Service) -> Router {
    Router::new()
        .route("/api/configuration", get(configuration))
        .route("/api/operations/{tool}/test", writes(turns(post(test))))
        .with_state(service)
}

async fn configuration(
    Owner: Owner,
    caller: Caller,
    Extension(entrance): Extension<Arc<Entrance>>,
    State(service): State<Service>,
) -> Result<Response, Problem> {
    let definition = service.definition();
    let mut apis: Vec<&'static Api> = Vec::new();
    for operation in definition.operations() {
        if !apis.iter().any(|api| std::ptr::eq(*api, operation.api)) {
            apis.push(operation.api);
        }
    }
    let mut sets = Vec::new();
    for api in apis {
        sets.push(action_set(&service, &entrance, &caller, api).await?);
    }
    let built_in: Vec<_> = definition.tools.iter().map(|tool| tool.name()).collect();
    let configuration = json!({
        "name": definition.name,
        "description": definition.description,
        "instructions": definition.instructions,
        "starters": definition.starters,
        "built_in_tools": built_in,
        "visibility": definition.visibility.name(),
        "privacy_policy": definition.privacy_policy,
        "action_sets": sets,
    });
    Ok(Json(configuration).into_response())
}

/// The operations of one API and what they share.
async fn action_set(
    service: &Service,
    entrance: &Entrance,
    caller: &Caller,
    api: &'static Api,
) -> Result<Value, Problem> {
    let operations: Vec<&'static Operation> = service
        .definition()
        .operations()
        .filter(|it| std::ptr::eq(it.api, api))
        .collect();
    let mut schemes = Vec::new();
    for scheme in api.security_schemes {
        // Documents describe more ways than the chosen operations take.
        let mut taken = operations.iter().flat_map(|it| it.security.concat());
        if taken.any(|it| it.scheme == scheme.name) {
            schemes.push(authentication(service, entrance, caller, api, scheme).await?);
        }
    }
    let first = operations.first().copied();
    let is_here = first.is_some_and(function::is_one);
    let server = match first {
        Some(_) if is_here => Some(entrance.address("")),
        Some(it) => address_of(service, it),
        None => None,
    };
    let first = first.filter(|_| !is_here);
    let problem = first.and_then(|it| service.invoker().server(it).err());
    let problem = problem.map(|it| it.to_string());
    let operations: Vec<Value> = operations
        .into_iter()
        .map(|it| {
            let own = address_of(service, it).filter(|_| !is_here);
            shown(
                it,
                own.as_deref().filter(|own| Some(*own) != server.as_deref()),
            )
        })
        .collect();
    Ok(json!({
        "name": api.name,
        "title": api.title,
        "version": api.version,
        "server": server,
        "problem": problem,
        "authentication": schemes,
        "operations": operations,
    }))
}

/// How calls of an API are signed by one of its schemes, and whether they can be.
async fn authentication(
    service: &Service,
    entrance: &Entrance,
    caller: &Caller,
    api: &'static Api,
    scheme: &'static SecurityScheme,
) -> Result<Value, Problem> {
    let kind = match scheme.kind {
        SecurityKind::ApiKey(..) => "api_key",
        SecurityKind::Basic => "basic",
        SecurityKind::Bearer => "bearer",
        SecurityKind::AuthorizationCode { .. } => "oauth",
        SecurityKind::OpenIdConnect(_) => "open_id_connect",
        SecurityKind::Http(_) => "http",
        SecurityKind::MutualTls => "mutual_tls",
    };
    let is_set = service.invoker().has_credential(api, scheme.name);
    let name = variable(api, scheme.name);
    let sign_ins = service.sign_ins();
    let mut shown = json!({ "scheme": scheme.name, "kind": kind });
    let mut add = |members: Value| {
        if let (Value::Object(shown), Value::Object(members)) = (&mut shown, members) {
            shown.extend(members);
        }
    };
    if let Some(provider) = sign_ins.provider(api.name, scheme.name) {
        let person = caller.person.as_deref().unwrap_or_default();
        let is_signed_in = sign_ins.is_signed_in(provider, person).await;
        let is_signed_in = is_signed_in.map_err(|error| match error {
            SignInError::Store(error) => Problem::from(Error::from(error)),
            error => Problem::new(StatusCode::BAD_GATEWAY, error.to_string()),
        })?;
        let state = if is_signed_in {
            "signed_in"
        } else {
            "signed_out"
        };
        let path = entrance.path(&provider.path());
        add(json!({ "state": state, "path": path }));
    } else if scheme.kind == SecurityKind::MutualTls {
        add(json!({ "state": "client_certificate" }));
    } else {
        let state = if is_set { "set" } else { "missing" };
        add(json!({ "state": state, "variable": name }));
        if let SecurityKind::AuthorizationCode { .. } | SecurityKind::OpenIdConnect(_) = scheme.kind
        {
            add(json!({ "client_variable": format!("{name}_CLIENT_ID") }));
        }
    }
    Ok(shown)
}

/// Where an operation is called, without the query: keys stand there now and then.
fn address_of(service: &Service, operation: &'static Operation) -> Option<String> {
    let mut url = service.invoker().server(operation).ok()?;
    url.set_query(None);
    Some(url.to_string())
}

/// An operation, with its server where that is another than the API's.
fn shown(operation: &'static Operation, server: Option<&str>) -> Value {
    // The generator writes it; a hand-made one that is no JSON leaves the form empty.
    let example = serde_json::from_str(operation.tool.example);
    json!({
        "tool": operation.tool.name,
        "method": operation.method.as_str(),
        "path": operation.path,
        "description": operation.tool.description,
        "consequential": operation.consequential,
        "asks_once": operation.asks_once,
        "time_limit": operation.time_limit.map(|it| it.as_secs()),
        "server": server,
        "deprecated": operation.deprecated,
        "parameters": schema::parameters(operation),
        "example": example.unwrap_or_else(|_| Value::Object(Map::new())),
    })
}

/// The body of a call that is tried.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    #[serde(default)]
    arguments: Map<String, Value>,
}

async fn test(
    Owner: Owner,
    caller: Caller,
    State(service): State<Service>,
    Extension(entrance): Extension<Arc<Entrance>>,
    Segments(tool): Segments<String>,
    Body(Trial { arguments }): Body<Trial>,
) -> Result<Response, Problem> {
    let person = caller.person.as_deref().unwrap_or_default();
    let operation = service.operation(&tool).ok_or_else(|| {
        let detail = "no operation has this name: `GET /api/configuration` lists them";
        Problem::new(StatusCode::NOT_FOUND, detail)
    })?;
    let tool = Found::Operation(operation);
    // Why it is not known the call itself says.
    let sign_in = service.sign_in_needed(Some(person), &tool).await;
    let tried = service.call(person, &tool, &arguments, None).await;
    let mut answer = json!({
        "result": tried.output.text,
        "is_error": tried.output.is_error,
        "milliseconds": tried.milliseconds,
    });
    if let Ok(Some(needed)) = sign_in {
        answer["sign_in"] = entrance.path(&needed.path).into();
    }
    Ok(Json(answer).into_response())
}
