//! What a model or an API may try, and that no call leaves the servers it is for, goes on for
//! longer than its time, or takes more memory than its bound.

mod support;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, extract::Request, response::Response, routing::any};
use gpt_runtime::{
    __private::{Location, Operation, Parameter, Style},
    action::Server as Described,
    credential::Credential,
    invoke::{Invoker, ToolOutput},
};
use serde_json::{Value, json};
use support::{Server, answer, api, leak, leak_text, needs, operation, parameter};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const SECRET: &str = "s3cr3t/with+signs";

/// A server that must hear nothing.
async fn stranger() -> Server {
    Server::start(Router::new().fallback(async || "stolen")).await
}

/// A server that says where it was asked.
async fn friend() -> Server {
    Server::start(Router::new().fallback(async |request: Request| request.uri().to_string())).await
}

fn invoker(operation: &Operation, url: &str) -> Invoker {
    let mut invoker = Invoker::default();
    invoker.set_base_url(operation.api, url).unwrap();
    let key = Credential::api_key(SECRET);
    invoker
        .set_credential(operation.api, "header", key)
        .unwrap();
    invoker
}

/// An operation that takes anything in each place.
fn open(path: &'static str, parameters: Vec<Parameter>) -> Operation {
    let mut operation = operation(api("{}"));
    operation.path = path;
    operation.tool.parameters = r#"{"type":"object","properties":{}}"#;
    operation.parameters = parameters.leak();
    operation.security = needs(&["header"]);
    operation
}

/// Values that mean another host, another path or another line to somebody.
fn evil(stranger: &Server) -> Vec<String> {
    let host = stranger.url.trim_start_matches("http://");
    [
        "..",
        "../..",
        "..%2f..",
        "%2e%2e",
        "....//",
        "//HOST",
        "///HOST/",
        "\\\\HOST",
        "/\\HOST",
        "@HOST",
        ":x@HOST/",
        "http://HOST/",
        "http:HOST",
        "?http://HOST",
        "#@HOST",
        "a\r\nHost: HOST",
        "a\r\n\r\nGET / HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "a\nX-Evil: 1",
        "a\0",
        "a; Domain=HOST",
        "a&url=http://HOST",
        "{server}",
    ]
    .map(|it| it.replace("HOST", host))
    .to_vec()
}

#[tokio::test]
async fn no_argument_leads_to_another_host_or_line() {
    let (stranger, friend) = (stranger().await, friend().await);
    let places = [
        ("/a/{it}/b", Location::Path, Style::Simple),
        ("/a{it}", Location::Path, Style::Simple),
        ("/a/{it}", Location::Path, Style::Label),
        ("/a/{it}", Location::Path, Style::Matrix),
        ("/a", Location::Query, Style::Form),
        ("/a", Location::Header, Style::Simple),
        ("/a", Location::Cookie, Style::Form),
    ];
    let mut sent = 0;
    for (path, location, style) in places {
        for reserved in [false, true] {
            let mut it = parameter("it", location, style);
            it.allow_reserved = reserved;
            let operation = leak(open(path, vec![it]));
            let invoker = invoker(operation, &format!("{}/v1", friend.url));
            for value in evil(&stranger) {
                invoker.invoke(operation, &json!({ "it": value })).await;
                let requests = std::mem::take(&mut *friend.seen.lock().unwrap());
                assert!(
                    requests.len() <= 1,
                    "{value:?} is two requests: {requests:?}"
                );
                for request in requests {
                    sent += 1;
                    is_for(&friend, &request);
                }
            }
        }
    }
    assert!(sent > 100, "{sent}");
    assert!(stranger.requests().is_empty(), "{:?}", stranger.requests());
}

/// Whether a request is what it should be, but for its argument.
#[track_caller]
fn is_for(friend: &Server, request: &str) {
    let (line, headers) = request.split_once('\n').unwrap();
    let path = line.strip_prefix("GET ").unwrap();
    assert!(path.starts_with("/v1/a"), "{request}");
    let path = path.split('?').next().unwrap();
    assert!(
        !path.split('/').any(|it| it == ".." || it == "."),
        "{request}"
    );
    let hosts: Vec<_> = headers
        .lines()
        .filter_map(|it| it.strip_prefix("host: "))
        .collect();
    assert_eq!(
        hosts,
        [friend.url.trim_start_matches("http://")],
        "{request}"
    );
    assert!(!headers.contains("x-evil:"), "{request}");
}

