//! What whoever runs a server needs: its log, its counts, its limits and its end.

mod site;
mod support;

use std::{
    cell::RefCell,
    io::Write,
    net::SocketAddr,
    sync::{LazyLock, Once},
    time::Duration,
};

use bytes::Bytes;
use gpt_runtime::{
    action::Described,
    gpt::{ActionSet, Definition},
    message::{File, Message},
    model::{
        ModelError, Usage,
        responses::Responses,
        script::{Reply, Script},
    },
    server::Server,
    service::Service,
    store::{self, Added, Appended, Change, Conversation, Store, Summary},
};
use serde_json::{Value, json};
use site::{DEFINITION, Desk, Site};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

static PLAIN: Definition = DEFINITION;
const SAY: &str = r#"POST /api/messages {"text":"Rain?"}"#;

async fn site(
    replies: impl IntoIterator<Item = Reply>,
    change: impl FnOnce(Server) -> Server,
) -> Site {
    Site::with(Desk(&PLAIN), replies, change).await
}

/// The status of an answer, and of its headers one.
fn status_and(name: &str, head: &str) -> (u16, Option<String>) {
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let prefix = format!("{name}: ");
    let value = head.lines().find_map(|it| it.strip_prefix(&prefix));
    (status, value.map(str::to_owned))
}

thread_local! {
    /// What the test of this thread has logged; its runtime has no other thread.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The lines that a test logs, as JSON.
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// One subscriber serves all tests: whether a line is wanted is remembered for the whole
    /// process when it is first written.
    fn listen() {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            tracing_subscriber::fmt()
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .with_writer(|| Self)
                .init();
        });
    }

    fn text() -> String {
        LOGGED.with_borrow(|logged| String::from_utf8(logged.clone()).unwrap())
    }

    /// The lines with this message.
    fn of(message: &str) -> Vec<Value> {
        let text = Self::text();
        let lines = text.lines().map(|it| serde_json::from_str(it).unwrap());
        lines
            .filter(|it: &Value| it["message"] == message)
            .collect()
    }
}

