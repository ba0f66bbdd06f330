//! Requests that are sent again, and what hooks are told of them.

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::any};
use gpt_runtime::{
    __private as rt,
    credential::Credential,
    invoke::{Client, Failure, Outcome, Retry},
};
use support::{Server, answer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const SECRET: &str = "s3cr3t/with+signs";

/// As `gpt-codegen` writes it.
mod zoo {
    use super::rt::{self, prelude::*};

    pub(super) static API: rt::Api = rt::Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[],
        security_schemes: &[rt::SecurityScheme {
            name: "key",
            kind: rt::SecurityKind::ApiKey(rt::Location::Query, "key"),
        }],
        schemas: "{}",
        answer_schemas: "{}",
    };

    const READ: rt::Operation = rt::Operation {
        api: &API,
        id: "readAll",
        tool: rt::Tool {
            name: "readAll",
            description: "",
            parameters: r#"{ "type": "object", "properties": {} }"#,
            example: "{}",
        },
        method: rt::Method::Get,
        path: "/all",
        servers: &[],
        parameters: &[],
        body: None,
        answers: &[rt::Response::new(rt::Status::Code(200), Some("text/plain"))],
        failures: &[],
        security: &[&[rt::Requirement {
            scheme: "key",
            scopes: &[],
        }]],
        consequential: false,
        asks_once: false,
        time_limit: None,
        deprecated: false,
    };

    /// An action without arguments.
    macro_rules! action {
        ($name:ident, $operation:expr) => {
            pub(super) struct $name;
            impl rt::Data for $name {
                const TABLE: &'static str = "{6!Action";
                fn from_parts(_: rt::Parts<'_>) -> Self {
                    Self
                }
            }
            rt::data!($name);
            impl rt::Action for $name {
                const OPERATION: &'static rt::Described = &rt::Described::of(&$operation);
                type Answer = String;
                type Failure = ();
            }
        };
    }

    action!(ReadAll, READ);
    action!(
        AddOne,
        rt::Operation {
            id: "addOne",
            method: rt::Method::Post,
            ..READ
        }
    );
}

/// What the server answers, one after the other; the last again and again.
type Answers = &'static [(u16, Option<&'static str>)];

async fn server(answers: Answers) -> Server {
    let count = Arc::new(AtomicUsize::new(0));
    let respond = move || {
        let count = count.fetch_add(1, Ordering::Relaxed);
        let (status, after) = answers[count.min(answers.len() - 1)];
        let mut response = answer(status, "text/plain", format!("{count}"));
        // By this clock a moment after is that many seconds away.
        let date = "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap();
        response.headers_mut().insert("date", date);
        if let Some(after) = after {
            response
                .headers_mut()
                .insert("retry-after", after.parse().unwrap());
        }
        async { response }
    };
    Server::start(Router::new().route("/all", any(respond))).await
}

fn client(url: &str) -> Client {
    Client::new(&zoo::API)
        .base_url(url)
        .and_then(|it| it.credential("key", Credential::api_key(SECRET)))
        .unwrap()
        .retry(Retry::default().first_wait(Duration::ZERO))
}

/// What hooks heard, a line for each.
type Heard = Arc<Mutex<Vec<String>>>;

fn heard(client: Client) -> (Client, Heard) {
    let heard = Heard::default();
    let (log, after) = (Arc::clone(&heard), Arc::clone(&heard));
    let client = client
        .before(move |attempt| {
            let (id, number) = (attempt.operation.id, attempt.number);
            let line = format!("{id} {number} {}", attempt.method.as_str());
            log.lock().unwrap().push(line);
        })
        .after(move |_, outcome| after.lock().unwrap().push(told(outcome)));
    (client, heard)
}

fn told(outcome: &Outcome<'_>) -> String {
    let result = match outcome.result {
        Ok(head) => head.status.to_string(),
        Err(Failure::Connection(_)) => "broken".to_owned(),
        Err(Failure::TimeLimit(_)) => "too late".to_owned(),
        Err(other) => format!("{other:?}"),
    };
    match outcome.retry_after {
        Some(wait) => format!("{result}, again after {wait:?}"),
        None => result,
    }
}

/// Calls `GET` and `POST`, and compares what the hooks heard.
async fn check(answers: Answers, expected_get: &[&str], expected_post: &[&str]) {
    let get = server(answers).await;
    let (client_of_get, heard_of_get) = heard(client(&get.url));
    let _ = client_of_get.call(zoo::ReadAll).await;
    let post = server(answers).await;
    let (client_of_post, heard_of_post) = heard(client(&post.url));
    let _ = client_of_post.call(zoo::AddOne).await;
    for (heard, expected) in [(heard_of_get, expected_get), (heard_of_post, expected_post)] {
        let mut lines = heard.lock().unwrap().clone();
        lines.retain(|it| !it.contains("GET") && !it.contains("POST"));
        assert_eq!(lines, expected, "{answers:?}");
    }
}