#[tokio::test]
async fn no_argument_sets_a_header_of_ours() {
    let (stranger, friend) = (stranger().await, friend().await);
    for name in [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "X-Api-Key",
    ] {
        let operation = leak(open(
            "/a",
            vec![parameter(name, Location::Header, Style::Simple)],
        ));
        let invoker = invoker(operation, &friend.url);
        let host = stranger.url.trim_start_matches("http://");
        invoker.invoke(operation, &json!({ name: host })).await;
        for request in std::mem::take(&mut *friend.seen.lock().unwrap()) {
            assert!(!request.contains(host), "{name}: {request}");
            assert!(request.contains(SECRET), "{name}: {request}");
        }
    }
    assert!(stranger.requests().is_empty());
}

#[tokio::test]
async fn a_variable_of_the_server_is_no_argument() {
    let (stranger, friend) = (stranger().await, friend().await);
    let url = leak_text(friend.url.replace("127.0.0.1", "{host}"));
    let mut operation = open("/a", Vec::new());
    operation.tool.parameters = r#"{"type":"object","properties":{},"additionalProperties":true}"#;
    operation.servers = vec![Described {
        url,
        variables: &[("host", "127.0.0.1")],
    }]
    .leak();
    let operation = leak(operation);
    let mut invoker = Invoker::default();
    let key = Credential::api_key(SECRET);
    invoker
        .set_credential(operation.api, "header", key)
        .unwrap();
    let other = stranger.url.trim_start_matches("http://");
    for arguments in [
        json!({ "host": other }),
        json!({ "servers": other }),
        json!({}),
    ] {
        invoker.invoke(operation, &arguments).await;
    }
    assert!(!friend.requests().is_empty());
    assert!(stranger.requests().is_empty());
}

/// What a model is shown of `GET /`, and how long that took.
async fn shown(url: &str, limit: Duration) -> (ToolOutput, Duration) {
    let operation = leak(open("/", Vec::new()));
    let mut invoker = invoker(operation, url);
    invoker.set_time_limit(limit);
    let started = Instant::now();
    let output = invoker.invoke(operation, &Value::Null).await;
    (output, started.elapsed())
}

const USUAL: Duration = Duration::from_secs(45);

#[tokio::test]
async fn no_redirect_leads_to_another_host() {
    let stranger = stranger().await;
    let port = stranger.url.rsplit(':').next().unwrap();
    for status in [301, 302, 303, 307, 308] {
        for location in [
            "http://127.0.0.1:PORT/",
            "//127.0.0.1:PORT/",
            "http://localhost:PORT/",
            "http://[::1]:PORT/",
            "http://0.0.0.0:PORT/",
            "http://2130706433:PORT/",
            "http://0x7f.1:PORT/",
            "http://friend@127.0.0.1:PORT/",
            "\\\\127.0.0.1:PORT\\",
            "HTTP:\\\\127.0.0.1:PORT",
            "https://127.0.0.1:PORT/",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "ftp://127.0.0.1:PORT/",
        ] {
            let location = location.replace("PORT", port);
            let redirect = any(async move || {
                let mut response = answer(status, "text/plain", "");
                let headers = response.headers_mut();
                headers.insert("location", location.parse().unwrap());
                headers.insert("refresh", format!("0; url={location}").parse().unwrap());
                response
            });
            let server = Server::start(Router::new().fallback(redirect)).await;
            let (output, time) = shown(&server.url, USUAL).await;
            assert!(output.is_error, "{}", output.text);
            assert!(output.text.contains(&status.to_string()), "{}", output.text);
            assert!(!output.text.contains("root:"), "{}", output.text);
            assert!(time < Duration::from_secs(20), "{time:?}");
            assert_eq!(server.requests().len(), 1);
        }
    }
    assert!(stranger.requests().is_empty(), "{:?}", stranger.requests());
}

/// A server that reads a request and writes as it likes.
async fn raw<F>(write: impl Fn(tokio::net::TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            tokio::spawn(write(socket));
        }
    });
    url
}

