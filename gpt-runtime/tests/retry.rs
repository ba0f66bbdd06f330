//! What was said last, answered again.

mod site;

use std::sync::Arc;

use expect_test::expect;
use gpt_runtime::{
    gpt::Definition,
    message::Message,
    model::{
        ModelError,
        script::{Reply, Script},
    },
    service::Service,
    store::{Store, memory::Memory},
};
use serde_json::json;

use site::{API, DEFINITION, Desk, Site};

static PLAIN: Definition = DEFINITION;

/// A server over a store, whose model follows a script.
async fn serve(script: &Script, store: &Arc<Memory>) -> Site {
    let service = Service::builder(Desk(&PLAIN))
        .model(script.clone())
        .base_url(&API, "http://127.0.0.1:9")
        .store(store.clone())
        .build()
        .unwrap();
    Site::of(service, Arc::default(), |server| server).await
}

fn lines(messages: &[Message]) -> String {
    let line = |it: &Message| serde_json::to_string(it).unwrap() + "\n";
    messages.iter().map(line).collect()
}

#[tokio::test]
async fn the_new_answer_stands_in_place_of_the_old() {
    let script = Script::new([
        Reply::text("Hello."),
        Reply::text("It rains.").and_call("nothing", json!({})),
        Reply::text("Really."),
        Reply::text("It snows."),
        Reply::text("It hails."),
        Reply::text("Bye."),
    ]);
    let store = Arc::new(Memory::default());
    let site = serve(&script, &store).await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    let say = async |text: &str| {
        let body = json!({ "text": text });
        site.ask(&format!("POST {path}/messages {body}")).await
    };
    let retry = format!("POST {path}/retry {{}}");
    say("Hi").await;
    assert!(say("Tomorrow?").await.contains("Really."));
    assert!(site.ask(&retry).await.contains("It snows."));
    // Another process over the store goes on with the same.
    let second = serve(&script, &store).await;
    assert!(second.ask(&retry).await.contains("It hails."));
    assert!(say("Thanks").await.contains("Bye."));

    // Neither the model nor people see what was given up.
    let requests = script.requests();
    expect![[r#"
        {"role":"user","text":"Hi"}
        {"role":"assistant","text":"Hello."}
        {"role":"user","text":"Tomorrow?","is_retry":true}
        {"role":"assistant","text":"It hails."}
        {"role":"user","text":"Thanks"}
    "#]]
    .assert_eq(&lines(&requests.last().unwrap().messages));
    let shown = site.ask(&format!("GET {path}")).await;
    let (_, shown) = shown.split_once("\n\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(shown).unwrap();
    expect![[r#"
        [
          {
            "role": "user",
            "text": "Hi"
          },
          {
            "role": "assistant",
            "text": "Hello."
          },
          {
            "role": "user",
            "text": "Tomorrow?"
          },
          {
            "role": "assistant",
            "text": "It hails."
          },
          {
            "role": "user",
            "text": "Thanks"
          },
          {
            "role": "assistant",
            "text": "Bye."
          }
        ]"#]]
    .assert_eq(&format!("{:#}", shown["messages"]));
    // Nothing was taken out of the store: another process may be adding to it.
    let kept = store.conversation(&id).await.unwrap().unwrap().messages;
    assert_eq!(kept.len(), 12, "{}", lines(&kept));
}

#[tokio::test]
async fn what_failed_or_was_stopped_is_answered_again() {
    let script = Script::new([
        Reply::error(ModelError::Connection("it is down".into())),
        Reply::text("Well").and_silence(),
        Reply::text("Now."),
    ]);
    let site = serve(&script, &Arc::default()).await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    let retry = format!("POST {path}/retry {{}}");
    let failed = site
        .ask(&format!(r#"POST {path}/messages {{"text":"Hi"}}"#))
        .await;
    assert!(failed.contains(r#""type":"failed""#), "{failed}");
    let mut stream = site.open(&retry).await;
    stream.read_until("Well").await;
    // One turn at a time.
    assert!(site.ask(&retry).await.starts_with("409"));
    let cancelled = site.ask(&format!("POST {path}/cancel {{}}")).await;
    assert!(cancelled.starts_with("204"), "{cancelled}");
    stream.rest().await;
    assert!(site.ask(&retry).await.contains("Now."));
    let requests = script.requests();
    expect![[r#"
        {"role":"user","text":"Hi","is_retry":true}
    "#]]
    .assert_eq(&lines(&requests.last().unwrap().messages));
}

#[tokio::test]
async fn there_must_be_something_to_answer() {
    let site = serve(&Script::new([]), &Arc::default()).await;
    let id = site.conversation().await;
    let empty = site
        .ask(&format!("POST /api/conversations/{id}/retry {{}}"))
        .await;
    assert!(empty.starts_with("409"), "{empty}");
    assert!(empty.contains("nothing was said yet"), "{empty}");
    let unknown = site.ask("POST /api/conversations/unknown/retry {}").await;
    assert!(unknown.starts_with("404"), "{unknown}");
    let wrong = format!(r#"POST /api/conversations/{id}/retry {{"text":"x"}}"#);
    assert!(site.ask(&wrong).await.starts_with("422"));
}
