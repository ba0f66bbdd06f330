//! The definition of GPTs as one JSON document, for programs such as `cargo gpt export`.
//!
//! A program prints it instead of serving where `GPT_COMMAND` is `definition`:
//!
//! ```sh
//! GPT_COMMAND=definition cargo run | tail -n 1 | jq .gpts[0].name
//! ```
//!
//! ```json
//! {
//!   "version": 1,
//!   "gpts": [{
//!     "name": "Weather Desk",
//!     "slug": "weather-desk",
//!     "description": "Forecasts for any place.",
//!     "instructions": "Call {{getPoint}} first.",
//!     "instructions_for_model": "Call getPoint first.",
//!     "starters": ["Will it rain in Denver tomorrow?"],
//!     "tools": ["web_search"],
//!     "visibility": "everyone",
//!     "privacy_policy": "https://www.weather.gov/privacy",
//!     "category": "lifestyle",
//!     "apis": [{
//!       "name": "weather",
//!       "title": "Weather",
//!       "version": "1.0.0",
//!       "served_here": false,
//!       "servers": [{ "url": "https://api.weather.gov", "variables": {} }],
//!       "security_schemes": [
//!         { "name": "agent", "kind": "api_key", "in": "header", "key": "User-Agent", "variable": "WEATHER_AGENT" }
//!       ],
//!       "schemas": {},
//!       "answer_schemas": {},
//!       "operations": [{
//!         "id": "getPoint",
//!         "tool": { "name": "getPoint", "description": "…", "parameters": {}, "shown": {}, "strict": {}, "example": {} },
//!         "method": "GET",
//!         "path": "/points/{latitude},{longitude}",
//!         "servers": [],
//!         "parameters": [{
//!           "argument": "latitude", "name": "latitude", "in": "path", "required": true,
//!           "style": "simple", "explode": false, "allow_reserved": false, "content": null
//!         }],
//!         "body": null,
//!         "answers": [{ "status": "200", "media_type": "application/json", "stream": null, "schema": {} }],
//!         "failures": [{ "status": "default", "media_type": "application/problem+json", "stream": null, "schema": null }],
//!         "security": [{ "agent": [] }],
//!         "consequential": false,
//!         "asks_once": false,
//!         "time_limit": null,
//!         "deprecated": false
//!       }]
//!     }]
//!   }]
//! }
//! ```
//!
//! Of a tool, `parameters` refers to the `schemas` of its API, and answers to its `answer_schemas`,
//! as `#/$defs/NAME`. `shown` is what models are shown, and `strict` the same for OpenAI's strict
//! mode, `null` where it has no such form; both are whole. An API is `served_here` where its
//! operations are functions of the program, which it publishes at its own address. A body is
//! `{"required", "media_types": [{"name", "files"}], "argument", "properties", "open"}`: `argument`
//! holds all of it, or each of `properties`, `[argument, property]`, is one, and with `open` other
//! arguments are properties too. There is no secret in the document: `variable` names where the
//! program looks for one.
//!
//! What is set for actions in `#[gpt]` is applied. A call that is `consequential` asks each time, one
//! that `asks_once` until the person says "always"; a `time_limit` is in seconds.
//!
//! `version` changes where a reader of an earlier one would be misled.

use serde_json::{Map, Value, json};

use crate::{
    action::{
        Api, Body, BodyArguments, Location, Method, Operation, Parameter, Response, SecurityKind,
        SecurityScheme, Server, Status, Style,
    },
    credential::variable,
    error::Error,
    function,
    gpt::{Category, Definition, Visibility, slug},
    schema,
};

/// The version of the document.
const VERSION: u32 = 1;

/// The document of these definitions.
///
/// # Errors
/// A schema that was written by hand is no JSON.
pub fn document(definitions: &[&Definition]) -> Result<Value, Error> {
    let gpts: Vec<Value> = definitions
        .iter()
        .map(|it| gpt(it))
        .collect::<Result<_, _>>()?;
    Ok(json!({ "version": VERSION, "gpts": gpts }))
}

