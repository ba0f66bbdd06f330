//! Descriptions as generated code holds them, made while a test runs, and servers to call.
#![allow(dead_code, reason = "each test uses some of it")]

use std::sync::{Arc, Mutex};

use axum::{Router, extract::Request as HttpRequest, middleware::Next};
use gpt_runtime::{
    __private::{
        Api, Body, Location, Method, Operation, Parameter, Requirement, SecurityKind,
        SecurityScheme, Style, Tool,
    },
    request::{Request, RequestError},
};
use serde_json::Value;
use tokio::net::TcpListener;

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
        servers: &[gpt_runtime::action::Server {
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
        answer_schemas: "{}",
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
        asks_once: false,
        time_limit: None,
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

/// A server on loopback that ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) url: String,
    /// What was asked for: method, path with query, and headers, one request after the other.
    pub(crate) seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(router: Router) -> Self {
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&seen);
        let router = router.layer(axum::middleware::from_fn(
            move |request: HttpRequest, next: Next| {
                let mut line = format!("{} {}", request.method(), request.uri());
                for (name, value) in request.headers() {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    line = format!("{line}\n{name}: {value}");
                }
                log.lock().unwrap().push(line);
                next.run(request)
            },
        ));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// An answer of this status, media type and body.
pub(crate) fn answer(
    status: u16,
    media_type: &str,
    body: impl Into<axum::body::Body>,
) -> axum::response::Response {
    axum::response::Response::builder()
        .status(status)
        .header("content-type", media_type)
        .body(body.into())
        .unwrap()
}

/// A body without an end.
pub(crate) fn endless() -> axum::body::Body {
    struct Endless;
    impl futures_core::Stream for Endless {
        type Item = Result<bytes::Bytes, std::convert::Infallible>;
        fn poll_next(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(Some(Ok(vec![b'x'; 64 * 1024].into())))
        }
    }
    axum::body::Body::from_stream(Endless)
}
