//! Files that calls take and bring, over real HTTP: an API on loopback that fetches and sends them.

mod site;

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::Body as Content,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use expect_test::{Expect, expect};
use gpt_runtime::{
    action::{
        Api, Body, BodyArguments, Described, MediaType, Method, Operation, Response, Server,
        Status, Tool,
    },
    conversation::{Decision, Event},
    gpt::{ActionSet, ActionSettings, Definition, Visibility},
    message::Message,
    model::script::{Reply, Script},
    service::{Said, Service},
    store::memory::Memory,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use site::{DEFINITION, Desk, Seen, Site};

static API: Api = Api {
    name: "print",
    title: "Print Shop",
    version: "1",
    servers: &[],
    security_schemes: &[],
    schemas: "{}",
    answer_schemas: "{}",
};

/// Takes files.
static PRINT: Operation = Operation {
    api: &API,
    id: "print",
    tool: Tool {
        name: "print",
        description: "Prints files.",
        parameters: r#"{
            "type": "object",
            "properties": {
                "openaiFileIdRefs": { "type": "array", "items": { "type": "string" } },
                "copies": { "type": "integer" }
            },
            "required": ["openaiFileIdRefs"],
            "additionalProperties": false
        }"#,
        example: r#"{"openaiFileIdRefs":["plan.pdf"]}"#,
    },
    method: Method::Post,
    path: "/print",
    servers: &[],
    parameters: &[],
    body: Some(Body {
        required: true,
        media_types: &[MediaType::new("application/json")],
        by_media_type: false,
        arguments: BodyArguments::Properties(
            &[
                ("openaiFileIdRefs", "openaiFileIdRefs"),
                ("copies", "copies"),
            ],
            false,
        ),
    }),
    answers: &[Response::new(Status::Code(200), Some("application/json"))],
    failures: &[],
    security: &[],
    consequential: false,
    asks_once: false,
    time_limit: None,
    deprecated: false,
};

/// Sends files.
static SCAN: Operation = Operation {
    id: "scan",
    tool: Tool {
        name: "scan",
        description: "Scans what lies there.",
        parameters: r#"{"type":"object","properties":{}}"#,
        example: "{}",
    },
    method: Method::Get,
    path: "/scan",
    body: None,
    ..PRINT
};

/// What the API does: what it was sent, what the links it was sent led to, and what it sends.
#[derive(Clone, Default)]
struct Shop {
    sent: Arc<Mutex<Vec<Value>>>,
    fetched: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<Value>>,
}

impl Shop {
    async fn start(&self) -> String {
        let print = async |State(shop): State<Self>, Json(body): Json<Value>| {
            for file in body["openaiFileIdRefs"].as_array().unwrap() {
                let link = file["download_link"].as_str().unwrap();
                let text = fetch(link).await;
                shop.fetched.lock().unwrap().push(text);
            }
            shop.sent.lock().unwrap().push(body);
            Json(json!({ "printed": true }))
        };
        let scan = async |State(shop): State<Self>| {
            let answer = shop.answer.lock().unwrap().clone();
            Json(answer)
        };
        let page = async || {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"../scan 1.csv\"",
                ),
            ];
            (headers, "a,b")
        };
        let router = Router::new()
            .route("/print", post(print))
            .route("/scan", get(scan))
            .route("/page", get(page))
            .route("/plain.txt", get(async || "plain"))
            .route(
                "/gone",
                get(async || (StatusCode::GONE, "no").into_response()),
            )
            .route("/here", get(async || Redirect::to("/page")))
            .route(
                "/there",
                get(async || Redirect::to("http://127.0.0.2:9/page")),
            )
            .route(
                "/large",
                get(async || Content::from(vec![b'x'; 10_000_001])),
            )
            .with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        url
    }
}