#[tokio::test]
async fn no_answer_takes_longer_than_its_time() {
    /// The head that comes before what drips.
    async fn check(head: &'static str, drop: &'static str) {
        let url = raw(move |mut socket| async move {
            let _ = socket.write_all(head.as_bytes()).await;
            while socket.write_all(drop.as_bytes()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        let (output, time) = shown(&url, Duration::from_millis(300)).await;
        assert!(output.is_error, "{head}: {}", output.text);
        assert!(
            output.text.contains("within 300ms"),
            "{head}: {}",
            output.text
        );
        assert!(time < Duration::from_secs(10), "{head}: {time:?}");
    }
    check("", "").await;
    check("HTTP/1.1 200 OK\r\nx-slow: ", "x").await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x").await;
    check(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "1\r\nx\r\n",
    )
    .await;
    // It may be sent again, but never past the limit.
    check("HTTP/1.1 100 Continue\r\n\r\n", "").await;
}

#[tokio::test]
async fn no_head_of_an_answer_is_endless() {
    for line in ["x: ", "x"] {
        let url = raw(move |mut socket| async move {
            let head = format!("HTTP/1.1 200 OK\r\n{line}");
            let _ = socket.write_all(head.as_bytes()).await;
            let many = "x: y\r\n".repeat(1000);
            let more = if line == "x" {
                &"x".repeat(6000)
            } else {
                &many
            };
            while socket.write_all(more.as_bytes()).await.is_ok() {}
        })
        .await;
        let (output, time) = shown(&url, USUAL).await;
        assert!(output.is_error);
        assert!(
            output.text.starts_with("The call failed: "),
            "{}",
            output.text
        );
        assert!(time < Duration::from_secs(20), "{time:?}");
    }
}

/// The most resident memory of this process so far, in bytes.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[tokio::test]
async fn no_answer_takes_more_memory_than_its_bound() {
    /// A body of 10,000,000 bytes as bytes, text, and shortened text, and what other tests have.
    const BOUND: usize = 200_000_000;

    let before = peak();
    for media_type in ["application/json", "text/plain", "video/mp4"] {
        let endless = any(async move || answer(200, media_type, support::endless()));
        let server = Server::start(Router::new().fallback(endless)).await;
        let (output, _) = shown(&server.url, USUAL).await;
        assert!(output.text.chars().count() <= 100_000);
    }
    // What is announced is not believed.
    let url = raw(|mut socket| async move {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551614\r\n\r\nhalf";
        let _ = socket.write_all(head.as_bytes()).await;
    })
    .await;
    let (output, _) = shown(&url, USUAL).await;
    assert!(output.is_error, "{}", output.text);
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < BOUND, "{} bytes", after - before);
    }
}

/// Zeros as a `deflate` stream in a gzip envelope, a thousandth of their size.
fn bomb() -> Vec<u8> {
    // A stored block would not be smaller: this is one fixed block that repeats a zero.
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits::default();
    bits.push(0b011, 3);
    bits.push_code(0b0011_0000, 8);
    for _ in 0..400_000 {
        // The longest match, 258 bytes, one byte back.
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    bits.push_code(0, 7);
    bytes.extend(bits.bytes());
    bytes
}

/// Bits, the lowest of each byte first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
    }

    /// Codes of Huffman stand with their highest bit first.
    fn push_code(&mut self, code: u32, count: u32) {
        self.0
            .extend((0..count).rev().map(|bit| code >> bit & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            let bits = bits.iter().enumerate();
            bits.fold(0, |byte, (place, bit)| byte | u8::from(*bit) << place)
        };
        self.0.chunks(8).map(byte).collect()
    }
}

#[tokio::test]
async fn what_is_packed_stays_packed() {
    let bomb = Arc::new(bomb());
    let size = bomb.len();
    let packed = any(async move || -> Response {
        let mut response = answer(200, "application/json", bomb.to_vec());
        let encoding = "gzip".parse().unwrap();
        response.headers_mut().insert("content-encoding", encoding);
        response
    });
    let server = Server::start(Router::new().fallback(packed)).await;
    let before = peak();
    let (output, _) = shown(&server.url, USUAL).await;
    let text = format!("[application/json, packed as gzip, {size} bytes, not shown]");
    assert_eq!(output.text, text);
    // It would be a hundred million bytes.
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < 200_000_000, "{} bytes", after - before);
    }
    // Nobody asked for it.
    assert!(!server.requests()[0].contains("accept-encoding"));
}
