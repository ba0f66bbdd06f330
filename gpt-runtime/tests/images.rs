//! Images from an OpenAI-compatible endpoint on loopback.

#[path = "provider/mod.rs"]
mod provider;
mod support;
mod tooling;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::get, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use gpt_runtime::{
    error::Error,
    gpt::BuiltInTool,
    message::Message,
    model::script::Script,
    service::Service,
    tool::{fetch::Fetcher, image::GenerateImage},
};
use serde_json::{Value, json};
use support::{Server, answer, endless};
use tooling::{Desk, Outcome, Stage};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nimage";

type Seen = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A server of images that always answers so, and what it was asked.
async fn images(status: u16, body: impl Into<String>) -> (String, Seen) {
    let body = body.into();
    let seen = Seen::default();
    let draw = async move |State(seen): State<Seen>, headers: HeaderMap, asked: Bytes| {
        let asked = serde_json::from_slice(&asked).unwrap();
        seen.lock().unwrap().push((headers, asked));
        answer(status, "application/json", body)
    };
    let router = Router::new()
        .route("/v1/images/generations", post(draw))
        .route("/image.png", get(async || answer(200, "image/png", PNG)))
        .route(
            "/endless.png",
            get(async || answer(200, "image/png", endless())),
        )
        .with_state(Arc::clone(&seen));
    (Server::start(router).await.url, seen)
}

async fn draw(tool: GenerateImage, arguments: Value) -> (Stage, Outcome) {
    let stage = Stage::new([("generate_image", arguments)], |it| it.tool(tool)).await;
    let outcome = stage.next().await;
    (stage, outcome)
}

fn tool(url: &str) -> GenerateImage {
    let tool = GenerateImage::new(&format!("{url}/v1"), "gpt-image-1.5").unwrap();
    tool.api_key("sk-secret").unwrap()
}

#[tokio::test]
async fn images_come_as_base64() {
    let body = json!({ "created": 1, "data": [{ "b64_json": STANDARD.encode(PNG) }] });
    let (url, seen) = images(200, body.to_string()).await;
    let arguments = json!({ "prompt": "a cat", "shape": "landscape" });
    let (stage, outcome) = draw(tool(&url), arguments).await;
    assert!(!outcome.is_error, "{}", outcome.text);
    assert_eq!(outcome.files.len(), 1);
    assert_eq!(outcome.files[0].name, "image.png");
    assert_eq!(outcome.files[0].media_type, "image/png");
    assert_eq!(stage.content(&outcome.files[0]).await, PNG);
    let messages = stage.messages().await;
    assert!(matches!(&messages[2], Message::Tool { files, .. } if files.len() == 1));
    let seen = seen.lock().unwrap();
    let (headers, asked) = &seen[0];
    assert_eq!(headers["authorization"], "Bearer sk-secret");
    let expected =
        json!({ "model": "gpt-image-1.5", "prompt": "a cat", "n": 1, "size": "1536x1024" });
    assert_eq!(*asked, expected);
    provider::oracle::check_image_request(asked);
}

#[tokio::test]
async fn images_come_under_an_address() {
    let (files, _) = images(200, "").await;
    let at = |path: &str| json!({ "data": [{ "url": format!("{files}{path}") }] }).to_string();
    let (url, _) = images(200, at("/image.png")).await;
    // Loopback is no place to fetch from, unless it is allowed.
    let (_, outcome) = draw(tool(&url), json!({ "prompt": "a cat" })).await;
    assert_eq!(
        outcome.text,
        "No image was made: the image is not fetched: the address does not belong to the public \
         Internet."
    );
    let fetcher = || {
        Fetcher::new()
            .unwrap()
            .allow_addresses("127.0.0.1")
            .unwrap()
    };
    let allowed = tool(&url).fetcher(fetcher());
    let (stage, outcome) = draw(allowed, json!({ "prompt": "a cat" })).await;
    assert_eq!(stage.content(&outcome.files[0]).await, PNG);
    let (url, _) = images(200, at("/endless.png")).await;
    let (_, outcome) = draw(tool(&url).fetcher(fetcher()), json!({ "prompt": "x" })).await;
    assert_eq!(outcome.text, "No image was made: the image is too large.");
}