/// What an address leads to, for a client without a session.
async fn fetch(url: &str) -> String {
    // Another test may have been quicker.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::get(url).await.unwrap();
    let (status, disposition) = (
        answer.status().as_u16(),
        answer.headers().get("content-disposition").cloned(),
    );
    let disposition = disposition.map(|it| it.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    format!("{status} {} {text}", disposition.unwrap_or_default())
}

/// A GPT that only its owner may use, a conversation of theirs, and the API.
struct Stage {
    site: Site,
    shop: Shop,
    script: Script,
    url: String,
    conversation: String,
}

const OWNER: &str = "owner";
const TOKEN: &str = "the-token-of-the-owner";

impl Stage {
    async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let (shop, script) = (Shop::default(), Script::new(replies));
        let url = shop.start().await;
        let service = service(Arc::default(), &url, &script);
        let site = Site::of(service, Seen::default(), |server| server.owner_token(TOKEN)).await;
        let conversation = site.service.start(Some(OWNER)).await.unwrap();
        Self {
            site,
            shop,
            script,
            url,
            conversation,
        }
    }

    async fn add(&self, name: &str, content: &str) -> String {
        let service = &self.site.service;
        let content = content.to_owned();
        let file = service.add_file(OWNER, &self.conversation, name, "text/plain", content);
        file.await.unwrap().id
    }

    /// Says something with files and returns what the last result says.
    async fn say(&self, files: &[&str]) -> String {
        let path = format!("/api/conversations/{}/messages", self.conversation);
        let body = json!({ "text": "Please.", "files": files, "decision": "allow" });
        let token = format!("authorization=Bearer\u{a0}{TOKEN}");
        let answer = self.site.ask(&format!("POST {path} {token} {body}")).await;
        assert!(answer.contains("event: finished"), "{answer}");
        let messages = self.messages().await;
        let text = messages.iter().rev().find_map(|message| match message {
            Message::Tool { text, .. } => Some(text.clone()),
            _ => None,
        });
        text.unwrap()
    }

    async fn messages(&self) -> Vec<Message> {
        let messages = self.site.service.messages(OWNER, &self.conversation);
        messages.await.unwrap().unwrap()
    }

    /// What the API was sent, without what differs from run to run.
    fn sent(&self) -> Vec<Value> {
        let mut sent = std::mem::take(&mut *self.shop.sent.lock().unwrap());
        for file in sent
            .iter_mut()
            .filter_map(|body| body["openaiFileIdRefs"].as_array_mut())
            .flatten()
        {
            let link = file["download_link"].as_str().unwrap();
            let own = format!("http://{}/api/files/", self.site.address);
            assert!(link.starts_with(&own), "{link}");
            assert!(!link.contains(&self.conversation), "{link}");
            file["download_link"] = "LINK".into();
        }
        sent
    }
}

fn service(store: Arc<Memory>, url: &str, script: &Script) -> Service {
    static DESK: Definition = Definition {
        actions: &[ActionSet {
            operations: &[&Described::of(&PRINT), &Described::of(&SCAN)],
            settings: ActionSettings::NONE,
        }],
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    };
    Service::builder(Desk(&DESK))
        .model(script.clone())
        .store(store)
        .base_url(&API, url)
        .build()
        .unwrap()
}

fn print(files: &Value) -> Reply {
    Reply::call("print", json!({ "openaiFileIdRefs": files, "copies": 1 }))
}

