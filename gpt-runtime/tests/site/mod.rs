//! A GPT that is served on loopback, beside the API that its actions call.
#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, routing::get, routing::post};
use gpt_runtime::{
    Error,
    action::{
        Api, Body, BodyArguments, Described, Location, MediaType, Method, Operation, Parameter,
        Response, Status, Style, Tool,
    },
    gpt::{ActionSet, ActionSettings, Definition, Gpt, Visibility},
    model::script::{Reply, Script},
    server::Server,
    service::Service,
};
use regress::Regex;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
};

pub(crate) static API: Api = Api {
    name: "sky",
    title: "Sky API",
    version: "1",
    servers: &[],
    security_schemes: &[],
    schemas: "{}",
    answer_schemas: "{}",
};

static FORECAST: Operation = Operation {
    api: &API,
    id: "forecast",
    tool: Tool {
        name: "forecast",
        description: "Tells the weather of tomorrow.",
        parameters: r#"{
            "type": "object",
            "properties": { "place": { "type": "string" } },
            "required": ["place"],
            "additionalProperties": false
        }"#,
        example: r#"{"place":"Oslo"}"#,
    },
    method: Method::Get,
    path: "/forecast",
    servers: &[],
    parameters: &[Parameter {
        argument: "place",
        name: "place",
        location: Location::Query,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        required: true,
        content: None,
    }],
    body: None,
    answers: &[JSON],
    failures: &[],
    security: &[],
    consequential: false,
    asks_once: false,
    time_limit: None,
    deprecated: false,
};

static REPORT: Operation = Operation {
    id: "report",
    tool: Tool {
        name: "report",
        description: "Reports what happened.",
        parameters: r#"{
            "type": "object",
            "properties": { "text": { "type": "string" } },
            "required": ["text"],
            "additionalProperties": false
        }"#,
        example: r#"{"text":"Flood"}"#,
    },
    method: Method::Post,
    path: "/reports",
    parameters: &[],
    body: Some(Body {
        required: true,
        media_types: &[MediaType::new("application/json")],
        by_media_type: false,
        arguments: BodyArguments::Properties(&[("text", "text")], false),
    }),
    consequential: true,
    asks_once: false,
    time_limit: None,
    ..FORECAST
};

static SEARCH: Operation = Operation {
    id: "search",
    tool: Tool {
        name: "search",
        description: "Searches reports.",
        ..REPORT.tool
    },
    consequential: false,
    asks_once: false,
    time_limit: None,
    ..REPORT
};

const JSON: Response = Response::new(Status::Code(200), Some("application/json"));

pub(crate) const DEFINITION: Definition = Definition {
    name: "Sky Desk",
    description: "Knows the sky.",
    instructions: "Speak of the sky alone.",
    starters: &["Will it rain in Oslo?"],
    tools: &[],
    actions: &[ActionSet {
        operations: &[
            &Described::of(&FORECAST),
            &Described::of(&REPORT),
            &Described::of(&SEARCH),
        ],
        settings: ActionSettings::NONE,
    }],
    visibility: Visibility::Everyone,
    privacy_policy: Some("https://sky.example/privacy"),
    category: None,
    hosts: &[],
    max_tokens: None,
};

pub(crate) struct Desk(pub(crate) &'static Definition);

impl Gpt for Desk {
    fn definition(&self) -> &'static Definition {
        self.0
    }
}

/// What the API was asked.
pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

pub(crate) async fn api() -> (String, Seen) {
    let seen = Seen::default();
    let router = Router::new()
        .route("/forecast", get(async || Json(json!({ "sky": "rain" }))))
        .route(
            "/reports",
            post(async |State(seen): State<Seen>, Json(body): Json<Value>| {
                seen.lock().unwrap().push(format!("POST /reports {body}"));
                Json(json!({ "number": 7 }))
            }),
        )
        .with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, seen)
}

/// A GPT that is served.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) service: Service,
    seen: Seen,
    stop: Arc<Notify>,
    ended: oneshot::Receiver<Result<(), Error>>,
}