fn gpt(definition: &Definition) -> Result<Value, Error> {
    let mut apis: Vec<(&'static Api, Vec<&'static Operation>)> = Vec::new();
    for operation in definition.operations() {
        match apis
            .iter_mut()
            .find(|(api, _)| std::ptr::eq(*api, operation.api))
        {
            Some((_, operations)) => operations.push(operation),
            None => apis.push((operation.api, vec![operation])),
        }
    }
    let apis: Vec<Value> = apis
        .into_iter()
        .map(|(api, operations)| {
            if operations.iter().all(|it| function::is_one(it)) {
                of_functions(definition, &operations)
            } else {
                of_api(api, &operations)
            }
        })
        .collect::<Result<_, _>>()?;
    let tools: Vec<_> = definition.tools.iter().map(|it| it.name()).collect();
    Ok(json!({
        "name": definition.name,
        "slug": slug(definition.name),
        "description": definition.description,
        "instructions": definition.instructions,
        "instructions_for_model": definition.instructions_with_tool_names(),
        "starters": definition.starters,
        "tools": tools,
        "visibility": definition.visibility.name(),
        "privacy_policy": definition.privacy_policy,
        "category": definition.category.map(Category::name),
        "apis": apis,
    }))
}

fn of_api(api: &'static Api, operations: &[&'static Operation]) -> Result<Value, Error> {
    let operations: Vec<Value> = operations
        .iter()
        .map(|it| of_operation(it))
        .collect::<Result<_, _>>()?;
    let schemes = api.security_schemes.iter();
    Ok(json!({
        "name": api.name,
        "title": api.title,
        "version": api.version,
        "served_here": false,
        "servers": api.servers.iter().map(server).collect::<Vec<_>>(),
        "security_schemes": schemes.map(|it| scheme(api, it)).collect::<Vec<_>>(),
        "schemas": read(api, "schemas", api.schemas)?,
        "answer_schemas": read(api, "schemas of answers", api.answer_schemas)?,
        "operations": operations,
    }))
}

