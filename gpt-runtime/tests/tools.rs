//! What a model is shown of a call.

mod support;

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    response::Response,
    routing::{get, post},
};
use gpt_runtime::{
    __private::{Body, BodyArguments, Location, MediaType, Method, Operation, Style},
    credential::Credential,
    invoke::{Invoker, ToolOutput},
};
use serde_json::{Value, json};
use support::{Server, answer, api, endless, leak, leak_text, needs, operation, parameter};

const JSON: &[MediaType] = &[MediaType::new("application/json")];
const SECRET: &str = "s3cr3t/with+signs";

/// Calls `GET /` with no arguments.
async fn call(server: &Server, change: impl FnOnce(&mut Operation, &mut Invoker)) -> ToolOutput {
    let mut operation = operation(api("{}"));
    let mut invoker = Invoker::default();
    invoker.set_base_url(operation.api, &server.url).unwrap();
    change(&mut operation, &mut invoker);
    invoker.invoke(leak(operation), &json!({})).await
}

/// What a model sees of one answer to `GET /`.
async fn shown(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> ToolOutput {
    let server = Server::start(Router::new().route("/", get(async move || answer()))).await;
    call(&server, |_, _| {}).await
}

#[track_caller]
fn assert_shown(output: &ToolOutput, is_error: bool, text: &str) {
    assert_eq!(output.text, text);
    assert_eq!(output.is_error, is_error);
}

#[tokio::test]
async fn success_is_shown_as_it_is() {
    let output = shown(|| answer(200, "application/geo+json", "{\n \"a\": 1.50 }")).await;
    assert_shown(&output, false, "{\n \"a\": 1.50 }");
    let output = shown(|| answer(204, "text/plain", "")).await;
    let text = "The call succeeded with status 204 No Content and an empty answer.";
    assert_shown(&output, false, text);
    let output = shown(|| {
        answer(
            200,
            "text/plain; charset=\"ISO-8859-1\"",
            "Z\u{fc}".as_bytes()[..1].to_vec(),
        )
    })
    .await;
    assert_shown(&output, false, "Z");
    let output = shown(|| answer(200, "text/plain; charset=ISO-8859-1", vec![b'Z', 0xfc])).await;
    assert_shown(&output, false, "Zü");
    let output = shown(|| answer(200, "image/png", vec![0x89, b'P', b'N', b'G', 0])).await;
    assert_shown(&output, false, "[image/png, 5 bytes, not shown]");
    let output = shown(|| answer(200, "application/x-unknown", "plain enough")).await;
    assert_shown(&output, false, "plain enough");
}

#[tokio::test]
async fn failure_has_its_status_and_body() {
    let output = shown(|| answer(404, "application/problem+json", r#"{"title":"no"}"#)).await;
    assert_shown(
        &output,
        true,
        "The call failed with status 404 Not Found.\n{\"title\":\"no\"}",
    );
    let busy = || {
        let mut answer = answer(429, "text/plain", "slow down");
        answer
            .headers_mut()
            .insert("retry-after", "30".parse().unwrap());
        answer
    };
    let text = "The call failed with status 429 Too Many Requests.\nRetry-After: 30\nslow down";
    assert_shown(&shown(busy).await, true, text);
}

#[tokio::test]
async fn an_api_that_has_too_much_to_do_is_left_alone() {
    let busy = async || {
        let mut busy = answer(503, "text/plain", "later");
        busy.headers_mut()
            .insert("retry-after", "60".parse().unwrap());
        busy
    };
    let router = Router::new()
        .route("/", get(busy))
        .route("/other", get(async || "fine"));
    let server = Server::start(router).await;
    let mut invoker = Invoker::default();
    let of = |api, path| {
        let mut operation = operation(api);
        operation.path = path;
        leak(operation)
    };
    let (zoo, other) = (api("{}"), api("{}"));
    for api in [zoo, other] {
        invoker.set_base_url(api, &server.url).unwrap();
    }
    let first = invoker.invoke(of(zoo, "/"), &json!({})).await;
    let text = "The call failed with status 503 Service Unavailable.\nRetry-After: 60\nlater";
    assert_shown(&first, true, text);
    // A clone is no way around it, nor is another operation.
    let second = invoker.clone().invoke(of(zoo, "/other"), &json!({})).await;
    assert!(second.is_error);
    let start = "Nothing was sent: Zoo has too much to do or failed several times in a row, and is \
                 left alone for another ";
    assert!(second.text.starts_with(start), "{}", second.text);
    assert_eq!(server.seen.lock().unwrap().len(), 1);
    let third = invoker.invoke(of(other, "/other"), &json!({})).await;
    assert_shown(&third, false, "fine");
}

#[tokio::test]
async fn long_answers_are_shortened() {
    let items: Vec<String> = (0..20_000).map(|it| format!("item {it}")).collect();
    let body = json!({ "count": 20_000, "items": items, "next": "page 2" }).to_string();
    let output = shown(move || answer(200, "application/json", body.clone())).await;
    assert!(output.text.len() <= 100_000 && output.text.len() > 99_000);
    let json: Value = serde_json::from_str(&output.text).unwrap();
    assert_eq!(json["next"], "page 2");
    let last = json["items"].as_array().unwrap().last().unwrap();
    assert!(
        last.as_str().unwrap().ends_with("of 20000 items]"),
        "{last}"
    );

    let output = shown(|| answer(500, "text/plain", "ü".repeat(150_000))).await;
    assert!(output.text.chars().count() <= 100_000);
    assert!(output.text.ends_with("of 150000 characters]"));
}

#[tokio::test]
async fn the_length_of_calls_can_be_another() {
    let router = Router::new().route("/", get(async || "x".repeat(1000)));
    let server = Server::start(router).await;
    let output = call(&server, |_, invoker| invoker.set_length_limit(100)).await;
    assert!(output.text.chars().count() <= 100, "{}", output.text);
    assert!(
        output.text.ends_with("of 1000 characters]"),
        "{}",
        output.text
    );
    let output = call(&server, |operation, invoker| {
        operation.parameters = leak([parameter("q", Location::Query, Style::Form)]);
        operation.tool.parameters = r#"{"type":"object","properties":{"q":{"type":"string"}}}"#;
        invoker.set_length_limit(10);
    })
    .await;
    assert!(output.is_error);
    assert!(output.text.contains("10"), "{}", output.text);
}

#[tokio::test]
async fn an_answer_without_end_is_left_early() {
    let output = shown(|| answer(200, "text/plain", endless())).await;
    assert!(!output.is_error);
    assert!(output.text.chars().count() <= 100_000);
    assert!(output.text.ends_with("of more than 10000000 characters]"));
    let output = shown(|| answer(200, "video/mp4", endless())).await;
    assert!(output.text.chars().count() <= 100_000);
}

#[tokio::test]
async fn nothing_is_sent_where_arguments_are_wrong() {
    let server = Server::start(Router::new()).await;
    let output = call(&server, |operation, _| {
        operation.tool.parameters = r#"{
            "type": "object",
            "properties": { "id": { "type": "integer", "description": "Its number." } },
            "required": ["id"]
        }"#;
    })
    .await;
    let text = "Nothing was sent: the arguments are not as described\n\
                - `id`: is missing: Its number.\nCorrect this and call again.";
    assert_shown(&output, true, text);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn long_requests_are_refused() {
    let server = Server::start(Router::new()).await;
    let mut operation = operation(api("{}"));
    operation.method = Method::Post;
    operation.body = Some(Body {
        required: true,
        media_types: JSON,
        by_media_type: false,
        arguments: BodyArguments::Properties(&[], true),
    });
    let mut invoker = Invoker::default();
    invoker.set_base_url(operation.api, &server.url).unwrap();
    let arguments = json!({ "text": "x".repeat(100_000) });
    let output = invoker.invoke(leak(operation), &arguments).await;
    assert!(output.is_error);
    assert!(
        output
            .text
            .contains("more than the 100000 that are allowed"),
        "{}",
        output.text
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn body_and_parameters_arrive() {
    let echo = async |body: Bytes| answer(200, "application/json", body);
    let server = Server::start(Router::new().route("/animals/{id}", post(echo))).await;
    let mut operation = operation(api("{}"));
    operation.method = Method::Post;
    operation.path = "/animals/{id}";
    operation.parameters = vec![
        parameter("id", Location::Path, Style::Simple),
        parameter("q", Location::Query, Style::Form),
        parameter("X-Trace", Location::Header, Style::Simple),
        parameter("c", Location::Cookie, Style::Form),
    ]
    .leak();
    operation.body = Some(Body {
        required: true,
        media_types: JSON,
        by_media_type: false,
        arguments: BodyArguments::Properties(&[("name", "name")], false),
    });
    let mut invoker = Invoker::default();
    invoker.set_base_url(operation.api, &server.url).unwrap();
    let arguments = json!({ "id": "a/b", "q": "x y", "X-Trace": "t", "c": 1, "name": "Ada" });
    let output = invoker.invoke(leak(operation), &arguments).await;
    assert_shown(&output, false, r#"{"name":"Ada"}"#);
    let host = server.url.trim_start_matches("http://");
    let expected = format!(
        "POST /animals/a%2Fb?q=x%20y\naccept: */*\nx-trace: t\ncookie: c=1\n\
         content-type: application/json\nuser-agent: gpt-runtime/{}\nhost: {host}\n\
         content-length: 14",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(server.requests(), [expected]);
}

#[tokio::test]
async fn redirects_stay_at_their_origin() {
    let other = Server::start(Router::new().route("/", get("stolen"))).await;
    let away = other.url.clone();
    let router = Router::new()
        .route("/", get(async || answer_to("/moved")))
        .route("/moved", get("found"))
        .route("/away", get(async move || answer_to(&away)))
        .route("/loop", get(async || answer_to("/loop")));
    let server = Server::start(router).await;
    let with_key = |path: &'static str| {
        move |operation: &mut Operation, invoker: &mut Invoker| {
            operation.path = path;
            operation.security = needs(&["header"]);
            let key = Credential::api_key(SECRET);
            invoker
                .set_credential(operation.api, "header", key)
                .unwrap();
        }
    };
    let output = call(&server, with_key("/")).await;
    assert_shown(&output, false, "found");
    let output = call(&server, with_key("/away")).await;
    let text = "The call failed with status 302 Found.\n\
                The server sends it on to 127.0.0.1, which is not followed.\n";
    assert_shown(&output, true, text);
    assert!(other.requests().is_empty());
    let output = call(&server, with_key("/loop")).await;
    assert!(
        output.text.starts_with("The call failed with status 302"),
        "{}",
        output.text
    );
}

fn answer_to(location: &str) -> Response {
    let mut answer = answer(302, "text/plain", "");
    answer
        .headers_mut()
        .insert("location", location.parse().unwrap());
    answer
}

#[tokio::test]
async fn a_server_that_does_not_answer() {
    let never = async || std::future::pending::<&str>().await;
    let server = Server::start(Router::new().route("/", get(never))).await;
    let output = call(&server, |_, invoker| {
        invoker.set_time_limit(Duration::from_millis(50));
    })
    .await;
    let text = "There was no complete answer within 50ms. The call may have been carried out all \
                the same.";
    assert_shown(&output, true, text);
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Server {
        url,
        seen: std::sync::Arc::default(),
    };
    let output = call(&server, |_, _| {}).await;
    assert!(output.is_error);
    assert!(
        output
            .text
            .starts_with("The call failed: no connection to 127.0.0.1: "),
        "{}",
        output.text
    );
}

#[tokio::test]
async fn secrets_go_where_their_scheme_says() {
    let server = Server::start(Router::new().route("/", get("ok"))).await;
    let basic = "authorization: Basic dXNlcjpzM2NyM3Qvd2l0aCtzaWducw==";
    for (scheme, credential, expected) in [
        (
            "header",
            Credential::api_key(SECRET),
            format!("\nx-api-key: {SECRET}\n"),
        ),
        (
            "query",
            Credential::api_key(SECRET),
            "GET /?key=s3cr3t%2Fwith%2Bsigns\n".to_owned(),
        ),
        (
            "cookie",
            Credential::api_key(SECRET),
            format!("\ncookie: session={SECRET}\n"),
        ),
        (
            "bearerAuth",
            Credential::bearer(SECRET),
            format!("\nauthorization: Bearer {SECRET}\n"),
        ),
        (
            "basic",
            Credential::basic("user", SECRET),
            format!("\n{basic}\n"),
        ),
    ] {
        let output = call(&server, |operation, invoker| {
            operation.security = needs(&[scheme]);
            invoker
                .set_credential(operation.api, scheme, credential)
                .unwrap();
        })
        .await;
        assert_shown(&output, false, "ok");
        let request = server.requests().pop().unwrap();
        assert!(request.contains(&expected), "{request}");
        assert_eq!(
            request.matches("s3cr3t").count(),
            usize::from(scheme != "basic")
        );
    }
    // An operation that needs none gets none.
    let output = call(&server, |operation, invoker| {
        invoker
            .set_credential(operation.api, "query", Credential::api_key(SECRET))
            .unwrap();
    })
    .await;
    assert_shown(&output, false, "ok");
    assert!(
        server
            .requests()
            .pop()
            .unwrap()
            .starts_with("GET / \n".trim_end())
    );
    assert!(!server.requests().pop().unwrap().contains("s3cr3t"));
}

#[tokio::test]
async fn a_credential_replaces_what_an_argument_put_there() {
    let server = Server::start(Router::new().route("/", get("ok"))).await;
    let mut operation = operation(api("{}"));
    operation.parameters = vec![
        parameter("key", Location::Query, Style::Form),
        parameter("x", Location::Query, Style::Form),
        parameter("session", Location::Cookie, Style::Form),
    ]
    .leak();
    operation.security = needs(&["query", "cookie"]);
    let mut invoker = Invoker::default();
    invoker.set_base_url(operation.api, &server.url).unwrap();
    for scheme in ["query", "cookie"] {
        let key = Credential::api_key("right-one");
        invoker.set_credential(operation.api, scheme, key).unwrap();
    }
    let arguments = json!({ "key": "wrong", "x": 1, "session": "wrong" });
    invoker.invoke(leak(operation), &arguments).await;
    let request = server.requests().pop().unwrap();
    assert!(
        request.starts_with("GET /?x=1&key=right-one\n"),
        "{request}"
    );
    assert!(
        request.contains("\ncookie: session=right-one\n"),
        "{request}"
    );
}

#[tokio::test]
async fn the_first_alternative_with_credentials_is_used() {
    let server = Server::start(Router::new().route("/", get("ok"))).await;
    let alternatives: &'static [&'static [_]] = vec![
        needs(&["header", "query"])[0],
        needs(&["bearerAuth"])[0],
        &[],
    ]
    .leak();
    let set = |names: &'static [&'static str], optional: bool| {
        move |operation: &mut Operation, invoker: &mut Invoker| {
            operation.security = if optional {
                alternatives
            } else {
                &alternatives[..2]
            };
            for name in names {
                let credential = match *name {
                    "bearerAuth" => Credential::bearer("b-token"),
                    _ => Credential::api_key("a-key"),
                };
                invoker
                    .set_credential(operation.api, name, credential)
                    .unwrap();
            }
        }
    };
    for (names, expected) in [
        (&["header", "query", "bearerAuth"][..], "?key=a-key"),
        (&["header", "bearerAuth"], "Bearer b-token"),
        (&["header"], "GET /\n"),
    ] {
        call(&server, set(names, true)).await;
        let request = server.requests().pop().unwrap();
        assert!(request.contains(expected), "{request}");
    }
    let output = call(&server, set(&["header"], false)).await;
    let text = "Nothing was sent: a credential is missing: set ZOO_QUERY, or ZOO_BEARER_AUTH in the \
                environment of the server.";
    assert_shown(&output, true, text);
}

#[tokio::test]
async fn a_secret_that_comes_back_is_not_shown() {
    let body = json!({
        "next": "https://zoo.example/?key=s3cr3t%2Fwith%2Bsigns&page=2",
        "headers": { "X-Api-Key": SECRET },
        "pad": "x".repeat(99_900),
    })
    .to_string();
    for status in [200, 403] {
        let body = body.clone();
        let route = get(async move || answer(status, "application/json", body));
        let server = Server::start(Router::new().route("/", route)).await;
        let output = call(&server, |operation, invoker| {
            operation.security = needs(&["header"]);
            let key = Credential::api_key(SECRET);
            invoker
                .set_credential(operation.api, "header", key)
                .unwrap();
        })
        .await;
        assert!(
            output.text.contains("?key=[redacted]&page=2"),
            "{}",
            output.text
        );
        assert!(!output.text.contains("s3cr3t"));
        assert!(output.text.chars().count() <= 100_000);
    }
}

#[test]
fn settings() {
    let api = api("{}");
    let read = |settings: &'static [(&str, &str)]| {
        Invoker::from_settings(&[api], |name| {
            let setting = settings.iter().find(|(it, _)| *it == name);
            setting.map(|(_, value)| (*value).to_owned())
        })
    };
    for good in [
        &[][..],
        &[
            ("ZOO_BASE_URL", "http://localhost:1/x"),
            ("ZOO_HEADER", "k\n"),
        ],
        &[
            ("ZOO_BASIC", "user:pass:word"),
            ("ZOO_QUERY", " "),
            ("ZOO_BASE_URL", ""),
        ],
    ] {
        read(good).unwrap();
    }
    for (bad, expected) in [
        (
            &[("ZOO_BASIC", "nocolon-s3cr3t")],
            "ZOO_BASIC: write it as `user:password`",
        ),
        (
            &[("ZOO_HEADER", "a\u{7f}s3cr3t")],
            "ZOO_HEADER: it holds characters that a header cannot hold",
        ),
        (
            &[("ZOO_COOKIE", "a;s3cr3t")],
            "ZOO_COOKIE: the key holds characters that a cookie cannot hold",
        ),
        (
            &[("ZOO_BASE_URL", "s3cr3t")],
            "ZOO_BASE_URL: write an absolute URL such as `https://example.com`",
        ),
        (
            &[("ZOO_BASE_URL", "ftp://s3cr3t.example")],
            "ZOO_BASE_URL: only `http` and `https` URLs can be called",
        ),
        (
            &[("ZOO_BASE_URL", "https://u:s3cr3t@x.example")],
            "ZOO_BASE_URL: leave user and password out of the URL and set a credential",
        ),
    ] {
        let error = read(bad).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
    let mut invoker = Invoker::default();
    for (scheme, credential, expected) in [
        (
            "heder",
            Credential::bearer(SECRET),
            "there is no such scheme; there is `header`, `query`, `cookie`, `bearerAuth`, `basic`",
        ),
        (
            "header",
            Credential::bearer(SECRET),
            "use `Credential::api_key`",
        ),
        (
            "basic",
            Credential::basic("a:b", SECRET),
            "the user of basic authentication cannot hold `:`",
        ),
        ("bearerAuth", Credential::bearer(""), "it is empty"),
    ] {
        let error = invoker.set_credential(api, scheme, credential).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("credential `{scheme}` of zoo: {expected}")
        );
    }
}

#[tokio::test]
async fn an_api_without_settings_is_called_at_its_own_server() {
    let server = Server::start(Router::new().route("/v1/x", get("ok"))).await;
    let mut operation = operation(api("{}"));
    operation.path = "/x";
    operation.servers = vec![gpt_runtime::action::Server {
        url: leak_text(format!("{}/{{version}}/", server.url)),
        variables: &[("version", "v1")],
    }]
    .leak();
    let output = Invoker::default()
        .invoke(leak(operation), &Value::Null)
        .await;
    assert_shown(&output, false, "ok");
}
