//! Descriptions as generated code holds them, made while a test runs.
#![allow(dead_code, reason = "each test uses some of it")]

use gpt_runtime::{
    __private::{
        Api, Body, Location, Method, Operation, Parameter, Requirement, SecurityKind,
        SecurityScheme, Server, Style, Tool,
    },
    request::{Request, RequestError},
};
use serde_json::Value;

pub(crate) fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

pub(crate) fn leak_text(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}

/// An API with one scheme of each kind.
pub(crate) fn api(schemas: &str) -> &'static Api {
    leak(Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[Server {
            url: "https://zoo.example/{base}/",
            variables: &[("base", "v1")],
        }],
        security_schemes: &[
            SecurityScheme {
                name: "header",
                kind: SecurityKind::ApiKey(Location::Header, "X-Api-Key"),
            },
            SecurityScheme {
                name: "query",
                kind: SecurityKind::ApiKey(Location::Query, "key"),
            },
            SecurityScheme {
                name: "cookie",
                kind: SecurityKind::ApiKey(Location::Cookie, "session"),
            },
            SecurityScheme {
                name: "bearerAuth",
                kind: SecurityKind::Bearer,
            },
            SecurityScheme {
                name: "basic",
                kind: SecurityKind::Basic,
            },
        ],
        schemas: leak_text(schemas),
    })
}

/// `GET /` without anything.
pub(crate) fn operation(api: &'static Api) -> Operation {
    Operation {
        api,
        id: "callIt",
        tool: Tool {
            name: "callIt",
            description: "",
            parameters: r#"{"type":"object","properties":{}}"#,
            example: "{}",
        },
        method: Method::Get,
        path: "/",
        servers: &[],
        parameters: &[],
        body: None,
        answers: &[],
        failures: &[],
        security: &[],
        consequential: false,
        deprecated: false,
    }
}

pub(crate) fn parameter(name: &'static str, location: Location, style: Style) -> Parameter {
    Parameter {
        argument: name,
        name,
        location,
        style,
        explode: false,
        allow_reserved: false,
        required: false,
        content: None,
    }
}

/// An operation with these parameters and this body, on a path that names all path parameters.
pub(crate) fn described(
    path: &'static str,
    parameters: Vec<Parameter>,
    body: Option<Body>,
    schema: &Value,
) -> &'static Operation {
    let mut operation = operation(api("{}"));
    operation.path = path;
    operation.parameters = parameters.leak();
    operation.body = body;
    operation.tool.parameters = leak_text(schema.to_string());
    leak(operation)
}

/// The security of an operation that needs these schemes together.
pub(crate) fn needs(schemes: &[&'static str]) -> &'static [&'static [Requirement]] {
    let combination: Vec<Requirement> = schemes
        .iter()
        .map(|scheme| Requirement {
            scheme,
            scopes: &[],
        })
        .collect();
    vec![&*combination.leak()].leak()
}

pub(crate) fn request(
    operation: &'static Operation,
    arguments: &Value,
) -> Result<Request, RequestError> {
    Request::from_arguments(operation, None, arguments)
}