/// The functions of the program, as it publishes them: called by `POST`, and with a token where not
/// everyone may use the GPT.
fn of_functions(
    definition: &Definition,
    operations: &[&'static Operation],
) -> Result<Value, Error> {
    let mut api = of_api(&function::API, operations)?;
    api["served_here"] = true.into();
    api["title"] = definition.name.into();
    let is_open = definition.visibility == Visibility::Everyone;
    if !is_open {
        api["security_schemes"] = json!([
            { "kind": "bearer", "name": "token", "variable": "GPT_OWNER_TOKEN" }
        ]);
    }
    for operation in api["operations"].as_array_mut().into_iter().flatten() {
        operation["method"] = Method::Post.as_str().into();
        if !is_open {
            operation["security"] = json!([{ "token": [] }]);
        }
    }
    Ok(api)
}

fn of_operation(operation: &'static Operation) -> Result<Value, Error> {
    let (api, tool) = (operation.api, &operation.tool);
    let shown = schema::parameters(operation);
    let strict = schema::strict::render(&shown).ok();
    let of_tool = |what: &str, text| read(api, &format!("{what} of `{}`", operation.id), text);
    let answers = operation.answers.iter();
    let answers = answers.map(|it| response(operation, it));
    let failures = operation.failures.iter();
    let failures = failures.map(|it| response(operation, it));
    Ok(json!({
        "id": operation.id,
        "tool": {
            "name": tool.name,
            "description": tool.description,
            "parameters": of_tool("parameters", tool.parameters)?,
            "shown": shown,
            "strict": strict,
            "example": of_tool("example", tool.example)?,
        },
        "method": operation.method.as_str(),
        "path": operation.path,
        "servers": operation.servers.iter().map(server).collect::<Vec<_>>(),
        "parameters": operation.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "body": operation.body.as_ref().map(body),
        "answers": answers.collect::<Result<Vec<_>, _>>()?,
        "failures": failures.collect::<Result<Vec<_>, _>>()?,
        "security": operation.security.iter().map(|all| {
            let schemes = all.iter().map(|it| (it.scheme.to_owned(), json!(it.scopes)));
            schemes.collect::<Map<_, _>>()
        }).collect::<Vec<_>>(),
        "consequential": operation.consequential,
        "asks_once": operation.asks_once,
        "time_limit": operation.time_limit.map(|it| it.as_secs()),
        "deprecated": operation.deprecated,
    }))
}

fn server(server: &Server) -> Value {
    let variables: Map<String, Value> = server
        .variables
        .iter()
        .map(|(name, default)| ((*name).to_owned(), (*default).into()))
        .collect();
    json!({ "url": server.url, "variables": variables })
}

fn scheme(api: &Api, scheme: &SecurityScheme) -> Value {
    let mut shown = match scheme.kind {
        SecurityKind::ApiKey(location, key) => {
            json!({ "kind": "api_key", "in": place(location), "key": key })
        }
        SecurityKind::Basic => json!({ "kind": "basic" }),
        SecurityKind::Bearer => json!({ "kind": "bearer" }),
        SecurityKind::AuthorizationCode {
            authorization_url,
            token_url,
        } => json!({
            "kind": "oauth",
            "authorization_url": authorization_url,
            "token_url": token_url,
        }),
        SecurityKind::OpenIdConnect(url) => json!({ "kind": "open_id_connect", "url": url }),
        SecurityKind::Http(name) => json!({ "kind": "http", "scheme": name }),
        SecurityKind::MutualTls => json!({ "kind": "mutual_tls" }),
    };
    shown["name"] = scheme.name.into();
    if scheme.kind != SecurityKind::MutualTls {
        shown["variable"] = variable(api, scheme.name).into();
    }
    shown
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "argument": parameter.argument,
        "name": parameter.name,
        "in": place(parameter.location),
        "required": parameter.required,
        "style": style(parameter.style),
        "explode": parameter.explode,
        "allow_reserved": parameter.allow_reserved,
        "content": parameter.content,
    })
}

fn body(body: &Body) -> Value {
    let media_types = body.media_types.iter().map(|it| {
        let has_files = it.encoding.iter().any(|it| it.is_file);
        json!({ "name": it.name, "files": has_files })
    });
    let (argument, properties, open) = match body.arguments {
        BodyArguments::Whole(argument) => (Some(argument), None, false),
        BodyArguments::Properties(properties, open) => (None, Some(properties), open),
    };
    json!({
        "required": body.required,
        "media_types": media_types.collect::<Vec<_>>(),
        "argument": argument,
        "properties": properties,
        "open": open,
    })
}

fn response(operation: &Operation, response: &Response) -> Result<Value, Error> {
    let schema = response.schema.map(|text| {
        let what = format!("schema of an answer of `{}`", operation.id);
        read(operation.api, &what, text)
    });
    let status = match response.status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "default".to_owned(),
    };
    Ok(json!({
        "status": status,
        "media_type": response.media_type,
        "stream": response.stream.map(|it| it.media_type),
        "schema": schema.transpose()?,
    }))
}

fn place(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::QueryString => "querystring",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Simple => "simple",
        Style::Matrix => "matrix",
        Style::Label => "label",
        Style::Form => "form",
        Style::SpaceDelimited => "spaceDelimited",
        Style::PipeDelimited => "pipeDelimited",
        Style::DeepObject => "deepObject",
        Style::Cookie => "cookie",
    }
}

/// JSON of a description: the generator writes it, people may too.
fn read(api: &Api, what: &str, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::Setting {
        name: format!("actions of `{}`", api.name),
        message: format!("the {what} cannot be read: {error}"),
    })
}
