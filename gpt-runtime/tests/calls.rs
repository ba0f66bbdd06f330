//! Typed calls against a server, and how they fail.

mod support;

use std::{
    collections::HashSet,
    error::Error,
    fmt::{Debug, Display},
    time::Duration,
};

use axum::{
    Router,
    extract::Path,
    routing::{get, put},
};
use gpt_runtime::{
    __private as rt,
    credential::Credential,
    invoke::{CallError, Client, Retry},
    request::RequestError,
};
use support::{Server, answer, endless};
use zoo::{Animal, GetAnimal, GetAnimalAnswer, GetAnimalFailure, GetPicture, PutAnimal};

const SECRET: &str = "s3cr3t/with+signs";

/// As `gpt-codegen` writes it.
mod zoo {
    use super::rt::{self, prelude::*};

    pub(super) static API: rt::Api = rt::Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[rt::Server {
            url: "https://zoo.example",
            variables: &[],
        }],
        security_schemes: &[
            rt::SecurityScheme {
                name: "key",
                kind: rt::SecurityKind::ApiKey(rt::Location::Query, "key"),
            },
            rt::SecurityScheme {
                name: "token",
                kind: rt::SecurityKind::Bearer,
            },
            rt::SecurityScheme {
                name: "login",
                kind: rt::SecurityKind::Basic,
            },
        ],
        schemas: r#"{ "Kind": { "type": "string", "enum": ["cat", "dog"] } }"#,
        answer_schemas: "{}",
    };

    pub(super) static OTHER: rt::Api = rt::Api {
        name: "other",
        title: "Other",
        version: "1",
        servers: &[],
        security_schemes: &[],
        schemas: "{}",
        answer_schemas: "{}",
    };

    const SECURITY: &[&[rt::Requirement]] = &[&[
        rt::Requirement {
            scheme: "key",
            scopes: &[],
        },
        rt::Requirement {
            scheme: "token",
            scopes: &[],
        },
    ]];

    const ID: rt::Parameter = rt::Parameter {
        argument: "id",
        name: "id",
        location: rt::Location::Path,
        style: rt::Style::Simple,
        explode: false,
        allow_reserved: false,
        required: true,
        content: None,
    };

    const fn json(status: rt::Status, variant: usize) -> rt::Response {
        rt::Response::new(status, Some("application/json")).variant(variant)
    }

    const OPERATION: rt::Operation = rt::Operation {
        api: &API,
        id: "getAnimal",
        tool: rt::Tool {
            name: "getAnimal",
            description: "",
            parameters: r##"{
                "type": "object",
                "properties": {
                    "id": { "type": "string", "minLength": 1, "maxLength": 8 },
                    "kinds": { "type": "array", "items": { "$ref": "#/$defs/Kind" } }
                },
                "required": ["id"],
                "additionalProperties": false
            }"##,
            example: "{}",
        },
        method: rt::Method::Get,
        path: "/animals/{id}",
        servers: &[],
        parameters: &[
            ID,
            rt::Parameter {
                argument: "kinds",
                name: "kind",
                location: rt::Location::Query,
                style: rt::Style::Form,
                explode: true,
                required: false,
                ..ID
            },
        ],
        body: None,
        answers: &[
            json(rt::Status::Code(200), 0),
            rt::Response::new(rt::Status::Code(202), None).variant(1),
        ],
        failures: &[
            json(rt::Status::Code(404), 0),
            json(rt::Status::Range(4), 1),
            rt::Response::new(rt::Status::Default, Some("text/plain")).variant(2),
        ],
        security: SECURITY,
        consequential: false,
        asks_once: false,
        time_limit: None,
        deprecated: false,
    };

    /// A struct and its table.
    macro_rules! record {
        ($name:ident $table:literal { $($field:ident: $ty:ty;)* }) => {
            pub(super) struct $name {
                $(pub(super) $field: $ty,)*
            }
            impl rt::Data for $name {
                const TABLE: &'static str = $table;
                fn from_parts(parts: rt::Parts<'_>) -> Self {
                    Self { $($field: parts.next(),)* }
                }
                fn slots(&self, to: rt::Slots<'_>) {
                    to.all(&[$(&self.$field),*]);
                }
            }
            rt::data!($name);
        };
    }

    /// An enum by status and its table.
    macro_rules! by_status {
        ($name:ident $table:literal { $($variant:ident($ty:ty) = $index:literal,)* }) => {
            pub(super) enum $name {
                $($variant($ty),)*
            }
            impl rt::Data for $name {
                const TABLE: &'static str = $table;
                fn from_parts(parts: rt::Parts<'_>) -> Self {
                    match parts.variant() {
                        $($index => Self::$variant(parts.next()),)*
                        _ => unreachable!(),
                    }
                }
                fn payload(&self) -> (usize, &dyn rt::Slot) {
                    match self {
                        $(Self::$variant(payload) => ($index, payload),)*
                    }
                }
            }
            rt::data!($name);
        };
    }

    record!(GetAnimal "{9!GetAnimal 2:id 5?kinds" { id: String; kinds: Option<Vec<String>>; });
    record!(Animal "{6.Animal 4:name 4:legs" { name: String; legs: i64; });
    record!(Problem "{7.Problem 5:title" { title: String; });
    record!(PutAnimal "{9!PutAnimal 2:id 4:body" { id: String; body: NewAnimal; });
    record!(NewAnimal "{9!NewAnimal 2:id 4?born" { id: String; born: Option<rt::Date>; });
    record!(GetPicture "{10!GetPicture 2:id" { id: String; });
    by_status!(GetAnimalAnswer "|15#GetAnimalAnswer 2:Ok 8:Accepted" { Ok(Animal) = 0, Accepted(()) = 1, });
    by_status!(GetAnimalFailure "|16#GetAnimalFailure 8:NotFound 6:Client 7:Default" { NotFound(Problem) = 0, Client(rt::Value) = 1, Default(String) = 2, });

    impl rt::Action for GetAnimal {
        const OPERATION: &'static rt::Described = &rt::Described::of(&OPERATION);
        type Answer = GetAnimalAnswer;
        type Failure = GetAnimalFailure;
    }

    impl rt::Action for PutAnimal {
        const OPERATION: &'static rt::Described = &rt::Described::of(&rt::Operation {
            id: "putAnimal",
            tool: rt::Tool {
                name: "putAnimal",
                parameters: r#"{
                    "type": "object",
                    "properties": {
                        "id": { "type": "string" },
                        "body_id": { "type": "string", "maxLength": 3 },
                        "born": { "type": "string", "format": "date" }
                    },
                    "required": ["id", "body_id"]
                }"#,
                ..OPERATION.tool
            },
            method: rt::Method::Put,
            body: Some(rt::Body {
                required: true,
                media_types: &[rt::MediaType::new("application/json")],
                by_media_type: false,
                arguments: rt::BodyArguments::Properties(
                    &[("body_id", "id"), ("born", "born")],
                    false,
                ),
            }),
            answers: &[json(rt::Status::Code(200), 0)],
            failures: &[],
            security: &[],
            ..OPERATION
        });
        type Answer = rt::Value;
        type Failure = ();
    }

    impl rt::Action for GetPicture {
        const OPERATION: &'static rt::Described = &rt::Described::of(&rt::Operation {
            id: "getPicture",
            path: "/pictures/{id}",
            answers: &[rt::Response::new(rt::Status::Range(2), Some("image/png"))],
            security: &[],
            ..OPERATION
        });
        type Answer = Option<rt::Base64>;
        type Failure = GetAnimalFailure;
    }
}

