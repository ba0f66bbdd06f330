//! Request bodies as they arrive: forms, parts, files and the choice between media types.

mod support;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{Router, extract::Request as HttpRequest, routing::post};
use bytes::Bytes;
use expect_test::{Expect, expect};
use gpt_runtime::{
    __private as rt,
    data::File,
    invoke::{CallError, Client, Invoker},
    request::{Request, RequestError},
};
use rt::{Body, BodyArguments, Encoding, MediaType, Method, Operation, Style};
use serde_json::{Value, json};
use support::{Server, answer, leak};
use tokio::sync::mpsc;

const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data";

/// `POST /` with a body that is spread over any arguments.
fn open(media_type: &'static str, encoding: &'static [Encoding]) -> &'static Operation {
    let mut operation = support::operation(support::api("{}"));
    operation.method = Method::Post;
    operation.tool.parameters = r#"{"type":"object","properties":{},"additionalProperties":true}"#;
    operation.body = Some(Body {
        required: true,
        media_types: vec![MediaType::new(media_type).encoded(encoding)].leak(),
        by_media_type: false,
        arguments: BodyArguments::Properties(&[], true),
    });
    leak(operation)
}

/// The media type and the body of a request, with `BOUNDARY` for what is random.
fn written(request: Result<Request, RequestError>) -> String {
    let request = match request {
        Ok(request) => request,
        Err(error) => return error.to_string(),
    };
    let media_type = request.headers.get("content-type").unwrap();
    let media_type = media_type.to_str().unwrap();
    let body = request.body.unwrap().bytes().unwrap();
    shown(media_type, &body)
}

fn shown(media_type: &str, body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let text = format!("{media_type}\n\n{body}").replace("\r\n", "\n");
    match media_type.split_once("boundary=") {
        Some((_, boundary)) => text.replace(boundary.split(';').next().unwrap(), "BOUNDARY"),
        None => text,
    }
}

fn from_model(operation: &'static Operation, arguments: &Value) -> String {
    written(Request::from_arguments(operation, None, arguments))
}

/// The form that `{"x": value}` becomes.
#[track_caller]
fn check_form(encoding: &'static [Encoding], value: &Value, expected: &str) {
    let text = from_model(open(FORM, encoding), &json!({ "x": value }));
    assert_eq!(text, format!("{FORM}\n\n{expected}"));
}

#[test]
fn forms_without_encoding() {
    check_form(&[], &json!("a b&c=d+e"), "x=a+b%26c%3Dd%2Be");
    check_form(&[], &json!(""), "x=");
    check_form(&[], &json!(1.0), "x=1");
    check_form(&[], &json!(null), "");
    check_form(&[], &json!([]), "");
    check_form(&[], &json!(["a", "b", null]), "x=a&x=b");
    check_form(&[], &json!([{ "a": 1 }]), "x=%7B%22a%22%3A1%7D");
    check_form(
        &[],
        &json!({ "a": [1, " "] }),
        "x=%7B%22a%22%3A%5B1%2C%22+%22%5D%7D",
    );
    check_form(&[], &json!({}), "x=%7B%7D");
}

#[test]
fn forms_in_a_style() {
    use Style::{DeepObject, Form, PipeDelimited, SpaceDelimited};
    const fn x(style: Style, explode: bool) -> Encoding {
        Encoding::of("x").styled(style, explode)
    }
    let list = json!(["a b", "c,d"]);
    let object = json!({ "k": "a b", "l": 1 });
    check_form(&[const { x(Form, true) }], &list, "x=a+b&x=c%2Cd");
    check_form(&[const { x(Form, false) }], &list, "x=a+b,c%2Cd");
    check_form(&[const { x(SpaceDelimited, false) }], &list, "x=a+b+c%2Cd");
    check_form(&[const { x(PipeDelimited, false) }], &list, "x=a+b%7Cc%2Cd");
    check_form(&[const { x(Form, true) }], &object, "k=a+b&l=1");
    check_form(&[const { x(Form, false) }], &object, "x=k,a+b,l,1");
    check_form(
        &[const { x(DeepObject, true) }],
        &object,
        "x%5Bk%5D=a+b&x%5Bl%5D=1",
    );
    check_form(
        &[const { x(DeepObject, true) }],
        &json!({ "items": [{ "price": "p1", "tags": ["a", "b"] }], "none": null, "deep": { "k": true } }),
        "x%5Bitems%5D%5B0%5D%5Bprice%5D=p1&x%5Bitems%5D%5B0%5D%5Btags%5D%5B%5D=a\
         &x%5Bitems%5D%5B0%5D%5Btags%5D%5B%5D=b&x%5Bdeep%5D%5Bk%5D=true",
    );
    check_form(
        &[const { x(DeepObject, true) }],
        &json!(["a", "b"]),
        "x%5B%5D=a&x%5B%5D=b",
    );
    check_form(&[const { x(DeepObject, true) }], &json!("a"), "x=a");
    check_form(
        &[const { x(Form, true).reserved() }],
        &json!("a/b?c=d&e f%20"),
        "x=a/b?c=d%26e+f+",
    );
}

