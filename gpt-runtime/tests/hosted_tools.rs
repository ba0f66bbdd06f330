//! Calls that the model's provider makes itself, as a conversation tells and keeps them.

use std::{sync::Arc, time::Duration};

use expect_test::expect;
use gpt_runtime::{
    conversation::{Event, Turn},
    gpt::{BuiltInTool, Definition, Gpt, Visibility},
    message::HostedCall,
    model::{
        Chunk, Chunks, Model, ModelError, Request, chunks,
        script::{Reply, Script},
    },
    service::Service,
};
use serde_json::json;
use tokio::sync::Notify;

struct Desk;

impl Gpt for Desk {
    fn definition(&self) -> &'static Definition {
        &Definition {
            name: "Desk",
            description: "Finds things out.",
            instructions: "You find things out.",
            starters: &[],
            tools: &[BuiltInTool::WebSearch, BuiltInTool::CodeInterpreter],
            actions: &[],
            visibility: Visibility::OnlyMe,
            privacy_policy: None,
            category: None,
            hosts: &[],
            max_tokens: None,
        }
    }
}

async fn say(service: &Service) -> (Turn, String) {
    let id = service.start(Some("someone")).await.unwrap();
    let turn = service.say("someone", &id, "Hello".to_owned()).await;
    (turn.unwrap(), id)
}

/// The events of one turn, without the time they took, and what is kept of it.
async fn told(service: &Service) -> String {
    let (mut turn, id) = say(service).await;
    let mut lines = Vec::new();
    while let Some(mut event) = turn.next().await {
        if let Event::CallFinished { milliseconds, .. } = &mut event {
            *milliseconds = 0;
        }
        lines.push(serde_json::to_string(&event).unwrap());
    }
    let kept = service.messages("someone", &id).await.unwrap().unwrap();
    let kept = kept.iter().skip(1);
    lines.extend(kept.map(|it| serde_json::to_string(it).unwrap()));
    lines.join("\n")
}

fn service(replies: impl IntoIterator<Item = Reply>) -> (Service, Script) {
    let hosted = [BuiltInTool::WebSearch, BuiltInTool::CodeInterpreter];
    let script = Script::new(replies).hosting(hosted);
    let service = Service::builder(Desk).model(script.clone()).build();
    (service.unwrap(), script)
}

#[tokio::test]
async fn calls_and_sources_are_told_and_kept() {
    let query = json!({ "query": "cats" });
    let (service, script) = service([Reply::default()
        .and_hosted_call("ws_1", BuiltInTool::WebSearch, query)
        .and_hosted_result("ws_1", "https://example.com/a")
        .and_text("They purr.")
        .and_citation("https://example.com/a", "Cats")
        .and_citation("https://example.com/a", "Cats")]);
    expect![[r#"
        {"type":"call_started","call_id":"ws_1","name":"web_search","arguments":{"query":"cats"}}
        {"type":"call_finished","call_id":"ws_1","result":"https://example.com/a","is_error":false,"milliseconds":0}
        {"type":"text_delta","text":"They purr."}
        {"type":"citation_added","citation":{"url":"https://example.com/a","title":"Cats"}}
        {"type":"finished","text":"They purr."}
        {"role":"assistant","text":"They purr.","hosted_calls":[{"id":"ws_1","name":"web_search","arguments":{"query":"cats"},"result":"https://example.com/a","is_error":false}],"citations":[{"url":"https://example.com/a","title":"Cats"}]}"#]].assert_eq(&told(&service).await);
    let asked = script.requests().remove(0).hosted_tools;
    assert_eq!(
        asked,
        [BuiltInTool::WebSearch, BuiltInTool::CodeInterpreter]
    );
}

#[tokio::test]
async fn calls_that_an_answer_leaves_open_end_with_it() {
    let code = json!({ "code": "loop {}" });
    let failure = || ModelError::Connection("gone".to_owned());
    let (service, _) = service([Reply::text("Let me see.")
        .and_hosted_call("ci_1", BuiltInTool::CodeInterpreter, code)
        .and_error(failure())]);
    expect![[r#"
        {"type":"text_delta","text":"Let me see."}
        {"type":"call_started","call_id":"ci_1","name":"code_interpreter","arguments":{"code":"loop {}"}}
        {"type":"call_finished","call_id":"ci_1","result":"the answer ended before the call did","is_error":true,"milliseconds":0}
        {"type":"failed","message":"the model cannot be reached: gone"}
        {"role":"assistant","text":"Let me see.","hosted_calls":[{"id":"ci_1","name":"code_interpreter","arguments":{"code":"loop {}"},"result":"the answer ended before the call did","is_error":true}]}"#]].assert_eq(&told(&service).await);
}

#[tokio::test]
async fn a_script_ends_what_it_began() {
    let (service, _) = service([Reply::default().and_hosted_result("x", "y")]);
    let told = told(&service).await;
    assert!(
        told.contains("ends the call `x`, which it did not begin"),
        "{told}"
    );
}

#[tokio::test]
async fn tools_that_nobody_brings_are_an_error_at_start() {
    let script = Script::new([]).hosting([BuiltInTool::WebSearch]);
    let error = Service::builder(Desk).model(script).build().unwrap_err();
    expect!["the model script has no `code_interpreter`: give the service a `tool::python::Python`, name `code_interpreter` in GPT_HOSTED_TOOLS where the model's server brings it, or remove it from `tools` of the GPT"].assert_eq(&error.to_string());
}

/// A model whose search takes until it is told.
struct Slow(Arc<Notify>);

impl Model for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn hosts(&self, _: BuiltInTool) -> bool {
        true
    }

    fn respond(&self, _: Request) -> Chunks {
        let go_on = Arc::clone(&self.0);
        chunks(|answer| async move {
            let call = HostedCall {
                id: "ws_1".into(),
                name: "web_search".into(),
                arguments: json!({}),
                result: String::new(),
                is_error: false,
            };
            answer.send(Ok(Chunk::HostedCall(call.clone())));
            go_on.notified().await;
            answer.send(Ok(Chunk::HostedResult(call)));
            answer.send(Ok(Chunk::Text("Found.".to_owned())));
        })
    }
}

#[tokio::test]
async fn calls_say_how_long_they_took() {
    let go_on = Arc::new(Notify::new());
    let model = Slow(Arc::clone(&go_on));
    let service = Service::builder(Desk).model(model).build().unwrap();
    let (mut turn, _) = say(&service).await;
    let mut took = None;
    while let Some(event) = turn.next().await {
        match event {
            Event::CallStarted { .. } => {
                tokio::time::sleep(Duration::from_millis(30)).await;
                go_on.notify_one();
            }
            Event::CallFinished { milliseconds, .. } => {
                took = Some(milliseconds);
            }
            _ => {}
        }
    }
    assert!(
        took.is_some_and(|it| (30..10_000).contains(&it)),
        "{took:?}"
    );
}