#[tokio::test]
async fn a_server_that_puts_off_is_asked_again() {
    let again = "429, again after 0ns";
    check(
        &[(429, Some("0")), (200, None)],
        &[again, "200"],
        &[again, "200"],
    )
    .await;
    check(
        &[(429, None), (200, None)],
        &[again, "200"],
        &[again, "200"],
    )
    .await;
    let again = "503, again after 0ns";
    check(
        &[(503, Some("0")), (200, None)],
        &[again, "200"],
        &[again, "200"],
    )
    .await;
    // It may have been carried out.
    check(&[(503, None), (200, None)], &[again, "200"], &["503"]).await;
    // No more than three attempts.
    check(
        &[(503, Some("0"))],
        &[again, again, "503"],
        &[again, again, "503"],
    )
    .await;
    // Nothing else is a reason.
    check(&[(500, Some("0"))], &["500"], &["500"]).await;
    check(&[(404, None)], &["404"], &["404"]).await;
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_not_begun() {
    const LATER: &str = "Sun, 06 Nov 1994 09:49:37 GMT";
    const PASSED: &str = "Sun, 06 Nov 1994 08:00:00 GMT";

    check(&[(429, Some("3600"))], &["429"], &["429"]).await;
    check(&[(429, Some("soon"))], &["429"], &["429"]).await;
    check(&[(429, Some(LATER))], &["429"], &["429"]).await;
    let again = "429, again after 0ns";
    check(
        &[(429, Some(PASSED)), (200, None)],
        &[again, "200"],
        &[again, "200"],
    )
    .await;

    // Nor one that would end after the call's own time.
    let server = server(&[(429, Some("10"))]).await;
    let (client, heard) = heard(client(&server.url));
    let call = client.call(zoo::ReadAll).time_limit(Duration::from_secs(9));
    assert_eq!(call.await.unwrap_err().status(), Some(429));
    assert_eq!(heard.lock().unwrap().as_slice(), ["readAll 1 GET", "429"]);
}

#[tokio::test]
async fn a_call_has_a_policy_of_its_own() {
    let server = server(&[(429, Some("0")), (200, None)]).await;
    let call = client(&server.url).call(zoo::ReadAll);
    let error = call.clone().retry(Retry::never()).await.unwrap_err();
    assert_eq!(error.status(), Some(429));
    assert_eq!(call.await.unwrap(), "1");
    assert_eq!(server.requests().len(), 2);
}

/// A server that drops connections before it answers.
async fn dropping(count: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for _ in 0..count {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 4096]).await;
        }
        let router = Router::new().route("/all", any(async || "at last"));
        axum::serve(listener, router).await.unwrap();
    });
    url
}

#[tokio::test]
async fn only_what_may_happen_twice_is_sent_again_after_a_broken_connection() {
    let (client_of_get, heard_of_get) = heard(client(&dropping(2).await));
    let answer = client_of_get.call(zoo::ReadAll).await;
    assert_eq!(answer.unwrap(), "at last");
    let expected = [
        "readAll 1 GET",
        "broken, again after 0ns",
        "readAll 2 GET",
        "broken, again after 0ns",
        "readAll 3 GET",
        "200",
    ];
    assert_eq!(heard_of_get.lock().unwrap().as_slice(), expected);

    let (client, heard) = heard(client(&dropping(1).await));
    let error = client.call(zoo::AddOne).await.unwrap_err();
    let text = "`addOne`: no connection to 127.0.0.1: ";
    assert!(error.to_string().starts_with(text), "{error}");
    let expected = ["addOne 1 POST", "broken"];
    assert_eq!(heard.lock().unwrap().as_slice(), expected);
}

#[tokio::test]
async fn what_has_begun_is_not_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await;
        let half = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf";
        socket.write_all(half).await.unwrap();
    });
    let (client, heard) = heard(client(&url));
    assert!(client.call(zoo::ReadAll).await.is_err());
    assert_eq!(heard.lock().unwrap().as_slice(), ["readAll 1 GET", "200"]);
}

#[tokio::test]
async fn hooks_are_called_in_order_and_see_no_secret() {
    let echo = any(async |request: axum::extract::Request| {
        let mut response = answer(200, "text/plain", "");
        let uri = request.uri().to_string();
        response
            .headers_mut()
            .insert("x-asked", uri.parse().unwrap());
        response
    });
    let server = Server::start(Router::new().route("/all", echo)).await;
    let heard = Heard::default();
    let logged = |name: &'static str| {
        let heard = Arc::clone(&heard);
        move |text: String| heard.lock().unwrap().push(format!("{name} {text}"))
    };
    let (first, second) = (logged("first"), logged("second"));
    let (third, fourth) = (logged("third"), logged("fourth"));
    let client = client(&server.url)
        .header("x-secret", SECRET)
        .unwrap()
        .before(move |attempt| first(format!("{} {attempt:?}", attempt.url)))
        .after(move |_, outcome| third(format!("{:?}", outcome.result)))
        .before(move |attempt| second(format!("{:?}", attempt.headers)))
        .after(move |_, outcome| fourth(told(outcome)));
    client.call(zoo::ReadAll).await.unwrap();

    let heard = heard.lock().unwrap();
    let names: Vec<_> = heard.iter().filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(names, ["first", "second", "third", "fourth"]);
    let text = format!("{heard:?} {client:?}");
    assert!(!text.contains("s3cr3t"), "{text}");
    assert!(text.contains("/all?key=[redacted]"), "{text}");
    assert!(server.requests()[0].contains("s3cr3t"));
}

#[tokio::test]
async fn hooks_hear_of_time_limits_and_of_nothing_that_is_not_sent() {
    let never = any(async || std::future::pending::<&str>().await);
    let server = Server::start(Router::new().route("/all", never)).await;
    let (client, heard) = heard(client(&server.url).time_limit(Duration::from_millis(50)));
    client.call(zoo::ReadAll).await.unwrap_err();
    assert_eq!(
        heard.lock().unwrap().as_slice(),
        ["readAll 1 GET", "too late"]
    );

    let (client, heard) = crate::heard(Client::new(&zoo::API).base_url(&server.url).unwrap());
    client.call(zoo::ReadAll).await.unwrap_err();
    assert!(heard.lock().unwrap().is_empty());
}