impl Site {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        static PLAIN: Definition = DEFINITION;
        Self::with(Desk(&PLAIN), replies, |server| server).await
    }

    pub(crate) async fn with(
        gpt: Desk,
        replies: impl IntoIterator<Item = Reply>,
        change: impl FnOnce(Server) -> Server,
    ) -> Self {
        let (url, seen) = api().await;
        let service = Service::builder(gpt)
            .model(Script::new(replies))
            .base_url(&API, url)
            .build()
            .unwrap();
        Self::of(service, seen, change).await
    }

    /// A service that was put together elsewhere.
    pub(crate) async fn of(
        service: Service,
        seen: Seen,
        change: impl FnOnce(Server) -> Server,
    ) -> Self {
        let server = change(Server::new(service.clone()).address("127.0.0.1:0"));
        let bound = server.bind().await.unwrap();
        let address = bound.local_addr();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let (sender, ended) = oneshot::channel();
        tokio::spawn(async move {
            let result = bound
                .run_until(async move { stopped.notified().await })
                .await;
            let _ = sender.send(result);
        });
        Self {
            address,
            service,
            seen,
            stop,
            ended,
        }
    }

    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    pub(crate) async fn ended(self) -> Result<(), Error> {
        self.ended.await.unwrap()
    }

    pub(crate) fn api_saw(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    pub(crate) async fn conversation(&self) -> String {
        self.service.start(None).await.unwrap()
    }

    /// Sends `METHOD path header=value {body}` and returns what comes back: the status, the
    /// headers that say something about the content, and the body.
    pub(crate) async fn ask(&self, request: &str) -> String {
        let answer = self.open(request).await.rest().await;
        self.tidy(&answer)
    }

    /// All headers of the answer.
    pub(crate) async fn headers(&self, request: &str) -> String {
        let mut connection = self.open(request).await;
        let mut all = String::new();
        connection.socket.read_to_string(&mut all).await.unwrap();
        let (headers, _) = all.split_once("\r\n\r\n").unwrap();
        headers.replace('\r', "")
    }

    /// Sends a request and leaves the answer to be read. A space in the value of a header is
    /// written as one that does not break.
    pub(crate) async fn open(&self, request: &str) -> Connection {
        let (head, body) = match request.find(" {\"").or_else(|| request.find(" {}")) {
            Some(at) => (&request[..at], request[at + 1..].to_owned()),
            None => (request, String::new()),
        };
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let mut headers = vec![
            ("host", self.address.to_string()),
            ("connection", "close".to_owned()),
            ("content-length", body.len().to_string()),
            ("content-type", "application/json".to_owned()),
        ];
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            headers.retain(|(other, _)| *other != name);
            headers.push((name, value.replace('\u{a0}', " ")));
        }
        let headers: String = headers
            .iter()
            .flat_map(|(name, value)| [name, ": ", value, "\r\n"])
            .collect();
        let text = format!("{method} {path} HTTP/1.1\r\n{headers}\r\n{body}");
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // A server that refuses a body may close before it has read all of it.
        let _ = socket.write_all(text.as_bytes()).await;
        Connection {
            socket,
            read: Vec::new(),
        }
    }

    /// Replaces what differs from run to run.
    pub(crate) fn tidy(&self, text: &str) -> String {
        let mut tidy = text.replace(&self.address.to_string(), "ADDRESS");
        tidy = tidy.replace(&format!(":{}", self.address.port()), ":PORT");
        for (pattern, replacement) in [
            (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
            (r#""milliseconds":\d+"#, r#""milliseconds":0"#),
        ] {
            tidy = Regex::new(pattern).unwrap().replace_all(&tidy, replacement);
        }
        tidy
    }
}

/// A connection with a request sent.
pub(crate) struct Connection {
    socket: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Reads until this text has come.
    pub(crate) async fn read_until(&mut self, text: &str) {
        while !self.read_so_far().contains(text) {
            let more = self.read_more().await;
            assert!(more, "ended before {text}: {:?}", self.read_so_far());
        }
    }

    /// Reads what comes next; `false` where nothing does any more.
    pub(crate) async fn read_more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.socket.read(&mut buffer).await.unwrap();
        self.read.extend_from_slice(&buffer[..count]);
        count > 0
    }

    /// What has come until now.
    pub(crate) fn read_so_far(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }

    /// The whole answer once it has ended, without the headers that are always the same.
    pub(crate) async fn rest(mut self) -> String {
        if let Err(error) = self.socket.read_to_end(&mut self.read).await {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
        let text = String::from_utf8(self.read).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default();
        let mut whole = status.trim_start_matches("HTTP/1.1 ").to_owned();
        let kept = ["content-type:", "location:", "allow:", "conversation-id:"];
        for line in lines.filter(|line| kept.iter().any(|name| line.starts_with(name))) {
            whole.push('\n');
            whole.push_str(line);
        }
        let body = if head.contains("transfer-encoding: chunked") {
            joined_chunks(body)
        } else {
            body.to_owned()
        };
        format!("{whole}\n\n{body}")
    }
}

fn joined_chunks(mut rest: &str) -> String {
    let mut joined = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        joined.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    joined
}
