//! Files in what the models of all protocols are sent.

mod provider;
mod support;

use gpt_runtime::{
    message::{File, Message},
    model::{Model, Request, anthropic::Anthropic, chat::ChatCompletions, responses::Responses},
};
use provider::{Protocol, Provider, assistant, call, request};
use serde_json::{Value, json};

fn file(name: &str, media_type: &str, size: u64) -> File {
    File {
        id: name.to_owned(),
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        size,
    }
}

/// A person shows files of each kind, and a tool brings an image and a text.
fn about_files() -> Request {
    let (png, csv) = (file("a.png", "image/png", 3), file("a.csv", "text/csv", 3));
    let files = vec![
        png.clone(),
        file("a.pdf", "application/pdf", 3),
        csv.clone(),
        file("a.zip", "application/zip", 3),
    ];
    let mut request = request(vec![
        Message::User {
            text: "Look.".into(),
            files,
            is_retry: false,
        },
        assistant("", vec![call("a", json!({}))]),
        Message::Tool {
            call_id: "a".into(),
            name: "getAnimal".into(),
            text: "Tom".into(),
            is_error: false,
            files: vec![png, csv],
        },
    ]);
    let contents = [("a.png", "png"), ("a.pdf", "pdf"), ("a.csv", "a,b")];
    let contents = contents.map(|(id, content)| (id.to_owned(), content.into()));
    request.contents = contents.into();
    request
}

/// The messages that a model is sent, with the notes about files made short.
async fn sent(protocol: Protocol, model: impl FnOnce(&str) -> Box<dyn Model>) -> Value {
    let provider = Provider::new(protocol, []).await;
    let model = model(&provider.server.url);
    provider::chunks(&std::sync::Arc::<dyn Model>::from(model), about_files()).await;
    let mut body = provider.bodies().remove(0);
    let messages = body.get_mut("messages").or(None).map(Value::take);
    let mut messages = messages.unwrap_or_else(|| body["input"].take());
    shorten(&mut messages);
    messages
}

/// `[file {"id": …}, note]` as `[name, note]`.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) => {
            while let Some((before, rest)) = text.split_once("[file {") {
                let (about, after) = rest.split_once("}, ").unwrap();
                let about: Value = serde_json::from_str(&format!("{{{about}}}")).unwrap();
                *text = format!("{before}[{}, {after}", about["name"].as_str().unwrap());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

const UNREAD: &str = "[a.zip, which cannot be shown to you: you do not read files of this type]";

#[tokio::test]
async fn files_are_sent_as_the_responses_api_takes_them() {
    let messages = sent(Protocol::Responses, |url| {
        Box::new(Responses::new(&format!("{url}/v1"), "some-model").unwrap())
    })
    .await;
    let image = json!({ "type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,cG5n" });
    let text = |text: &str| json!({ "type": "input_text", "text": text });
    assert_eq!(
        messages[0]["content"],
        json!([
            text("Look."),
            text("[a.png, shown here:]"),
            image,
            text("[a.pdf, shown here:]"),
            { "type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,cGRm" },
            text("[a.csv, which says:]"),
            text("a,b\n[end of file]"),
            text(UNREAD),
        ])
    );
    assert_eq!(
        messages[2]["output"],
        json!([
            text("Tom"),
            text("[a.png, shown here:]"),
            image,
            text("[a.csv, which says:]"),
            text("a,b\n[end of file]"),
        ])
    );
}

#[tokio::test]
async fn files_are_sent_as_chat_completions_take_them() {
    let messages = sent(Protocol::ChatCompletions, |url| {
        Box::new(ChatCompletions::new(&format!("{url}/v1"), "some-model").unwrap())
    })
    .await;
    let text = |text: &str| json!({ "type": "text", "text": text });
    assert_eq!(
        messages[0]["content"],
        json!([
            text("Look."),
            text("[a.png, shown here:]"),
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,cG5n" } },
            text("[a.pdf, shown here:]"),
            { "type": "file", "file": { "filename": "a.pdf", "file_data": "data:application/pdf;base64,cGRm" } },
            text("[a.csv, which says:]"),
            text("a,b\n[end of file]"),
            text(UNREAD),
        ])
    );
    let output = "Tom\n\n[a.png, which cannot be shown to you: images and documents cannot stand here]\n\n\
                  [a.csv, which says:]\n\na,b\n[end of file]";
    assert_eq!(messages[2]["content"], output);
}

#[tokio::test]
async fn files_are_sent_as_anthropic_takes_them() {
    let messages = sent(Protocol::Anthropic, |url| {
        Box::new(Anthropic::new(url, "some-model").unwrap())
    })
    .await;
    let text = |text: &str| json!({ "type": "text", "text": text });
    let source = |kind: &str, media_type: &str, data: &str| json!({ "type": kind, "media_type": media_type, "data": data });
    let image = json!({ "type": "image", "source": source("base64", "image/png", "cG5n") });
    let csv = json!({ "type": "document", "title": "a.csv", "source": source("text", "text/plain", "a,b") });
    assert_eq!(
        messages[0]["content"],
        json!([
            text("Look."),
            text("[a.png, shown here:]"),
            image,
            text("[a.pdf, shown here:]"),
            { "type": "document", "title": "a.pdf", "source": source("base64", "application/pdf", "cGRm") },
            text("[a.csv, which says:]"),
            csv,
            text(UNREAD),
        ])
    );
    assert_eq!(
        messages[2]["content"][0]["content"],
        json!([
            text("Tom"),
            text("[a.png, shown here:]"),
            image,
            text("[a.csv, which says:]"),
            csv,
        ])
    );
}