#[tokio::test]
async fn every_line_of_a_request_has_its_id_and_nothing_private() {
    Lines::listen();
    let site = Site::start([
        Reply::call("forecast", json!({ "place": "Oslo" })),
        Reply::text("It will rain."),
    ])
    .await;
    let id = site.conversation().await;
    let request = format!(
        r#"POST /api/conversations/{id}/messages?key=hidden authorization=Bearer-s3cr3t {{"text":"Rain in Oslo?"}}"#
    );
    let head = site.headers(&request).await;
    let (status, request_id) = status_and("x-request-id", &head);
    assert_eq!(status, 200, "{head}");
    let request_id = request_id.unwrap();

    for message in ["action called", "turn ended", "answered"] {
        let found = Lines::of(message);
        let [line] = found.as_slice() else {
            panic!("{message}: {}", Lines::text())
        };
        assert_eq!(line["span"]["id"], request_id.as_str(), "{line}");
    }
    let access = &Lines::of("answered")[0];
    assert_eq!(access["method"], "POST");
    assert_eq!(access["route"], "/api/conversations/{id}/messages");
    assert_eq!(access["status"], 200);
    assert_eq!(access["is_whole"], true);
    assert!(access["bytes"].as_u64().unwrap() > 100);
    assert!(access["milliseconds"].is_u64());
    let call = &Lines::of("action called")[0];
    assert_eq!(call["operation"], "forecast");
    assert_eq!(call["outcome"], "succeeded");
    let text = Lines::text();
    for private in [&id, "Oslo", "rain", "hidden", "s3cr3t"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

#[tokio::test]
async fn ids_of_requests_are_taken_from_trusted_proxies_alone() {
    let forged = "GET /healthz x-request-id=mine-1";
    let site = Site::start([]).await;
    let id = status_and("x-request-id", &site.headers(forged).await).1;
    assert_ne!(id.unwrap(), "mine-1");
    let site = crate::site([], |it| it.trusted_proxies("127.0.0.1")).await;
    let id = status_and("x-request-id", &site.headers(forged).await).1;
    assert_eq!(id.unwrap(), "mine-1");
    let evil = r#"GET /healthz x-request-id="},{"#;
    let id = status_and("x-request-id", &site.headers(evil).await).1;
    assert_eq!(id.unwrap().len(), 36);
}

#[tokio::test]
async fn failures_are_logged_with_their_source() {
    Lines::listen();
    let error = ModelError::Connection("the socket is on fire".to_owned());
    let site = Site::start([Reply::error(error)]).await;
    site.ask(SAY).await;
    let failed = &Lines::of("the model failed")[0];
    let text = failed["error"].as_str().unwrap();
    assert!(text.contains("the socket is on fire"), "{text}");
    assert!(failed["span"]["id"].is_string(), "{failed}");
    assert_eq!(Lines::of("turn ended")[0]["outcome"], "failed");

    let broken = broken_site(Broken::Fails).await;
    let answer = ask(broken, SAY).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(!answer.contains("disk"), "{answer}");
    let failed = &Lines::of("a request failed")[0];
    let text = failed["error"].as_str().unwrap();
    assert!(text.contains("the disk is full"), "{text}");
}

#[tokio::test]
async fn forwarded_addresses_count_only_from_trusted_proxies() {
    // Without trust all requests are one caller's, whatever they say.
    let from = |address: &str| format!("{SAY} x-forwarded-for={address}");
    let replies = || (0..8).map(|_| Reply::text("Dry."));
    let say =
        |address: &str| from(address).replace(r#" {"text":"Rain?"}"#, "") + r#" {"text":"Rain?"}"#;
    let site = crate::site(replies(), |it| it.messages_per_minute(1)).await;
    assert!(site.ask(&say("1.1.1.1")).await.starts_with("200"));
    assert!(site.ask(&say("2.2.2.2")).await.starts_with("429"));

    let site = crate::site(replies(), |it| {
        it.messages_per_minute(1).trusted_proxies("127.0.0.0/8")
    })
    .await;
    assert!(site.ask(&say("1.1.1.1")).await.starts_with("200"));
    assert!(site.ask(&say("2.2.2.2")).await.starts_with("200"));
    // What a client wrote before the proxy added its address means nothing.
    assert!(site.ask(&say("9.9.9.9,2.2.2.2")).await.starts_with("429"));
    // Nor does another header that the proxy passed on.
    let both = say("3.3.3.3").replacen(" {", " forwarded=for=4.4.4.4 {", 1);
    assert!(site.ask(&both).await.starts_with("200"));
    let both = say("5.5.5.5").replacen(" {", " forwarded=for=6.6.6.6 {", 1);
    assert!(
        site.ask(&both).await.starts_with("429"),
        "both are the proxy"
    );
}

#[tokio::test]
async fn forwarded_origins_count_only_from_trusted_proxies() {
    let request = "POST /api/conversations origin=https://gpt.example x-forwarded-proto=https \
                   x-forwarded-host=gpt.example {}";
    let site = Site::start([]).await;
    assert!(site.ask(request).await.starts_with("403"));
    let site = crate::site([], |it| it.trusted_proxies("127.0.0.1")).await;
    assert!(site.ask(request).await.starts_with("201"));
    let plain = request.replace("origin=https", "origin=http");
    assert!(site.ask(&plain).await.starts_with("403"));
    // A name that was made to lead here is not ours, whatever else is said.
    let rebound = request.replace(" {}", " host=gpt.example {}");
    assert!(site.ask(&rebound).await.starts_with("403"));
}

#[tokio::test]
async fn too_many_messages_are_put_off() {
    let replies = (0..2).map(|_| Reply::text("Dry."));
    let site = crate::site(replies, |it| it.messages_per_minute(2)).await;
    assert!(site.ask(SAY).await.starts_with("200"));
    assert!(
        site.ask("POST /api/conversations {}")
            .await
            .starts_with("201")
    );
    let (status, after) = status_and("retry-after", &site.headers(SAY).await);
    let after: u64 = after.unwrap().parse().unwrap();
    assert!(
        status == 429 && (1..=30).contains(&after),
        "{status} {after}"
    );
    let answer = site.ask(SAY).await;
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(
        answer.contains("2 messages a minute are allowed"),
        "{answer}"
    );
    // Reading is no message.
    assert!(site.ask("GET /api/gpt").await.starts_with("200"));
}

#[tokio::test]
async fn callers_can_be_counted_by_person() {
    let replies = (0..3).map(|_| Reply::text("Dry."));
    let site = crate::site(replies, |it| {
        it.messages_per_minute(1)
            .caller(|headers| Some(headers.get("x-person")?.to_str().ok()?.to_owned()))
    })
    .await;
    let say = |person: &str| format!(r#"POST /api/messages x-person={person} {{"text":"Rain?"}}"#);
    assert!(site.ask(&say("ada")).await.starts_with("200"));
    assert!(site.ask(&say("bob")).await.starts_with("200"));
    assert!(site.ask(&say("ada")).await.starts_with("429"));
    assert!(site.ask(SAY).await.starts_with("200"), "by address");
}

/// Answers that do not end.
fn silent() -> impl Iterator<Item = Reply> {
    std::iter::repeat_with(|| Reply::text("Well").and_silence()).take(4)
}

#[tokio::test]
async fn turns_at_once_are_limited() {
    let site = crate::site(silent(), |it| it.turns_per_caller(1)).await;
    let mut first = site.open(SAY).await;
    first.read_until("Well").await;
    let (status, after) = status_and("retry-after", &site.headers(SAY).await);
    assert_eq!((status, after.as_deref()), (429, Some("5")));
    drop(first);
    // It is free once the server has seen that the connection is gone.
    while begins(site.address, SAY).await == "HTTP/1.1 429" {}

    let site = crate::site(silent(), |it| it.turns(1)).await;
    let mut first = site.open(SAY).await;
    first.read_until("Well").await;
    let (status, after) = status_and("retry-after", &site.headers(SAY).await);
    assert_eq!((status, after.as_deref()), (503, Some("5")));
}

#[tokio::test]
async fn connections_are_limited() {
    let site = crate::site([], |it| it.connections(1)).await;
    let mut idle = TcpStream::connect(site.address).await.unwrap();
    let half = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n", site.address);
    idle.write_all(half.as_bytes()).await.unwrap();
    let head = site.headers("GET /healthz").await;
    let (status, after) = status_and("retry-after", &head);
    assert_eq!((status, after.as_deref()), (503, Some("5")), "{head}");
    // The one that has its place is answered.
    idle.write_all(b"connection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    idle.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

/// What comes of half a request, by the clock of a paused runtime.
async fn left(half: &str) -> String {
    let site = Site::start([]).await;
    let mut socket = TcpStream::connect(site.address).await.unwrap();
    let half = half.replace("HOST", &site.address.to_string());
    socket.write_all(half.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn half_a_request_is_not_waited_for() {
    assert_eq!(left("").await, "");
    assert_eq!(
        left("GET /healthz HTTP/1.1\r\nhost: HOST\r\nx-slow: ").await,
        ""
    );
    let answer = left(
        "POST /api/messages HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{\"text\":",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("has not come within 30s"), "{answer}");
}

#[tokio::test]
async fn heads_of_requests_are_bounded() {
    let site = Site::start([]).await;
    let long = format!("GET /healthz x-long={}", "x".repeat(200_000));
    let answer = site.ask(&long).await;
    assert!(answer.starts_with("431"), "{answer}");
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready_and_begins_nothing() {
    let site = crate::site(silent(), |it| it.shutdown_grace(Duration::from_secs(600))).await;
    assert!(site.ask("GET /readyz").await.starts_with("204"));
    let id = site.conversation().await;
    let say = format!(r#"POST /api/conversations/{id}/messages {{"text":"Rain?"}}"#);
    let mut running = site.open(&say).await;
    running.read_until("Well").await;
    site.stop();
    while !site.ask("GET /readyz").await.starts_with("503") {
        tokio::task::yield_now().await;
    }
    let (status, after) = status_and("retry-after", &site.headers(SAY).await);
    assert_eq!((status, after.as_deref()), (503, Some("5")));
    assert!(site.ask("GET /healthz").await.starts_with("204"));
    // The end of the last turn is the end of the server.
    let person = gpt_runtime::service::nobody(&id);
    assert!(site.service.cancel(&person, &id).await.unwrap());
    running.read_until("failed").await;
    drop(running);
    site.ended().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_hangs_is_not_ready() {
    let answer = ask(broken_site(Broken::Fails).await, "GET /readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(
        answer.contains("the store of conversations failed"),
        "{answer}"
    );
    let answer = ask(broken_site(Broken::Hangs).await, "GET /readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("does not answer"), "{answer}");
}

/// What one request to the model takes.
const TOKENS: Usage = Usage {
    input: 10,
    output: 3,
    cached: 4,
    reasoning: 1,
};

static LOOSE: LazyLock<Described> = LazyLock::new(|| {
    let mut operation = support::operation(&site::API);
    operation.tool.name = "tag";
    operation.tool.parameters = r#"{"type":"object","properties":{"tags":{"type":"object"}}}"#;
    Described::of(support::leak(operation))
});
static LOOSE_DESK: LazyLock<Definition> = LazyLock::new(|| Definition {
    actions: vec![ActionSet::new(vec![&*LOOSE].leak())].leak(),
    ..PLAIN
});

#[tokio::test]
async fn tools_that_cannot_be_strict_are_named_once() {
    Lines::listen();
    let model = Responses::new("http://127.0.0.1:1/v1", "m").unwrap();
    Service::builder(Desk(&LOOSE_DESK))
        .model(model)
        .build()
        .unwrap();
    let lines = Lines::of("the tool is shown without strict mode");
    let [line] = lines.as_slice() else {
        panic!("one tool is not strict: {lines:?}");
    };
    assert_eq!(
        (&line["tool"], &line["reason"], &line["level"]),
        (
            &json!("tag"),
            &json!("there is an object with properties of any name"),
            &json!("WARN"),
        )
    );
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own() {
    let site = Site::start([]).await;
    assert!(site.ask("GET /metrics").await.starts_with("404"));

    let service = Service::builder(Desk(&PLAIN))
        .model(Script::new([
            Reply::call("forecast", json!({ "place": "Oslo" })).and_usage(TOKENS),
            Reply::text("It will rain.").and_usage(TOKENS),
        ]))
        .base_url(&site::API, "http://127.0.0.1:1")
        .build()
        .unwrap();
    let bound = Server::new(service)
        .address("127.0.0.1:0")
        .metrics_address("127.0.0.1:0")
        .messages_per_minute(1)
        .bind()
        .await
        .unwrap();
    let (address, metrics) = (bound.local_addr(), bound.metrics_addr().unwrap());
    tokio::spawn(bound.run_until(std::future::pending()));
    let said = ask(address, SAY).await;
    let usage = r#""usage":{"input":20,"output":6,"cached":8,"reasoning":2}"#;
    assert!(said.contains(usage), "{said}");
    ask(address, SAY).await;
    ask(address, "GET /api/conversations/private-id").await;
    ask(address, "GET /nothing/here").await;

    let text = ask(metrics, "GET /metrics").await;
    assert!(
        text.contains("content-type: text/plain; version=0.0.4"),
        "{text}"
    );
    for line in [
        r#"gpt_http_requests_total{method="POST",route="/api/messages",status="200"} 1"#,
        r#"gpt_http_requests_total{method="POST",route="/api/messages",status="429"} 1"#,
        r#"gpt_http_requests_total{method="GET",route="/api/conversations/{id}",status="404"} 1"#,
        r#"gpt_http_requests_total{method="GET",route="unknown",status="404"} 1"#,
        r#"gpt_http_request_duration_seconds_count{method="POST",route="/api/messages"} 2"#,
        "gpt_first_event_seconds_count 1",
        r#"gpt_refused_total{limit="messages"} 1"#,
        "gpt_turns_running 0",
        r#"gpt_turns_total{outcome="finished"} 1"#,
        r#"gpt_model_rounds_total{outcome="answered"} 2"#,
        r#"gpt_model_tokens_total{kind="input"} 20"#,
        r#"gpt_model_tokens_total{kind="output"} 6"#,
        r#"gpt_model_tokens_total{kind="cached"} 8"#,
        r#"gpt_model_tokens_total{kind="reasoning"} 2"#,
        r#"gpt_action_calls_total{api="sky",operation="forecast",outcome="failed"} 1"#,
        r#"gpt_action_call_duration_seconds_count{api="sky",operation="forecast"} 1"#,
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in {text}");
    }
    assert!(!text.contains("private-id"), "{text}");
    if cfg!(target_os = "linux") {
        assert!(text.contains("\nprocess_resident_memory_bytes "), "{text}");
    }
    assert!(
        ask(metrics, "GET /api/gpt")
            .await
            .starts_with("HTTP/1.1 404")
    );
}

#[tokio::test]
async fn settings_that_cannot_be_used_say_why() {
    async fn error(change: impl FnOnce(Server) -> Server) -> String {
        let service = Service::builder(Desk(&PLAIN)).model(Script::new([]));
        let server = Server::new(service.build().unwrap()).address("127.0.0.1:0");
        change(server).bind().await.err().unwrap().to_string()
    }
    assert_eq!(
        error(|it| it.trusted_proxies("10.0.0.0/8, proxy")).await,
        "Server::trusted_proxies: `proxy` is neither an address nor a network: write it like \
         `10.0.0.0/8`"
    );
    assert_eq!(
        error(|it| it.turns(0)).await,
        "Server::turns: must be at least 1, or nothing is answered"
    );
    let text = error(|it| it.metrics_address("9090")).await;
    assert!(
        text.starts_with("Server::metrics_address: `9090` is a port"),
        "{text}"
    );
}

/// What an API sees of a call in a conversation of a person.
async fn openai_headers(service: &Service, api: &support::Server, person: &str) -> Vec<String> {
    let conversation = service.start(Some(person)).await.unwrap();
    let mut turn = service
        .say(person, &conversation, "Rain?".to_owned())
        .await
        .unwrap();
    while turn.next().await.is_some() {}
    let request = api.requests().pop().unwrap();
    assert!(!request.contains(&conversation), "{request}");
    let lines = request.lines().filter(|it| it.starts_with("openai-"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn apis_are_told_whose_calls_belong_together_where_that_is_wanted() {
    let forecast = axum::routing::get(async || axum::Json(json!({ "sky": "rain" })));
    let router = axum::Router::new().route("/forecast", forecast);
    let api = support::Server::start(router).await;
    let service = |is_on: bool| {
        let replies = (0..4).flat_map(|_| {
            let call = Reply::call("forecast", json!({ "place": "Oslo" }));
            [call, Reply::text("Rain.")]
        });
        Service::builder(Desk(&PLAIN))
            .model(Script::new(replies))
            .base_url(&site::API, &api.url)
            .chatgpt_headers(is_on)
            .build()
            .unwrap()
    };
    assert!(
        openai_headers(&service(false), &api, "ada")
            .await
            .is_empty()
    );

    let service = service(true);
    let first = openai_headers(&service, &api, "ada").await;
    let [conversation, person, gpt] = first.as_slice() else {
        panic!("{first:?}")
    };
    assert!(conversation.starts_with("openai-conversation-id: "));
    assert!(person.starts_with("openai-ephemeral-user-id: ") && !person.contains("ada"));
    assert!(gpt.starts_with("openai-gpt-id: g-"));
    let second = openai_headers(&service, &api, "ada").await;
    assert_ne!(second[0], *conversation);
    assert_eq!(second[1..], [person.clone(), gpt.clone()]);
    let other = openai_headers(&service, &api, "bob").await;
    assert_ne!(other[1], *person);
}

/// Sends a request to an address and returns all that comes back.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut socket = send(address, request).await;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Sends a request to an address and returns the status as it is written.
async fn begins(address: SocketAddr, request: &str) -> String {
    let mut status = [0; 12];
    let mut socket = send(address, request).await;
    socket.read_exact(&mut status).await.unwrap();
    String::from_utf8(status.to_vec()).unwrap()
}

async fn send(address: SocketAddr, request: &str) -> TcpStream {
    let (head, body) = request.split_once(" {").unwrap_or((request, ""));
    let body = if body.is_empty() {
        String::new()
    } else {
        format!("{{{body}")
    };
    let length = body.len();
    let text = format!(
        "{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// A store that does not work any more.
#[derive(Clone, Copy)]
enum Broken {
    Fails,
    Hangs,
}

async fn broken_site(store: Broken) -> SocketAddr {
    let service = Service::builder(Desk(&PLAIN))
        .model(Script::new([]))
        .store(store);
    let server = Server::new(service.build().unwrap()).address("127.0.0.1:0");
    let bound = server.bind().await.unwrap();
    let address = bound.local_addr();
    tokio::spawn(bound.run_until(std::future::pending()));
    address
}

impl Broken {
    fn answer<'a, T: Send + 'a>(self) -> store::Answer<'a, T> {
        Box::pin(async move {
            match self {
                Self::Fails => {
                    let source = std::io::Error::other("the disk is full");
                    Err(store::StoreError {
                        source: Box::new(source),
                    })
                }
                Self::Hangs => std::future::pending().await,
            }
        })
    }
}

impl Store for Broken {
    fn create<'a>(&'a self, _: &'a str, _: &'a str) -> store::Answer<'a, ()> {
        self.answer()
    }

    fn append<'a>(&'a self, _: &'a str, _: usize, _: Message) -> store::Answer<'a, Appended> {
        self.answer()
    }

    fn conversation<'a>(&'a self, _: &'a str) -> store::Answer<'a, Option<Conversation>> {
        self.answer()
    }

    fn conversations<'a>(&'a self, _: &'a str, _: usize) -> store::Answer<'a, Vec<Summary>> {
        self.answer()
    }

    fn add_file<'a>(
        &'a self,
        _: &'a str,
        _: &'a File,
        _: Bytes,
        _: u64,
    ) -> store::Answer<'a, Added> {
        self.answer()
    }

    fn file<'a>(&'a self, _: &'a str, _: &'a str) -> store::Answer<'a, Option<(File, Bytes)>> {
        self.answer()
    }

    fn files<'a>(&'a self, _: &'a str) -> store::Answer<'a, Vec<File>> {
        self.answer()
    }

    fn delete<'a>(&'a self, _: &'a str) -> store::Answer<'a, bool> {
        self.answer()
    }

    fn record<'a>(&'a self, key: &'a str) -> store::Answer<'a, Option<String>> {
        if key.starts_with("access/") {
            // It worked when the server began.
            return Box::pin(async { Ok(Some("a".repeat(43))) });
        }
        self.answer()
    }

    fn records<'a>(&'a self, _: &'a str) -> store::Answer<'a, Vec<(String, String)>> {
        self.answer()
    }

    fn swap<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a str>,
        _: Change<'a>,
    ) -> store::Answer<'a, bool> {
        self.answer()
    }

    fn put<'a>(&'a self, _: &'a str, _: Change<'a>) -> store::Answer<'a, ()> {
        self.answer()
    }
}
