//! OpenAI's own libraries talk to a GPT: streamed and plain, with its actions called over HTTP.

mod site;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use gpt_runtime::{
    gpt::{Definition, Visibility},
    model::{
        Usage,
        script::{Reply, Script},
    },
    service::Service,
};
use serde_json::{Value, json};
use site::{API, DEFINITION, Desk, Site};

const KEY: &str = "the-token-of-the-owner";

const USAGE: Usage = Usage {
    input: 10,
    output: 5,
    cached: 4,
    reasoning: 3,
};

static CLOSED: Definition = Definition {
    visibility: Visibility::OnlyMe,
    ..DEFINITION
};

/// What the model says while it is talked to.
fn replies() -> Vec<Reply> {
    let forecast = || Reply::call("forecast", json!({ "place": "Oslo" }));
    let answers = [
        (Some(forecast()), "Rain, plain."),
        (Some(forecast()), "Rain, in pieces."),
        (Some(forecast()), "Rain, gathered."),
        (
            Some(Reply::call("report", json!({ "text": "Rain" }))),
            "Reported.",
        ),
        (Some(forecast()), "Rain today."),
        (Some(forecast()), "Rain tomorrow."),
        (None, "Rain for ever."),
    ];
    let replies = answers
        .into_iter()
        .flat_map(|(call, text)| call.into_iter().chain([Reply::text(text).and_usage(USAGE)]));
    replies.collect()
}

/// Lets a library talk, and checks what it heard and what was done for it.
async fn check(mut command: Command) {
    let (url, seen) = site::api().await;
    let script = Script::new(replies());
    let builder = Service::builder(Desk(&CLOSED)).model(script.clone());
    let service = builder.base_url(&API, url).build().unwrap();
    let site = Site::of(service, seen, |server| server.owner_token(KEY)).await;
    command
        .arg(format!("http://{}/v1", site.address))
        .args([KEY, "sky-desk"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let heard: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}\n{errors}"));
    let refused = |class: &str, status: u16, code: Option<&str>| json!({ "class": class, "status": status, "code": code });
    let expected = json!({
        "models": ["sky-desk"],
        "model": "sky-desk",
        "chat": "Rain, plain.",
        "chat_finish": "stop",
        "chat_chunks": "Rain, in pieces.",
        "chat_usage": 15,
        "chat_stream": "Rain, gathered.",
        "chat_stream_finish": "stop",
        "allowed": "Reported.",
        "response": "Rain today.",
        "response_status": "completed",
        "response_events": [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ],
        "response_usage": 15,
        "response_streamed": "Rain tomorrow.",
        "goes_on": true,
        "response_stream": "Rain for ever.",
        "unknown_model": refused("NotFoundError", 404, Some("model_not_found")),
        "own_tools": refused("BadRequestError", 400, None),
        "unknown_response": refused("NotFoundError", 404, None),
        "stranger": refused("AuthenticationError", 401, Some("invalid_api_key")),
    });
    for (name, expected) in expected.as_object().unwrap() {
        assert_eq!(&heard[name], expected, "{name}");
    }
    // The API was really called, and the model was told what it answered.
    assert_eq!(site.api_saw(), [r#"POST /reports {"text":"Rain"}"#]);
    let requests = script.requests();
    let last = serde_json::to_string(&requests.last().unwrap().messages).unwrap();
    assert_eq!(last.matches(r#"{\"sky\":\"rain\"}"#).count(), 2, "{last}");
    for text in ["Will it rain in Oslo?", "And tomorrow?", "And then?"] {
        assert!(last.contains(text), "{last}");
    }
}

fn script(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    folder.join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn python_talks() {
    let Some(environment) = env::var_os("GPT_TEST_OPENAI_PYTHON") else {
        eprintln!("skipped: `GPT_TEST_OPENAI_PYTHON` names no environment with Python's `openai`");
        return;
    };
    let mut command = Command::new(Path::new(&environment).join("bin/python"));
    command.arg(script("talk.py"));
    check(command).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_talks() {
    let Some(modules) = env::var_os("GPT_TEST_OPENAI_NODE") else {
        eprintln!(
            "skipped: `GPT_TEST_OPENAI_NODE` names no folder of npm with `node` and `openai`"
        );
        return;
    };
    let modules = PathBuf::from(modules);
    let mut command = Command::new(modules.join("node_modules/node/bin/node"));
    command
        .arg(script("talk.mjs"))
        .env("OPENAI_MODULES", modules);
    check(command).await;
}
