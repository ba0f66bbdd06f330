//! Answers as generated code types them: streams, bytes and headers, from a server that sends them
//! piece by piece.

use gpt_runtime::{
    action::Action,
    invoke::{CallError, Client, Items},
};
use serde_json::Value;
use std::{fmt::Debug, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};

macro_rules! modules {
    ($($name:ident)*) => {$(
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
        mod $name {
            include!(concat!("expected/", stringify!($name), ".rs"));
        }
    )*};
}

modules! { answer_headers download_of_any_type event_streams streams }

/// A server for one request; what it answers, the test sends.
struct Server {
    url: String,
    pieces: mpsc::UnboundedSender<Vec<u8>>,
    request: oneshot::Receiver<String>,
}

impl Server {
    /// A server that begins its answer with a status and these headers.
    async fn start(head: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (pieces, sent) = mpsc::unbounded_channel();
        let (asked, request) = oneshot::channel();
        let head = format!("HTTP/1.1 {head}\r\ntransfer-encoding: chunked\r\n\r\n");
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = asked.send(read_request(&mut socket).await);
            socket.write_all(head.as_bytes()).await.unwrap();
            write(&mut socket, sent).await;
        });
        Self {
            url,
            pieces,
            request,
        }
    }

    /// A server of a media type that sends a whole body.
    async fn whole(media_type: &str, body: &str) -> Self {
        let server = Self::start(&format!("200 OK\r\ncontent-type: {media_type}")).await;
        server.send(body);
        server.end();
        server
    }

    fn client(&self, api: &'static gpt_runtime::action::Api) -> Client {
        Client::new(api).base_url(&self.url).unwrap()
    }

    fn send(&self, piece: impl AsRef<[u8]>) {
        self.pieces.send(piece.as_ref().to_vec()).unwrap();
    }

    /// Ends the answer as it should be ended.
    fn end(&self) {
        self.send("");
    }

    /// Breaks the connection.
    fn drop(self) -> oneshot::Receiver<String> {
        self.request
    }
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.unwrap();
        text += std::str::from_utf8(&buffer[..count]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|it| it.strip_prefix("content-length: "));
        if length.is_none_or(|it| it == body.len().to_string()) {
            return text;
        }
    }
}

/// Sends pieces as chunks, of which an empty one is the last.
async fn write(socket: &mut TcpStream, mut pieces: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(piece) = pieces.recv().await {
        let head = format!("{:x}\r\n", piece.len());
        // The client may have gone.
        let _ = socket.write_all(head.as_bytes()).await;
        let _ = socket.write_all(&piece).await;
        let _ = socket.write_all(b"\r\n").await;
    }
}

fn chat() -> streams::Chat {
    streams::Chat::new(streams::ChatBody::new("hello".to_owned()))
}

/// Opens the stream of a call to a server that says it answers with server-sent events.
async fn open(server: &Server) -> Items<streams::Chat> {
    let client = server.client(&streams::API);
    client.call(chat()).stream().await.unwrap()
}

const EVENTS: &str = "200 OK\r\ncontent-type: text/event-stream; charset=utf-8";

async fn delta(items: &mut Items<streams::Chat>) -> Option<String> {
    items.next().await.unwrap().unwrap().delta
}

/// What a call without a stream has of an error.
fn fails<T, F>(result: Result<T, CallError<F>>) -> CallError<F> {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error,
    }
}

/// Compares all items of an answer with what is expected of them.
async fn check<A>(media_type: &str, body: &str, arguments: A, expected: &Value)
where
    A: Action + gpt_runtime::action::Streaming,
    A::Answer: Debug + Send,
{
    let server = Server::whole(media_type, body).await;
    let client = server.client(A::OPERATION.api);
    let mut items = client.call(arguments).stream().await.unwrap();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(gpt_runtime::data::to_value(&item.unwrap()));
    }
    assert_eq!(Value::from(found), *expected);
}