#[test]
fn forms_in_a_media_type() {
    const JSON: Encoding = Encoding::of("x").written_as("application/json");
    const TEXT: Encoding = Encoding::of("x").written_as("text/plain");
    const OTHERS: Encoding = Encoding::of_others().styled(Style::DeepObject, true);
    check_form(&[JSON], &json!([1, 2]), "x=%5B1%2C2%5D");
    check_form(&[JSON], &json!({ "a": 1 }), "x=%7B%22a%22%3A1%7D");
    check_form(&[TEXT], &json!("a"), "x=a");
    check_form(&[OTHERS], &json!({ "a": 1 }), "x%5Ba%5D=1");
}

#[track_caller]
fn check_parts(
    media_type: &'static str,
    encoding: &'static [Encoding],
    arguments: &Value,
    expected: &Expect,
) {
    expected.assert_eq(&from_model(open(media_type, encoding), arguments));
}

#[test]
fn parts_without_encoding() {
    check_parts(
        PARTS,
        &[],
        &json!({
            "text": "grün",
            "number": 1.0,
            "none": null,
            "list": ["a", "b"],
            "object": { "k": [1] },
            "objects": [{ "k": 1 }, { "k": 2 }],
            "a\"b\r\nc": true,
        }),
        &expect![[r#"
            multipart/form-data; boundary=BOUNDARY

            --BOUNDARY
            Content-Disposition: form-data; name="text"

            grün
            --BOUNDARY
            Content-Disposition: form-data; name="number"

            1
            --BOUNDARY
            Content-Disposition: form-data; name="list"

            a
            --BOUNDARY
            Content-Disposition: form-data; name="list"

            b
            --BOUNDARY
            Content-Disposition: form-data; name="object"
            Content-Type: application/json

            {"k":[1]}
            --BOUNDARY
            Content-Disposition: form-data; name="objects"
            Content-Type: application/json

            {"k":1}
            --BOUNDARY
            Content-Disposition: form-data; name="objects"
            Content-Type: application/json

            {"k":2}
            --BOUNDARY
            Content-Disposition: form-data; name="a%22b%0D%0Ac"

            true
            --BOUNDARY--
        "#]],
    );
}

#[test]
fn parts_with_encoding() {
    check_parts(
        PARTS,
        &[
            const {
                Encoding::of("photo")
                    .file()
                    .written_as("image/png, image/jpeg")
            },
            const {
                Encoding::of("files")
                    .file()
                    .with_headers(&[("X-Kind", "scan")])
            },
            const { Encoding::of("csv").written_as("text/csv; charset=utf-8") },
            const { Encoding::of("name").written_as("application/json") },
            const { Encoding::of("deep").styled(Style::DeepObject, true) },
            const { Encoding::of("list").styled(Style::Form, false) },
        ],
        &json!({
            "photo": "aGVsbG8=",
            "files": ["YQ==", "Yg=="],
            "csv": "a,b",
            "name": "Ada",
            "deep": { "a b": [1] },
            "list": ["a", "b"],
        }),
        &expect![[r#"
            multipart/form-data; boundary=BOUNDARY

            --BOUNDARY
            Content-Disposition: form-data; name="photo"; filename="photo"
            Content-Type: image/png

            hello
            --BOUNDARY
            Content-Disposition: form-data; name="files"; filename="files"
            Content-Type: application/octet-stream
            X-Kind: scan

            a
            --BOUNDARY
            Content-Disposition: form-data; name="files"; filename="files"
            Content-Type: application/octet-stream
            X-Kind: scan

            b
            --BOUNDARY
            Content-Disposition: form-data; name="csv"
            Content-Type: text/csv; charset=utf-8

            a,b
            --BOUNDARY
            Content-Disposition: form-data; name="name"
            Content-Type: application/json

            "Ada"
            --BOUNDARY
            Content-Disposition: form-data; name="deep[a b][]"

            1
            --BOUNDARY
            Content-Disposition: form-data; name="list"

            a,b
            --BOUNDARY--
        "#]],
    );
}

#[test]
fn related_parts_say_what_the_first_is() {
    check_parts(
        "multipart/related",
        &[const { Encoding::of("media").file() }],
        &json!({ "metadata": { "name": "x" }, "media": "aGk=" }),
        &expect![[r#"
            multipart/related; boundary=BOUNDARY; type="application/json"

            --BOUNDARY
            Content-Disposition: form-data; name="metadata"
            Content-Type: application/json

            {"name":"x"}
            --BOUNDARY
            Content-Disposition: form-data; name="media"; filename="media"
            Content-Type: application/octet-stream

            hi
            --BOUNDARY--
        "#]],
    );
}

#[test]
fn what_is_no_base64_is_refused() {
    let operation = open(PARTS, &[const { Encoding::of("photo").file() }]);
    let text = from_model(operation, &json!({ "photo": "not base64" }));
    assert_eq!(
        text,
        "the arguments are not as described\n- `photo`: must be bytes as base64"
    );
}

#[derive(Clone)]
struct Upload {
    name: Option<String>,
    photo: Option<File>,
    files: Option<Vec<File>>,
}

impl rt::Data for Upload {
    const TABLE: &'static str = "{6.Upload 4?name 5?photo 5?files";
    fn from_parts(parts: rt::Parts<'_>) -> Self {
        Self {
            name: parts.next(),
            photo: parts.next(),
            files: parts.next(),
        }
    }
    fn slots(&self, to: rt::Slots<'_>) {
        to.all(&[&self.name, &self.photo, &self.files]);
    }
}

#[derive(Clone)]
enum AnyBody {
    Parts(Upload),
    Bytes(File),
    Text(String),
}

impl rt::Data for AnyBody {
    const TABLE: &'static str = "|7.AnyBody 5:Parts 5:Bytes 4:Text";
    fn from_parts(parts: rt::Parts<'_>) -> Self {
        match parts.variant() {
            0 => Self::Parts(parts.next()),
            1 => Self::Bytes(parts.next()),
            _ => Self::Text(parts.next()),
        }
    }
    fn payload(&self) -> (usize, &dyn rt::Slot) {
        match self {
            Self::Parts(payload) => (0, payload),
            Self::Bytes(payload) => (1, payload),
            Self::Text(payload) => (2, payload),
        }
    }
}

/// An action with one body and nothing else.
macro_rules! action {
    ($name:ident, $body:ty, $operation:expr) => {
        #[derive(Clone)]
        struct $name {
            body: $body,
        }

        impl rt::Data for $name {
            const TABLE: &'static str = "{6!Action 4:body";
            fn from_parts(parts: rt::Parts<'_>) -> Self {
                Self { body: parts.next() }
            }
            fn slots(&self, to: rt::Slots<'_>) {
                to.all(&[&self.body]);
            }
        }

        impl rt::Action for $name {
            const OPERATION: &'static rt::Described = &rt::Described::of(&$operation);
            type Answer = Value;
            type Failure = ();
        }
    };
}

static API: rt::Api = rt::Api {
    name: "files",
    title: "Files",
    version: "1",
    servers: &[],
    security_schemes: &[],
    schemas: "{}",
    answer_schemas: "{}",
};

const SEND: Operation = Operation {
    api: &API,
    id: "send",
    tool: rt::Tool {
        name: "send",
        description: "",
        parameters: r#"{
            "type": "object",
            "properties": {
                "name": { "type": "string" },
                "photo": { "type": "string", "format": "byte" },
                "files": { "type": "array", "items": { "type": "string", "format": "byte" } }
            }
        }"#,
        example: "{}",
    },
    method: Method::Post,
    path: "/",
    servers: &[],
    parameters: &[],
    body: Some(PARTS_OR_JSON),
    answers: &[rt::Response::new(
        rt::Status::Code(200),
        Some("application/json"),
    )],
    failures: &[],
    security: &[],
    consequential: true,
    asks_once: false,
    time_limit: None,
    deprecated: false,
};

const ARGUMENTS: BodyArguments = BodyArguments::Properties(
    &[("name", "name"), ("photo", "photo"), ("files", "files")],
    false,
);

const UPLOAD: MediaType = MediaType::new(PARTS).encoded(&[
    Encoding::of("photo").file().written_as("image/*"),
    Encoding::of("files").file(),
]);

const PARTS_OR_JSON: Body = Body {
    required: true,
    media_types: &[UPLOAD, MediaType::new("application/json")],
    by_media_type: false,
    arguments: ARGUMENTS,
};

action!(Send, Upload, SEND);
action!(
    SendAny,
    AnyBody,
    Operation {
        body: Some(Body {
            media_types: &[
                UPLOAD,
                MediaType::new("image/*"),
                MediaType::new("text/plain"),
            ],
            by_media_type: true,
            ..PARTS_OR_JSON
        }),
        ..SEND
    }
);
action!(
    SendBytes,
    File,
    Operation {
        tool: rt::Tool {
            parameters: r#"{
                "type": "object",
                "properties": { "body": { "type": "string", "format": "byte" } },
                "required": ["body"]
            }"#,
            ..SEND.tool
        },
        body: Some(Body {
            media_types: &[MediaType::new("application/octet-stream")],
            arguments: BodyArguments::Whole("body"),
            ..PARTS_OR_JSON
        }),
        ..SEND
    }
);

fn client() -> Client {
    Client::new(&API).base_url("https://files.example").unwrap()
}

fn photo() -> File {
    File::from("hello")
        .with_name("ü \"1\".png")
        .with_content_type("image/png")
}

fn upload() -> Upload {
    Upload {
        name: Some("Ada".to_owned()),
        photo: Some(photo()),
        files: None,
    }
}

#[test]
fn files_of_a_typed_call() {
    let call = client().call(Send {
        body: Upload {
            files: Some(vec![
                vec![b'a'].into(),
                File::from("b").with_content_type("text/csv"),
            ]),
            ..upload()
        },
    });
    expect![[r#"
        multipart/form-data; boundary=BOUNDARY

        --BOUNDARY
        Content-Disposition: form-data; name="name"

        Ada
        --BOUNDARY
        Content-Disposition: form-data; name="photo"; filename="ü %221%22.png"
        Content-Type: image/png

        hello
        --BOUNDARY
        Content-Disposition: form-data; name="files"; filename="files"
        Content-Type: application/octet-stream

        a
        --BOUNDARY
        Content-Disposition: form-data; name="files"; filename="files"
        Content-Type: text/csv

        b
        --BOUNDARY--
    "#]]
    .assert_eq(&written(call.request()));
    assert!(!format!("{call:?}").contains("hello"));
    let request = call.request().unwrap();
    assert!(!format!("{request:?}").contains("hello"), "{request:?}");
    assert_eq!(request.body.unwrap().files().count(), 3);
}

#[test]
fn a_media_type_of_a_file_makes_no_header() {
    let photo = photo().with_content_type("image/png\r\nX-Evil: 1");
    let call = client().call(Send {
        body: Upload {
            photo: Some(photo),
            ..upload()
        },
    });
    let text = written(call.request());
    assert!(text.contains("a part cannot have the header"), "{text}");
}

#[test]
fn one_type_in_several_media_types() {
    let call = client().call(Send { body: upload() });
    let json = call.clone().content_type("application/json");
    expect![[r#"
        application/json

        {"name":"Ada","photo":"aGVsbG8="}"#]]
    .assert_eq(&written(json.request()));
    assert_eq!(
        written(call.content_type("text/csv").request()),
        "`send` cannot send this body as `text/csv`: it is described as multipart/form-data, \
         application/json"
    );
}

#[test]
fn a_type_for_each_media_type() {
    let call = |body| client().call(SendAny { body });
    let text = call(AnyBody::Text("hi".to_owned()));
    assert_eq!(written(text.request()), "text/plain\n\nhi");
    assert_eq!(
        written(call(AnyBody::Bytes(photo())).request()),
        "image/png\n\nhello"
    );
    let chosen = call(AnyBody::Bytes(photo())).content_type("image/webp");
    assert_eq!(written(chosen.request()), "image/webp\n\nhello");
    let parts = written(call(AnyBody::Parts(upload())).request());
    assert!(parts.starts_with("multipart/form-data"), "{parts}");
    let wrong = call(AnyBody::Text("hi".to_owned())).content_type("image/png");
    let text = written(wrong.request());
    assert!(
        text.contains("cannot send this body as `image/png`"),
        "{text}"
    );
}

#[test]
fn a_mark_means_nothing_to_a_model() {
    let call = client().call(SendBytes { body: photo() });
    let arguments = format!("{call:?}");
    let mark = arguments.split('"').find(|it| it.len() == 32).unwrap();
    let text = written(Request::from_arguments(
        <SendBytes as rt::Action>::operation(),
        call.request().ok().map(|it| it.url).as_ref(),
        &json!({ "body": mark }),
    ));
    assert!(!text.contains("hello"), "{text}");
    let request = Request::from_arguments(
        <Send as rt::Action>::operation(),
        call.request().ok().map(|it| it.url).as_ref(),
        &json!({ "name": mark }),
    );
    assert!(written(request).contains(mark));
}

#[test]
fn files_outside_of_memory_are_no_text() {
    let photo = File::from_path("no/such/photo.png");
    assert_eq!((photo.name(), photo.length()), (Some("photo.png"), None));
    let call = client().call(Send {
        body: Upload {
            photo: Some(photo),
            ..upload()
        },
    });
    assert_eq!(
        written(call.content_type("application/json").request()),
        "the arguments are not as described\n\
         - `body`: is a file inside of text, which must be made from bytes"
    );
}

/// What a server received: headers that say how long the body is, and the body.
async fn received(request: HttpRequest) -> String {
    let headers = request.headers();
    let header = |name: &str| {
        let value = headers.get(name).map(|it| it.to_str().unwrap().to_owned());
        value.unwrap_or_else(|| "-".to_owned())
    };
    let (media_type, length) = (header("content-type"), header("content-length"));
    let chunked = header("transfer-encoding");
    let body = axum::body::to_bytes(request.into_body(), usize::MAX)
        .await
        .unwrap();
    format!("{length} {chunked} {}", shown(&media_type, &body))
}

async fn echo() -> Server {
    let echo = async |request: HttpRequest| {
        let text = received(request).await;
        answer(200, "application/json", Value::from(text).to_string())
    };
    Server::start(Router::new().route("/", post(echo))).await
}

async fn sent(server: &Server, body: File) -> String {
    let client = Client::new(&API).base_url(&server.url).unwrap();
    match client.call(SendBytes { body }).await {
        Ok(text) => text.as_str().unwrap().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn whole_files_arrive() {
    let server = echo().await;
    let text = sent(&server, photo()).await;
    assert_eq!(text, "5 - application/octet-stream\n\nhello");

    let path = std::env::temp_dir().join(format!("gpt-runtime-{}.txt", rt::Uuid::new_v4()));
    let content = "line\n".repeat(50_000);
    std::fs::write(&path, &content).unwrap();
    let text = sent(&server, File::from_path(&path)).await;
    assert_eq!(
        text,
        format!("250000 - application/octet-stream\n\n{content}")
    );
    std::fs::remove_file(&path).unwrap();
    let text = sent(&server, File::from_path(&path)).await;
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(
        text.starts_with(&format!("`send`: the file `{name}` cannot be sent: ")),
        "{text}"
    );
}

#[tokio::test]
async fn a_model_sends_bytes_as_base64() {
    let server = echo().await;
    let mut invoker = Invoker::default();
    invoker.set_base_url(&API, &server.url).unwrap();
    let operation = <Send as rt::Action>::operation();
    let output = invoker
        .invoke(operation, &json!({ "photo": "aGVsbG8=" }))
        .await;
    assert!(
        output.text.contains(r#"filename=\"photo\"\n"#),
        "{}",
        output.text
    );
    assert!(output.text.contains(r"\n\nhello\n"), "{}", output.text);
}

/// Chunks that a test sends.
struct Chunks(mpsc::Receiver<Result<Bytes, String>>);

impl futures_core::Stream for Chunks {
    type Item = Result<Bytes, String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

fn stream() -> (mpsc::Sender<Result<Bytes, String>>, File) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, File::from_stream(Chunks(receiver)))
}

/// Yields the second chunk only when the server has confirmed the first: nothing is gathered.
async fn sent_in_two_chunks(
    call: impl FnOnce(&Client, File) -> Pin<Box<dyn Future<Output = String>>>,
) -> String {
    let (confirm, mut confirmed) = mpsc::channel(8);
    let handler = async move |request: HttpRequest| {
        let mut body = request.into_body().into_data_stream();
        let mut read = String::new();
        while let Some(chunk) = next(&mut body).await {
            read += &String::from_utf8_lossy(&chunk);
            if read.contains("first") {
                // Told once is enough.
                let _ = confirm.try_send(());
            }
        }
        answer(200, "application/json", Value::from(read).to_string())
    };
    let server = Server::start(Router::new().route("/", post(handler))).await;
    let (sender, file) = stream();
    let chunks = tokio::spawn(async move {
        sender.send(Ok("first".into())).await.unwrap();
        confirmed.recv().await.unwrap();
        sender.send(Ok("second".into())).await.unwrap();
    });
    let client = Client::new(&API).base_url(&server.url).unwrap();
    let text = call(&client, file).await;
    chunks.await.unwrap();
    text
}

#[tokio::test]
async fn streams_are_sent_as_they_come() {
    let text = sent_in_two_chunks(|client, body| {
        let call = client.call(SendBytes { body });
        Box::pin(async { call.await.unwrap().to_string() })
    });
    assert_eq!(text.await, r#""firstsecond""#);
    let text = sent_in_two_chunks(|client, file| {
        let photo = Some(file.with_name("a.png"));
        let call = client.call(Send {
            body: Upload { photo, ..upload() },
        });
        Box::pin(async { call.await.unwrap().to_string() })
    });
    let text = text.await;
    assert!(text.contains(r"\r\n\r\nfirstsecond\r\n--"), "{text}");
}

async fn next(body: &mut axum::body::BodyDataStream) -> Option<Bytes> {
    let next = std::future::poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut *body), cx));
    next.await.map(Result::unwrap)
}

#[tokio::test]
async fn streams_are_sent_once_and_as_announced() {
    let server = echo().await;
    for (length, expected) in [
        (None, "- chunked application/octet-stream\n\nhello"),
        (Some(5), "5 - application/octet-stream\n\nhello"),
    ] {
        let (sender, mut file) = stream();
        if let Some(length) = length {
            file = file.with_length(length);
        }
        sender.send(Ok("hello".into())).await.unwrap();
        drop(sender);
        assert_eq!(sent(&server, file.clone()).await, expected);
        assert_eq!(
            sent(&server, file).await,
            "`send`: the file cannot be sent: it is a stream, and was sent before"
        );
    }
    for length in [4, 6] {
        let (sender, file) = stream();
        sender.send(Ok("hello".into())).await.unwrap();
        drop(sender);
        let text = sent(&server, file.with_length(length)).await;
        assert!(
            text.contains("cannot reach") || text.contains("connection"),
            "{text}"
        );
    }
    let (sender, file) = stream();
    sender
        .send(Err("the disk is gone".to_owned()))
        .await
        .unwrap();
    let client = Client::new(&API).base_url(&server.url).unwrap();
    let error = client.call(SendBytes { body: file }).await.unwrap_err();
    assert!(matches!(error, CallError::Connection { .. }), "{error}");
}

#[test]
fn files_print_nothing_of_what_is_in_them() {
    let file = photo().with_name("a.png");
    assert_eq!(
        format!("{file:?}"),
        r#"File { name: Some("a.png"), content_type: Some("image/png"), length: Some(5), .. }"#
    );
    assert_eq!(file.clone(), file);
    let (_, stream) = stream();
    assert_eq!(stream.clone(), stream);
    assert!(stream != self::stream().1);
}