#[tokio::test]
async fn failures_are_told_without_the_key() {
    for (status, body, expected) in [
        (
            401,
            r#"{"error":{"message":"Incorrect API key: sk-secret."}}"#,
            "the server of images refused with status 401: Incorrect API key: [redacted]",
        ),
        (500, "", "the server of images refused with status 500"),
        (302, "", "the server of images refused with status 302"),
        (
            200,
            "{}",
            "the answer of the server of images holds no image",
        ),
        (
            200,
            r#"{"data":[{"b64_json":"%"}]}"#,
            "the answer of the server of images holds no image",
        ),
    ] {
        let (url, _) = images(status, body).await;
        let (_, outcome) = draw(tool(&url), json!({ "prompt": "a cat" })).await;
        assert!(outcome.is_error);
        assert_eq!(outcome.text, format!("No image was made: {expected}."));
    }
    let html = json!({ "data": [{ "b64_json": STANDARD.encode("<script>") }] });
    let (url, _) = images(200, html.to_string()).await;
    let (_, outcome) = draw(tool(&url), json!({ "prompt": "a cat" })).await;
    assert!(outcome.text.contains("neither PNG nor JPEG nor WebP"));
    assert!(outcome.files.is_empty());
}

#[tokio::test]
async fn arguments_are_checked_first() {
    let (url, seen) = images(200, "{}").await;
    for (arguments, expected) in [
        (json!({}), "`prompt`: is missing"),
        (json!({ "prompt": "a", "shape": "round" }), "`shape`: "),
        (json!({ "prompt": "a", "n": 100 }), "`n`: "),
        (
            json!("prompt"),
            "the arguments must be one JSON object; they were: prompt",
        ),
    ] {
        let (_, outcome) = draw(tool(&url), arguments).await;
        assert!(outcome.is_error);
        assert!(outcome.text.contains(expected), "{}", outcome.text);
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn settings_decide_where_images_come_from() {
    let start = |settings: &'static [(&str, &str)]| -> Result<Service, Error> {
        let lookup = move |name: &str| {
            let found = settings.iter().find(|(it, _)| *it == name);
            let found = found.map(|(_, value)| (*value).to_owned());
            found.or_else(|| (name == "GPT_STORE").then(|| "memory".to_owned()))
        };
        let builder = Service::builder(Desk(&[BuiltInTool::ImageGeneration]));
        builder
            .model(Script::new([]))
            .from_settings(lookup)?
            .build()
    };
    start(&[("OPENAI_API_KEY", "k")]).unwrap();
    start(&[("GPT_IMAGES_API_KEY", "k")]).unwrap();
    start(&[("GPT_IMAGES_URL", "http://h/v1"), ("GPT_IMAGES_MODEL", "m")]).unwrap();
    for (settings, message) in [
        (
            &[][..],
            "the model script has no `image_generation`: set OPENAI_API_KEY, or GPT_IMAGES_URL and \
             GPT_IMAGES_MODEL for another server, name `image_generation` in GPT_HOSTED_TOOLS where \
             the model's server brings it, or remove it from `tools` of the GPT",
        ),
        // That key is for another server.
        (
            &[("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "http://h/v1")],
            "the model script has no `image_generation`: set OPENAI_API_KEY, or GPT_IMAGES_URL and \
             GPT_IMAGES_MODEL for another server, name `image_generation` in GPT_HOSTED_TOOLS where \
             the model's server brings it, or remove it from `tools` of the GPT",
        ),
        (
            &[("GPT_IMAGES_URL", "http://h/v1")],
            "GPT_IMAGES_MODEL: is missing: name a model of the server at GPT_IMAGES_URL",
        ),
        (
            &[("GPT_IMAGES_URL", "h"), ("GPT_IMAGES_MODEL", "m")],
            "GPT_IMAGES_URL: must be an absolute URL, such as `https://host/v1`",
        ),
        (
            &[("OPENAI_API_KEY", "k\n1")],
            "OPENAI_API_KEY: is empty or holds characters that no key has",
        ),
    ] {
        assert_eq!(start(settings).unwrap_err().to_string(), message);
    }
}