#[tokio::test]
async fn items_come_while_the_answer_is_written() {
    let server = Server::start(EVENTS).await;
    let mut items = open(&server).await;
    server.send("\u{feff}: hello\r\ndata: {\"delta\":\"a\"}\r\n\r\ndata: {\"del");
    // The second event is not sent yet.
    assert_eq!(delta(&mut items).await.as_deref(), Some("a"));
    let (start, end) = "ta\":\"ü\"}\n\ndata: {}\n\n".as_bytes().split_at(6);
    server.send(start);
    server.send(end);
    assert_eq!(delta(&mut items).await.as_deref(), Some("ü"));
    assert_eq!(delta(&mut items).await, None);
    server.send("data: [DONE]\n\ndata: {\"delta\":\"late\"}\n\n");
    assert!(items.next().await.is_none(), "the sentinel ends it");
    assert!(items.next().await.is_none());
    let request = server.request.await.unwrap();
    assert!(
        request.contains("accept: text/event-stream\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn events_have_names_and_ids() {
    let server = Server::start(EVENTS).await;
    let mut events = open(&server).await.events();
    server.send("event: piece\nid: 7\nretry: 250\ndata: {\"delta\":\"a\"}\n\ndata: {}\n\n");
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(event.item.delta.as_deref(), Some("a"));
    assert_eq!(event.name.as_deref(), Some("piece"));
    assert_eq!(event.id.as_deref(), Some("7"));
    assert_eq!(event.retry, Some(Duration::from_millis(250)));
    let event = events.next().await.unwrap().unwrap();
    assert_eq!((event.name, event.id), (None, None));
    assert_eq!(events.last_event_id(), Some("7"));
}

#[tokio::test]
async fn a_bad_item_is_an_error_of_its_own() {
    let server = Server::start(EVENTS).await;
    let mut items = open(&server).await;
    server.send("data: {\"delta\":7}\n\ndata: {\"delta\":\"b\"}\n\n");
    let error = fails(items.next().await.unwrap());
    let text = "`chat`: the answer with status 200 is not what the description says at `delta`: ";
    assert!(error.to_string().starts_with(text), "{error}");
    let CallError::Decode(answer) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(answer.text, "{\"delta\":7}");
    assert_eq!(delta(&mut items).await.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_broken_connection_ends_a_stream_with_an_error() {
    let server = Server::start(EVENTS).await;
    let mut items = open(&server).await;
    server.send("data: {\"delta\":\"a\"}\n\ndata: {\"delta\":\"half");
    assert_eq!(delta(&mut items).await.as_deref(), Some("a"));
    drop(server);
    let error = fails(items.next().await.unwrap());
    assert!(matches!(error, CallError::Connection { .. }), "{error:?}");
    assert_eq!(error.operation(), "chat");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_silence_ends_a_stream_with_an_error() {
    let server = Server::start(EVENTS).await;
    let client = server.client(&streams::API);
    let call = client.call(chat()).time_limit(Duration::from_millis(200));
    let mut items = call.stream().await.unwrap();
    server.send("data: {}\n\n");
    assert_eq!(delta(&mut items).await, None);
    let error = fails(items.next().await.unwrap());
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error:?}");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn the_time_that_items_are_looked_at_is_no_silence() {
    let server = Server::start(EVENTS).await;
    let client = server.client(&streams::API);
    let call = client.call(chat()).time_limit(Duration::from_millis(500));
    let mut items = call.stream().await.unwrap();
    server.send("data: {}\n\n");
    assert_eq!(delta(&mut items).await, None);
    tokio::time::sleep(Duration::from_millis(600)).await;
    let (next, ()) = tokio::join!(items.next(), async { server.send("data: {}\n\n") });
    assert!(next.unwrap().is_ok());
}

#[tokio::test]
async fn an_item_is_bounded() {
    let server = Server::start(EVENTS).await;
    let client = server.client(&streams::API).answer_limit(100);
    let mut items = client.call(chat()).stream().await.unwrap();
    // More than the limit in all, no item more than it.
    server.send("data: {}\n\n".repeat(50));
    for _ in 0..50 {
        assert_eq!(delta(&mut items).await, None);
    }
    server.send(format!("data: {{}}\n\ndata: {}", "x".repeat(200)));
    assert_eq!(delta(&mut items).await, None);
    let error = fails(items.next().await.unwrap());
    assert_eq!(
        error.to_string(),
        "`chat`: the answer has more than 100 bytes"
    );
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn an_answer_that_is_no_stream() {
    let server = Server::whole("application/json", "{\"text\":\"whole\"}").await;
    let client = server.client(&streams::API);
    let error = fails(client.call(chat()).stream().await);
    let text = "`chat`: the answer with status 200 is not what the description says: the server \
                sent application/json instead of text/event-stream: set `stream` in the body to \
                true";
    assert_eq!(error.to_string(), text);

    let server = Server::start("503 Unavailable\r\ncontent-type: text/plain").await;
    server.send("not now");
    server.end();
    let client = server.client(&streams::API);
    let error = fails(client.call(chat()).stream().await);
    assert_eq!((error.status(), error.operation()), (Some(503), "chat"));
    let text = "`chat`: the server answered with status 503: not now";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn streams_of_every_kind() {
    use event_streams::{ListReadings, WatchNotes, WatchPrices};
    use streams::{CreateRun, ExportRows, FollowLog, PullModel};

    let lines = "{\"status\":\"a\"}\r\n\n{\"status\":\"b\"}";
    let expected = serde_json::json!([{ "status": "a" }, { "status": "b" }]);
    for media_type in [
        "application/x-ndjson",
        "application/json",
        "application/jsonl",
    ] {
        check(media_type, lines, PullModel {}, &expected).await;
    }
    let expected = serde_json::json!([{ "delta": "a" }, { "delta": "b" }]);
    let rows = "{\"delta\":\"a\"}\n{\"delta\":\"b\"}\n";
    check("application/jsonl", rows, ExportRows {}, &expected).await;
    let log = "data: one\ndata: 2\n\ndata: \"3\"\n\n";
    let expected = serde_json::json!(["one\n2", "\"3\""]);
    check("text/event-stream", log, FollowLog {}, &expected).await;

    let records = "\u{1e}{\"at\":\n\"2026-01-01T00:00:00Z\"}\n\u{1e}{}\n";
    let expected = serde_json::json!([{ "at": "2026-01-01T00:00:00Z" }, {}]);
    check(
        "application/geo+json-seq",
        records,
        ListReadings {},
        &expected,
    )
    .await;

    let run = "event: run.created\ndata: {\"text\":\"hi\"}\n\nevent: done\ndata: [DONE]\n\n";
    let expected = serde_json::json!([
        { "event": "run.created", "data": { "text": "hi" } },
        { "event": "done", "data": "[DONE]" }
    ]);
    check("text/event-stream", run, CreateRun {}, &expected).await;
    let prices = "event: p\ndata: {\"value\":\ndata: 1.5}\n\n";
    let expected = serde_json::json!([{ "event": "p", "data": { "value": 1.5 } }]);
    check("text/event-stream", prices, WatchPrices {}, &expected).await;
    let notes = "id: 1\nretry: 5\nevent: text\ndata: 7\n\nevent: json\ndata: {\"a\":7}\n\n";
    let expected = serde_json::json!([
        { "id": "1", "retry": 5, "event": "text", "data": "7" },
        { "event": "json", "data": { "a": 7 } }
    ]);
    check("text/event-stream", notes, WatchNotes {}, &expected).await;
}

#[tokio::test]
async fn a_stream_that_is_awaited_is_all_its_items() {
    let lines = "{\"status\":\"a\"}\n{\"status\":\"b\"}\n";
    let array = "[{\"status\":\"a\"},{\"status\":\"b\"}]";
    for (media_type, body, count) in [
        ("application/x-ndjson", lines, 2),
        ("application/x-ndjson", "", 0),
        ("application/json", array, 2),
    ] {
        let server = Server::whole(media_type, body).await;
        let client = server.client(&streams::API);
        let items = client.call(streams::PullModel {}).await.unwrap();
        assert_eq!(items.len(), count, "{media_type}");
    }
    let server = Server::whole("application/x-ndjson", "{\"status\":\"a\"}\n{}\n").await;
    let client = server.client(&streams::API);
    let error = fails(client.call(streams::PullModel {}).await);
    assert!(error.to_string().contains("at `[1]`: missing"), "{error}");
}

#[tokio::test]
async fn bytes_come_while_the_answer_is_written() {
    let head = "200 OK\r\ncontent-type: image/png\r\nx-part: 1";
    let server = Server::start(head).await;
    let client = server.client(&streams::API).answer_limit(3);
    let reply = client.call(streams::ExportRows {}).bytes().await.unwrap();
    assert_eq!((reply.status, reply.header("x-part")), (200, Ok(Some(1))));
    let mut bytes = reply.body;
    server.send([0, 1, 2]);
    assert_eq!(bytes.next().await.unwrap().unwrap(), &[0, 1, 2][..]);
    server.send([3; 7]);
    assert_eq!(bytes.next().await.unwrap().unwrap().len(), 7);
    server.drop();
    let error = fails(bytes.next().await.unwrap());
    assert!(matches!(error, CallError::Connection { .. }), "{error:?}");
    assert!(bytes.next().await.is_none());
}

#[tokio::test]
async fn another_media_type_is_asked_for() {
    let server = Server::whole("text/csv; charset=iso-8859-1", "a,b").await;
    let client = server.client(&streams::API);
    let call = client.call(streams::ExportRows {}).accept("text/csv");
    assert_eq!(call.request().unwrap().headers["accept"], "text/csv");
    assert_eq!(call.text().await.unwrap(), "a,b");
    let request = server.request.await.unwrap();
    assert!(request.contains("accept: text/csv\r\n"), "{request}");

    let call = client.call(streams::ExportRows {}).accept("a\nb");
    let text = "`a\\nb` is no media type";
    assert_eq!(call.request().unwrap_err().to_string(), text);
}

#[tokio::test]
async fn what_is_sent_decides_how_it_is_read() {
    for (media_type, body, expected) in [
        ("text/csv", "a,b", Ok("a,b")),
        ("application/json", "\"text\"", Ok("text")),
        ("application/json", "{\"a\":1}", Ok("{\"a\":1}")),
        ("text/plain", "\"quoted\"", Ok("\"quoted\"")),
    ] {
        let server = Server::whole(media_type, body).await;
        let client = server.client(&streams::API);
        let answer = client.call(streams::ExportRows {}).await;
        let answer = answer.as_deref().map_err(ToString::to_string);
        assert_eq!(answer, expected.map_err(str::to_owned), "{media_type}");
    }
    // A struct is no text.
    let server = Server::whole("text/csv", "a,b").await;
    let client = server.client(&streams::API);
    let error = fails(client.call(chat()).await).to_string();
    assert!(
        error.ends_with("the server sent text/csv instead of JSON"),
        "{error}"
    );
}

#[tokio::test]
async fn a_download_of_any_type_is_bytes() {
    let server = Server::whole("image/png", "no base64!").await;
    let client = server.client(&download_of_any_type::API);
    let answer = client.call(download_of_any_type::Download {}).await;
    assert_eq!(answer.unwrap().0, b"no base64!");
}

#[tokio::test]
async fn headers_have_types() {
    let head = "200 OK\r\ncontent-type: application/json\r\nx-total-count: 42\r\n\
                X-RateLimit: limit=10,remaining=3\r\nx-filter: {\"a\":[1]}\r\nlink: a\r\nlink: b, c\r\n\
                set-cookie: a=1, 2\r\nset-cookie: b=3";
    let server = Server::start(head).await;
    server.send("[]");
    server.end();
    let client = server.client(&answer_headers::API);
    let call = client.call(answer_headers::ListItems {});
    let reply = call.reply().await.unwrap();
    assert_eq!(reply.header("X-Total-Count"), Ok(Some(42_i64)));
    assert_eq!(reply.header("x-total-count"), Ok(Some("42".to_owned())));
    assert_eq!(reply.header::<i64>("x-none"), Ok(None));
    let limits =
        std::collections::BTreeMap::from([("limit".to_owned(), 10), ("remaining".to_owned(), 3)]);
    assert_eq!(reply.header("x-ratelimit"), Ok(Some(limits)));
    let filter = serde_json::json!({ "a": [1] });
    assert_eq!(reply.header("X-Filter"), Ok(Some(filter)));
    let links = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(reply.header("link"), Ok(Some(links)));
    let cookies = ["a=1, 2", "b=3"].map(str::to_owned).to_vec();
    assert_eq!(reply.header("set-cookie"), Ok(Some(cookies)));
    let error = reply.header::<bool>("x-total-count").unwrap_err();
    assert_eq!(error.path, "x-total-count");
    let described = reply.described_headers().iter();
    let described: Vec<_> = described.map(|it| (it.name, it.required)).collect();
    let expected = [
        ("X-Total-Count", true),
        ("x-ratelimit", false),
        ("X-Filter", false),
    ];
    assert_eq!(described, expected);
    let printed = format!("{reply:?}");
    assert!(!printed.contains("b=3"), "{printed}");
}

#[tokio::test]
async fn failures_have_headers() {
    let server = Server::start("429 Slow down\r\nretry-after: 3600\r\nx-request-id: r1").await;
    server.end();
    let client = server.client(&answer_headers::API);
    let error = fails(client.call(answer_headers::ListItems {}).await);
    assert_eq!(error.request_id(), Some("r1"));
    let CallError::Status(failed) = error else {
        panic!("{error:?}")
    };
    assert_eq!(failed.header("Retry-After"), Ok(Some(3600)));
}