fn get_animal(id: &str) -> GetAnimal {
    GetAnimal {
        id: id.to_owned(),
        kinds: None,
    }
}

/// A server that answers `GET /animals/STATUS` with that status and body.
async fn server(bodies: &'static [(u16, &str, &str)]) -> Server {
    let animals = async |Path(id): Path<String>| {
        let found = bodies.iter().find(|(status, ..)| id == status.to_string());
        let (status, media_type, body) = found.unwrap();
        answer(*status, media_type, *body)
    };
    Server::start(Router::new().route("/animals/{id}", get(animals))).await
}

fn client(server: &Server) -> Client {
    Client::new(&zoo::API)
        .base_url(&server.url)
        .and_then(|it| it.credential("key", Credential::api_key(SECRET)))
        .and_then(|it| it.credential("token", Credential::bearer(SECRET)))
        .unwrap()
        .retry(Retry::never())
}

#[tokio::test]
async fn answers_by_status() {
    let server = server(&[
        (
            200,
            "application/json",
            "\u{feff}{\"name\":\"Ada\",\"legs\":4}",
        ),
        (202, "text/plain", "whatever"),
        (201, "application/json", "{}"),
    ])
    .await;
    let client = client(&server);
    let GetAnimalAnswer::Ok(Animal { name, legs }) = client.call(get_animal("200")).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((name.as_str(), legs), ("Ada", 4));
    let reply = client.call(get_animal("202")).reply().await.unwrap();
    assert_eq!(reply.status, 202);
    assert_eq!(reply.headers["content-type"], "text/plain");
    assert!(matches!(reply.body, GetAnimalAnswer::Accepted(())));
    let error = client.call(get_animal("201")).await.unwrap_err();
    let text = "`getAnimal`: the answer with status 201 is not what the description says: the \
                description has no such status";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn failures_by_status() {
    let server = server(&[
        (
            404,
            "application/problem+json",
            r#"{"title":"no such animal"}"#,
        ),
        (400, "application/json", "[1]"),
        (503, "text/html", "down"),
        (410, "text/html", "<html>"),
    ])
    .await;
    let client = client(&server);
    let error = client.call(get_animal("404")).await.unwrap_err();
    let Some(GetAnimalFailure::NotFound(problem)) = error.failure() else {
        panic!("{error:?}")
    };
    assert_eq!(problem.title, "no such animal");
    assert_eq!(error.status(), Some(404));
    let error = client.call(get_animal("400")).await.unwrap_err();
    assert!(matches!(error.failure(), Some(GetAnimalFailure::Client(value)) if value[0] == 1));
    let error = client.call(get_animal("503")).await.unwrap_err();
    assert!(matches!(error.failure(), Some(GetAnimalFailure::Default(text)) if text == "down"));
    // A body that is not as described is kept as text.
    let error = client.call(get_animal("410")).await.unwrap_err();
    assert!(error.failure().is_none());
    let text = "`getAnimal`: the server answered with status 410: <html>";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn answers_that_are_not_as_described() {
    let server = server(&[(200, "application/json", r#"{"name":"Ada","legs":"four"}"#)]).await;
    let error = client(&server).call(get_animal("200")).await.unwrap_err();
    assert!(
        error.to_string().starts_with(
            "`getAnimal`: the answer with status 200 is not what the description says at `legs`: "
        ),
        "{error}"
    );
    for (media_type, body, expected) in [
        (
            "text/html",
            "<html>",
            "the server sent text/html instead of JSON",
        ),
        ("application/json", "", "the body is empty"),
        (
            "application/json",
            "{",
            "EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let route = get(async move || answer(200, media_type, body));
        let server = Server::start(Router::new().route("/animals/{id}", route)).await;
        let error = client(&server).call(get_animal("1")).await.unwrap_err();
        let CallError::Decode(answer) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(answer.message, expected);
        assert_eq!(error.status(), Some(200));
    }
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let picture = async |Path(id): Path<String>| match id.as_str() {
        "none" => answer(204, "image/png", ""),
        _ => answer(200, "image/png", vec![0_u8, 159, 146]),
    };
    let server = Server::start(Router::new().route("/pictures/{id}", get(picture))).await;
    let call = |id: &str| client(&server).call(GetPicture { id: id.to_owned() });
    let picture = call("one").await.unwrap();
    assert_eq!(picture.unwrap().0, [0, 159, 146]);
    assert!(call("none").await.unwrap().is_none());
}

#[tokio::test]
async fn a_body_beside_parameters_of_the_same_name() {
    let echo = async |body: axum::body::Bytes| answer(200, "application/json", body);
    let server = Server::start(Router::new().route("/animals/{id}", put(echo))).await;
    let put = |id: &str| PutAnimal {
        id: "in path".to_owned(),
        body: zoo::NewAnimal {
            id: id.to_owned(),
            born: rt::Date::from_calendar_date(2024, time::Month::February, 29).ok(),
        },
    };
    let call = client(&server).call(put("b"));
    let request = call.request().unwrap();
    assert_eq!(request.url.path(), "/animals/in%20path");
    let echoed = call.await.unwrap();
    assert_eq!(echoed.to_string(), r#"{"id":"b","born":"2024-02-29"}"#);
    let error = client(&server).call(put("long")).await.unwrap_err();
    let text = "`putAnimal`: the arguments are not as described\n\
                - `body_id`: has 4 characters; it must have at most 3";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_request_can_be_seen_before_it_is_sent() {
    let client = Client::new(&zoo::API).header("X-Trace", "t").unwrap();
    let call = client.call(GetAnimal {
        id: "a/b".to_owned(),
        kinds: Some(vec!["cat".to_owned(), "cow".to_owned()]),
    });
    let request = call.request().unwrap();
    // `cow` was written on purpose: a typed call may know more than the document.
    assert_eq!(
        request.url.as_str(),
        "https://zoo.example/animals/a%2Fb?kind=cat&kind=cow"
    );
    assert_eq!(
        request.headers["accept"],
        "application/json, text/plain, */*;q=0.1"
    );
    let error = client
        .call(get_animal("too long an id"))
        .request()
        .unwrap_err();
    assert!(matches!(error, RequestError::Arguments(violations) if violations.len() == 1));
    let error = Client::new(&zoo::OTHER)
        .call(get_animal("1"))
        .request()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`getAnimal` is an operation of zoo, not of other"
    );
    let error = client.header("X-Trace", "a\nb").unwrap_err();
    assert!(error.to_string().contains("cannot hold"), "{error}");
}

#[tokio::test]
async fn limits_of_time_and_size() {
    let router = Router::new()
        .route(
            "/animals/never",
            get(async || std::future::pending::<&str>().await),
        )
        .route(
            "/animals/endless",
            get(async || answer(200, "application/json", endless())),
        )
        .route(
            "/animals/failing",
            get(async || answer(500, "text/plain", endless())),
        );
    let server = Server::start(router).await;
    let client = client(&server).answer_limit(1000);
    let call = client
        .call(get_animal("never"))
        .time_limit(Duration::from_millis(50));
    let error = call.await.unwrap_err();
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error:?}");
    let error = client.call(get_animal("endless")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`getAnimal`: the answer has more than 1000 bytes"
    );
    let error = client.call(get_animal("failing")).await.unwrap_err();
    let CallError::Status(failed) = error else {
        panic!("{error:?}")
    };
    assert_eq!((failed.status, failed.failure.is_none()), (500, true));
    assert!(
        failed
            .text
            .ends_with("[shortened: 1000 of more than 1000 characters]")
    );
}

/// All that can be read of an error.
fn printed<E: Error + Debug + Display + 'static>(error: &E) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}\n{cause}\n{cause:?}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn no_error_holds_a_secret() {
    let echo = async |request: axum::extract::Request| {
        let text = format!("{:?} {}", request.headers(), request.uri());
        let json = serde_json::json!({ "title": text }).to_string();
        answer(404, "application/json", json)
    };
    let quoting = r#"{"name":"Ada","legs":"s3cr3t/with+signs"}"#;
    let router = Router::new()
        .route("/animals/echo", get(echo))
        .route(
            "/animals/never",
            get(async || std::future::pending::<&str>().await),
        )
        .route(
            "/animals/endless",
            get(async || answer(200, "application/json", endless())),
        )
        .route(
            "/animals/quoting",
            get(async move || answer(200, "application/json", quoting)),
        );
    let server = Server::start(router).await;
    let base = client(&server)
        .answer_limit(1000)
        .credential("login", Credential::basic("user", SECRET))
        .unwrap();
    let gone = base.clone().base_url("http://127.0.0.1:1/").unwrap();
    let half = Client::new(&zoo::API)
        .credential("key", Credential::api_key(SECRET))
        .unwrap();
    let mut variants = HashSet::new();
    let hasty = base.clone().time_limit(Duration::from_millis(50));
    for (client, id) in [
        (&base, "echo"),
        (&hasty, "never"),
        (&base, "endless"),
        (&base, "quoting"),
        (&base, "too long an id"),
        (&gone, "1"),
        (&half, "1"),
    ] {
        let call = client.call(get_animal(id));
        let mut text = format!("{call:?}\n{client:?}\n{:?}\n", call.request());
        let error = call.await.unwrap_err();
        text += &printed(&error);
        for spelling in ["s3cr3t", "czNjcjN0", "dXNlcjpzM2NyM3Q"] {
            assert!(!text.contains(spelling), "{text}");
        }
        variants.insert(std::mem::discriminant(&error));
        if id == "echo" {
            // The server did see them.
            let request = server.requests().pop().unwrap();
            assert!(request.contains("key=s3cr3t%2Fwith%2Bsigns"), "{request}");
            assert!(text.contains("[redacted]"), "{text}");
        }
    }
    assert_eq!(variants.len(), 6, "every kind of error was there");
}