#[tokio::test]
async fn an_api_fetches_what_a_model_names() {
    // The model learns the ids from the message; it may write names too.
    let stage = Stage::start([
        print(&json!(["plan.txt", "second.txt"])),
        Reply::text("Printed."),
    ])
    .await;
    let first = stage.add("plan.txt", "old").await;
    let plan = stage.add("plan.txt", "new").await;
    let second = stage.add("second.txt", "2").await;
    let text = stage.say(&[&first, &plan, &second]).await;
    assert_eq!(text, r#"{"printed":true}"#);
    let file = |name: &str, id: &str| json!({ "name": name, "id": id, "mime_type": "text/plain", "download_link": "LINK" });
    let expected = json!({
        "openaiFileIdRefs": [file("plan.txt", &plan), file("second.txt", &second)],
        "copies": 1,
    });
    assert_eq!(stage.sent(), [expected], "of two of one name the newer");
    let fetched = stage.shop.fetched.lock().unwrap().join("\n");
    expect![[r#"
        200 attachment; filename="plan.txt" new
        200 attachment; filename="second.txt" 2"#]]
    .assert_eq(&fetched);
    // What the model and people see are its own words.
    let shown = format!("{:?}", stage.messages().await);
    assert!(!shown.contains("download_link"), "{shown}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_to_the_model() {
    let stage = Stage::start([
        print(&json!(["other.txt", "unsaid.txt", "plan.txt"])),
        print(&json!([7])),
        print(&json!(vec!["plan.txt"; 11])),
        Reply::text("I cannot."),
    ])
    .await;
    let id = stage.add("plan.txt", "1").await;
    // It was uploaded, but nobody has shown it to the model.
    stage.add("unsaid.txt", "2").await;
    let other = stage.site.service.start(Some(OWNER)).await.unwrap();
    let other = stage
        .site
        .service
        .add_file(OWNER, &other, "other.txt", "", "3");
    other.await.unwrap();
    stage.say(&[&id]).await;
    let results: Vec<String> = stage
        .messages()
        .await
        .into_iter()
        .filter_map(|message| match message {
            Message::Tool { text, is_error, .. } => Some(format!("{is_error} {text}")),
            _ => None,
        })
        .collect();
    expect![[r#"
        true Nothing was sent: the arguments are not as described
        - `openaiFileIdRefs[0]`: is no id of a file of this conversation
        - `openaiFileIdRefs[1]`: is no id of a file of this conversation
        Correct this and call again.

        true Nothing was sent: the arguments are not as described
        - `openaiFileIdRefs[0]`: must be text, not 7: write "7"
        Correct this and call again.

        true Nothing was sent: the arguments are not as described
        - `openaiFileIdRefs`: names more than 10 files
        Correct this and call again."#]]
    .assert_eq(&results.join("\n\n"));
    assert_eq!(stage.sent(), [json!(null); 0], "nothing was sent");
}

#[tokio::test]
async fn without_a_server_there_are_no_links() {
    let shop = Shop::default();
    let script = Script::new([print(&json!(["plan.txt"])), Reply::text("I cannot.")]);
    let service = service(Arc::default(), &shop.start().await, &script);
    let id = service.start(Some(OWNER)).await.unwrap();
    let file = service.add_file(OWNER, &id, "plan.txt", "", "1").await;
    let said = Said {
        text: String::new(),
        files: vec![file.unwrap().id],
    };
    let mut turn = service.say(OWNER, &id, said).await.unwrap();
    while let Some(event) = turn.next().await {
        if let Event::ConfirmationNeeded { call_id, .. } = event {
            turn.decide(&call_id, Decision::Allow);
        }
    }
    let last = format!("{:?}", script.requests().remove(1).messages.last());
    assert!(
        last.contains("no server runs from which files are fetched"),
        "{last}"
    );
}

#[tokio::test]
async fn a_link_holds_in_every_process_and_cannot_be_forged() {
    let (store, shop) = (Arc::<Memory>::default(), Shop::default());
    let url = shop.start().await;
    let script = Script::new([print(&json!(["plan.txt"])), Reply::text("Printed.")]);
    let mut sites = Vec::new();
    for _ in 0..2 {
        let service = service(Arc::clone(&store), &url, &script);
        let site = Site::of(service, Seen::default(), |server| server.owner_token(TOKEN));
        sites.push(site.await);
    }
    let service = &sites[0].service;
    let id = service.start(Some(OWNER)).await.unwrap();
    let file = service
        .add_file(OWNER, &id, "plan.txt", "text/plain", "1")
        .await;
    let file = file.unwrap().id;
    let path = format!("/api/conversations/{id}/messages");
    let token = format!("authorization=Bearer\u{a0}{TOKEN}");
    let body = json!({ "text": "", "files": [file], "decision": "allow" });
    sites[0].ask(&format!("POST {path} {token} {body}")).await;
    let link = shop.sent.lock().unwrap()[0]["openaiFileIdRefs"][0]["download_link"].clone();
    let link = link.as_str().unwrap().to_owned();
    let own = sites[0].address.to_string();
    let other = link.replace(&own, &sites[1].address.to_string());
    let good = "200 attachment; filename=\"plan.txt\" 1";
    assert_eq!(fetch(&link).await, good);
    assert_eq!(fetch(&other).await, good);
    let (path, token) = link.rsplit_once('/').unwrap();
    let other_letter = if token.starts_with('A') { "B" } else { "A" };
    for forged in [
        token[..token.len() - 2].to_owned(),
        format!("{other_letter}{}", &token[1..]),
        format!("{token}A"),
        file.clone(),
        format!("{id}.{file}"),
        "%00".to_owned(),
    ] {
        let answer = fetch(&format!("{path}/{forged}")).await;
        assert!(answer.starts_with("404 "), "{forged}: {answer}");
    }
    service.delete(OWNER, &id).await.unwrap();
    assert!(fetch(&link).await.starts_with("404 "));
}

/// What the model is shown of an answer with these files, and which of them are kept.
async fn check_brought(files: impl FnOnce(&str) -> Value, expected: Expect) -> Stage {
    let stage = Stage::start([Reply::call("scan", json!({})), Reply::text("Scanned.")]).await;
    let answer = json!({ "pages": 1, "openaiFileResponse": files(&stage.url) });
    *stage.shop.answer.lock().unwrap() = answer;
    let mut seen = stage.say(&[]).await.replace("},{", "},\n{");
    for message in stage.messages().await {
        if let Message::Tool { files, .. } = message {
            for file in files {
                let found = stage
                    .site
                    .service
                    .file(OWNER, &stage.conversation, &file.id);
                let (_, content) = found.await.unwrap().unwrap();
                let start = String::from_utf8_lossy(&content[..content.len().min(9)]).into_owned();
                let (name, media_type, size) = (file.name, file.media_type, file.size);
                seen += &[
                    "\n",
                    &name,
                    " ",
                    &media_type,
                    " ",
                    &size.to_string(),
                    " ",
                    &start,
                ]
                .concat();
            }
        }
    }
    let url = &stage.url;
    expected.assert_eq(&stage.site.tidy(&seen.replace(url, "SHOP")));
    stage
}

fn inline(name: &str, media_type: &str, content: &[u8]) -> Value {
    json!({ "name": name, "mime_type": media_type, "content": STANDARD.encode(content) })
}

#[tokio::test]
async fn files_of_an_answer_are_kept() {
    let stage = check_brought(
        |url| {
            json!([
                inline("../sky.png", "image/png", b"\x89PNG"),
                { "name": "a.txt", "content": "YWJj\nZA" },
                format!("{url}/page"),
                format!("{url}/plain.txt?size=2"),
                format!("{url}/here"),
            ])
        },
        expect![[r#"
            {"pages":1,"openaiFileResponse":[{"name":"sky.png","mime_type":"image/png","id":"ID","size":4},
            {"name":"a.txt","mime_type":"text/plain","id":"ID","size":4},
            {"name":"scan 1.csv","mime_type":"text/csv","id":"ID","size":3},
            {"name":"plain.txt","mime_type":"text/plain","id":"ID","size":5},
            {"name":"scan 1.csv","mime_type":"text/csv","id":"ID","size":3}]}
            sky.png image/png 4 �PNG
            a.txt text/plain 4 abcd
            scan 1.csv text/csv 3 a,b
            plain.txt text/plain 5 plain
            scan 1.csv text/csv 3 a,b"#]],
    )
    .await;
    // The model is shown them.
    let request = stage.script.requests().remove(1);
    assert_eq!(request.contents.len(), 5);
}

#[tokio::test]
async fn files_of_an_answer_that_cannot_be_kept_are_told_one_by_one() {
    check_brought(
        |url| {
            json!([
                inline("good.txt", "text/plain", b"good"),
                { "name": "bad.txt", "mime_type": "text/plain", "content": "no base64!" },
                { "name": "none.txt" },
                7,
                format!("{url}/gone"),
                format!("{url}/there"),
                format!("{url}/large"),
                "http://127.0.0.2:9/page",
                "file:///etc/passwd",
                "https://user:secret@print.example/a",
            ])
        },
        expect![[r#"
            {"pages":1,"openaiFileResponse":[{"name":"good.txt","mime_type":"text/plain","id":"ID","size":4},
            {"name":"bad.txt","error":"not kept: its content is not base64: Invalid symbol 33, offset 8."},
            {"name":"none.txt","error":"not kept: it is neither a URL nor has a `content` in base64"},
            {"name":"","error":"not kept: it is neither a URL nor has a `content` in base64"},
            {"name":"SHOP/gone","error":"not kept: the server answered with status 410 Gone"},
            {"name":"SHOP/there","error":"not kept: the server sends it on to 127.0.0.2, which is not followed"},
            {"name":"SHOP/large","error":"not kept: it is over 10000000 bytes"},
            {"name":"http://127.0.0.2:9/page","error":"not kept: 127.0.0.2 is no server of this API: files are fetched from its servers only"},
            {"name":"file:///etc/passwd","error":"not kept: only `http` and `https` URLs can be called"},
            {"name":"https://user:secret@print.example/a","error":"not kept: leave user and password out of the URL and set a credential"}]}
            good.txt text/plain 4 good"#]],
    )
    .await;
}

#[tokio::test]
async fn files_come_from_any_server_of_the_description() {
    fn leak<T>(value: T) -> &'static T {
        Box::leak(Box::new(value))
    }
    let (shop, archive, foreign) = (Shop::default(), Shop::default(), Shop::default());
    let servers = [shop.start().await, archive.start().await].map(|url| Server {
        url: leak(url),
        variables: &[],
    });
    let [own, other] = [servers[0].url, servers[1].url].map(|url| format!("{url}/page"));
    let foreign = format!("{}/page", foreign.start().await);
    *shop.answer.lock().unwrap() = json!({ "openaiFileResponse": [own, other, foreign] });
    let api = leak(Api {
        servers: leak(servers),
        ..API
    });
    let scan = leak(Operation { api, ..SCAN });
    let scan: &'static Described = leak(Described::of(scan));
    let operations: &'static [&'static Described] = leak([scan]);
    let definition = leak(Definition {
        actions: leak([ActionSet::new(operations)]),
        ..DEFINITION
    });
    let script = Script::new([Reply::call("scan", json!({})), Reply::text("Scanned.")]);
    let builder = Service::builder(Desk(definition)).model(script.clone());
    let service = builder.build().unwrap();
    let id = service.start(Some(OWNER)).await.unwrap();
    let mut turn = service.say(OWNER, &id, "Scan.").await.unwrap();
    while turn.next().await.is_some() {}
    let messages = service.messages(OWNER, &id).await.unwrap().unwrap();
    let Message::Tool { text, files, .. } = &messages[2] else {
        panic!("{messages:?}");
    };
    assert_eq!(files.len(), 2, "{text}");
    assert!(text.contains("is no server of this API"), "{text}");
}

#[tokio::test]
async fn an_answer_brings_ten_files_at_most() {
    check_brought(
        |_| {
            (0..12)
                .map(|it| inline(&it.to_string(), "text/plain", b"x"))
                .collect()
        },
        expect![[r#"
            {"pages":1,"openaiFileResponse":[{"name":"0","mime_type":"text/plain","id":"ID","size":1},
            {"name":"1","mime_type":"text/plain","id":"ID","size":1},
            {"name":"2","mime_type":"text/plain","id":"ID","size":1},
            {"name":"3","mime_type":"text/plain","id":"ID","size":1},
            {"name":"4","mime_type":"text/plain","id":"ID","size":1},
            {"name":"5","mime_type":"text/plain","id":"ID","size":1},
            {"name":"6","mime_type":"text/plain","id":"ID","size":1},
            {"name":"7","mime_type":"text/plain","id":"ID","size":1},
            {"name":"8","mime_type":"text/plain","id":"ID","size":1},
            {"name":"9","mime_type":"text/plain","id":"ID","size":1},
            {"name":"10","error":"not kept: at most 10 files are taken from an answer"},
            {"name":"11","error":"not kept: at most 10 files are taken from an answer"}]}
            0 text/plain 1 x
            1 text/plain 1 x
            2 text/plain 1 x
            3 text/plain 1 x
            4 text/plain 1 x
            5 text/plain 1 x
            6 text/plain 1 x
            7 text/plain 1 x
            8 text/plain 1 x
            9 text/plain 1 x"#]],
    )
    .await;
}

#[tokio::test]
async fn a_file_of_an_answer_is_bounded() {
    check_brought(
        |_| {
            json!([
                inline("large", "text/plain", &vec![b'x'; 10_000_001]),
                inline("most", "text/plain", &vec![b'x'; 10_000_000])
            ])
        },
        expect![[r#"
            {"pages":1,"openaiFileResponse":[{"name":"large","error":"not kept: it is over 10000000 bytes"},
            {"name":"most","mime_type":"text/plain","id":"ID","size":10000000}]}
            most text/plain 10000000 xxxxxxxxx"#]],
    )
    .await;
}

#[tokio::test]
async fn events_say_what_a_call_brought() {
    let stage = Stage::start([Reply::call("scan", json!({})), Reply::text("Scanned.")]).await;
    let files = json!([inline("a.txt", "text/plain", b"x")]);
    *stage.shop.answer.lock().unwrap() = json!({ "openaiFileResponse": files });
    let path = format!("/api/conversations/{}/messages", stage.conversation);
    let token = format!("authorization=Bearer\u{a0}{TOKEN}");
    let request = format!("POST {path} {token} {}", json!({ "text": "Scan." }));
    expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: call_started
        data: {"type":"call_started","call_id":"call_1","name":"scan","arguments":{}}

        event: file_added
        data: {"type":"file_added","file":{"id":"ID","name":"a.txt","media_type":"text/plain","size":1},"call_id":"call_1"}

        event: call_finished
        data: {"type":"call_finished","call_id":"call_1","result":"{\"openaiFileResponse\":[{\"name\":\"a.txt\",\"mime_type\":\"text/plain\",\"id\":\"ID\",\"size\":1}]}","is_error":false,"milliseconds":0}

        event: text_delta
        data: {"type":"text_delta","text":"Scanned."}

        event: finished
        data: {"type":"finished","text":"Scanned."}

    "#]].assert_eq(&stage.site.ask(&request).await);
}
