//! The description that a GPT publishes of its own actions, read like that of any API.

use std::{fs, net::SocketAddr, path::Path};

use gpt_codegen::Config;
use gpt_runtime::{
    ActionError, Gpt, Server, Service, action, gpt, model::script::Script, store::memory::Memory,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const TOKEN: &str = "the-token-of-the-owner";

/// How to send it.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// In a few days.
    Post,
    /// Today.
    Courier,
}

#[derive(Debug, Deserialize, JsonSchema, Serialize)]
struct Parcel {
    /// What it weighs, in grams.
    #[schemars(range(min = 1))]
    weight: u32,
    /// What is in it.
    things: Vec<String>,
    /// What holds it together.
    string: Option<Knot>,
}

#[derive(Debug, Deserialize, JsonSchema, Serialize)]
struct Knot {
    loops: u8,
}

/// One of several shapes.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Answer {
    Sent { number: u64 },
    Held { reason: Option<String> },
}

/// Sends a parcel.
///
/// It weighs at most 30 kilograms, and what is in it must not break, burn, spill, smell or run away;
/// everything else about it is between you and whoever gets it, as long as they want it. Where they do
/// not, it comes back to you, and you pay for both ways, unless you said so before, in which case it
/// is sold for the benefit of the people who carried it there and back.
#[action(title = "Send a parcel")]
fn send(
    parcel: Parcel,
    /// Where it goes.
    to: String,
    way: Option<Way>,
) -> Result<Answer, ActionError> {
    if parcel.weight > 30_000 {
        return Err(ActionError::new("it weighs more than 30 kilograms"));
    }
    Ok(match way {
        Some(Way::Courier) => Answer::Held { reason: Some(to) },
        _ => Answer::Sent { number: 1 },
    })
}

/// Tells what a letter costs, by the number of pages.
#[action(read_only)]
fn postage(pages: u8) -> f32 {
    f32::from(pages) * 0.95
}

/// Forgets everything.
#[action(consequential = false)]
fn forget() {}

/// Sends what you like.
#[gpt(
    name = "Post Office",
    instructions = "Use {{send}}.",
    actions = [send, postage, forget],
    visibility = everyone,
    privacy_policy = "https://post.example/privacy",
)]
struct PostOffice;

/// Sends what the owner likes.
#[gpt(name = "Own Office", instructions = "Use {{postage}}.", actions = [postage, send])]
struct OwnOffice;

#[tokio::test]
async fn a_description_for_everyone_is_within_the_rules() {
    let document = check(PostOffice, "post_office.json").await;
    assert_eq!(document["security"], Value::Null);
    assert_eq!(document["servers"][0]["url"], "https://post.example");
    let asks = |path: &str| document["paths"][path]["post"]["x-openai-isConsequential"].clone();
    assert_eq!(asks("/actions/send"), true);
    assert_eq!(asks("/actions/postage"), false);
    assert_eq!(asks("/actions/forget"), false);
}

#[tokio::test]
async fn a_description_for_few_says_how_to_come_in() {
    let document = check(OwnOffice, "own_office.json").await;
    let scheme = &document["components"]["securitySchemes"]["token"]["scheme"];
    assert_eq!(scheme, "bearer");
}

#[tokio::test]
async fn who_may_not_come_in_is_told_nothing() {
    let address = serve(Server::new(service(OwnOffice))).await;
    for request in [
        "GET /actions/openapi.json",
        "POST /actions/postage {\"pages\":2}",
        "GET /actions/openapi.json the-wrong-token",
        "POST /actions/postage the-wrong-token {\"pages\":2}",
    ] {
        let (head, body) = ask(address, request).await;
        assert!(head.starts_with("HTTP/1.1 401 "), "{request}: {head}");
        assert!(!body.contains("postage"), "{body}");
    }
    let request = format!("POST /actions/postage {TOKEN} {{\"pages\":2}}");
    let (_, body) = ask(address, &request).await;
    assert_eq!(body, "1.9");
}

#[tokio::test]
async fn each_of_several_gpts_has_actions_of_its_own() {
    let server = Server::new(service(OwnOffice)).and(service(PostOffice));
    let address = serve(server).await;
    let request = format!("GET /g/own-office/actions/openapi.json {TOKEN}");
    let (_, body) = ask(address, &request).await;
    let document: Value = serde_json::from_str(&body).unwrap();
    let url = &document["servers"][0]["url"];
    assert_eq!(url, "https://post.example/g/own-office");
    let (head, _) = ask(address, "POST /g/own-office/actions/postage {\"pages\":1}").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let (head, _) = ask(address, "POST /g/post-office/actions/forget {}").await;
    assert!(head.starts_with("HTTP/1.1 204 "), "{head}");
    let request = format!("POST /g/own-office/actions/forget {TOKEN} {{}}");
    let (head, _) = ask(address, &request).await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
}

/// Serves a GPT, and holds its description to the rules of ChatGPT's editor and to our own.
async fn check(gpt: impl Gpt, name: &str) -> Value {
    let operations = gpt.definition().operations().count();
    let address = serve(Server::new(service(gpt))).await;
    let (head, body) = ask(address, &format!("GET /actions/openapi.json {TOKEN}")).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");

    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, &body).unwrap();
    let checked = Config::new().deny("chatgpt").check(&file).unwrap();
    assert_eq!(checked.text(false), "", "{}", file.display());
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["paths"].as_object().unwrap().len(), operations);
    document
}

fn service(gpt: impl Gpt) -> Service {
    let builder = Service::builder(gpt).model(Script::new([]));
    builder.store(Memory::default()).build().unwrap()
}

async fn serve(server: Server) -> SocketAddr {
    let server = server
        .address("127.0.0.1:0")
        .public_url("https://post.example")
        .owner_token(TOKEN);
    let bound = server.bind().await.unwrap();
    let address = bound.local_addr();
    tokio::spawn(bound.run_until(std::future::pending()));
    address
}

/// Sends `METHOD path token {body}`; the headers and the body of the answer.
async fn ask(address: SocketAddr, request: &str) -> (String, String) {
    let (head, body) = match request.find(" {") {
        Some(at) => (&request[..at], &request[at + 1..]),
        None => (request, ""),
    };
    let mut words = head.splitn(3, ' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let token = words
        .next()
        .map(|it| format!("Authorization: Bearer {it}\r\n"));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        token.unwrap_or_default(),
        body.len(),
    );
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}
