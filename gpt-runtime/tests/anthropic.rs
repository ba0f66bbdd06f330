//! Anthropic's Messages API on loopback: what it is sent, and how its events are read.

mod provider;
mod support;

use std::time::Duration;

use axum::response::Response;
use expect_test::{Expect, expect};
use gpt_runtime::{
    message::Message,
    model::{Chunk, anthropic::Anthropic},
};
use provider::{
    KEY, Protocol, Provider, about_tom, ask, assistant, busy, call, chunks, hello, named_events,
    request, result, stream, user,
};
use serde_json::{Value, json};
use support::answer;

async fn provider(answers: impl IntoIterator<Item = Response>) -> Provider {
    Provider::new(Protocol::Anthropic, answers).await
}

fn model(provider: &Provider) -> Anthropic {
    Anthropic::new(&provider.server.url, "some-model")
        .and_then(|model| model.api_key(KEY))
        .unwrap()
        .retry_delay(Duration::from_millis(1))
}

/// What comes back of these answers.
async fn said(answers: impl IntoIterator<Item = Response>) -> String {
    let provider = provider(answers).await;
    provider.ask(&model(&provider), hello()).await
}

async fn check(response: Response, expected: Expect) {
    expected.assert_eq(&said([response]).await);
}

fn start() -> Value {
    json!({ "type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "some-model", "content": [],
        "stop_reason": null, "stop_sequence": null,
        "usage": {
            "input_tokens": 20, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 100,
            "output_tokens": 1,
        },
    } })
}

fn stop(reason: &str) -> [Value; 2] {
    [
        json!({
            "type": "message_delta",
            "delta": { "stop_reason": reason, "stop_sequence": null },
            "usage": { "output_tokens": 15 },
        }),
        json!({ "type": "message_stop" }),
    ]
}

/// A block that comes in pieces.
fn block(index: usize, block: &Value, deltas: &[Value]) -> Vec<Value> {
    let begin = json!({ "type": "content_block_start", "index": index, "content_block": block });
    let end = json!({ "type": "content_block_stop", "index": index });
    let deltas = deltas
        .iter()
        .map(|delta| json!({ "type": "content_block_delta", "index": index, "delta": delta }));
    std::iter::once(begin).chain(deltas).chain([end]).collect()
}

fn text(index: usize, pieces: &[&str]) -> Vec<Value> {
    let deltas = pieces
        .iter()
        .map(|text| json!({ "type": "text_delta", "text": text }));
    let empty = json!({ "type": "text", "text": "" });
    block(index, &empty, &deltas.collect::<Vec<_>>())
}

fn tool_use(index: usize, id: &str, pieces: &[&str]) -> Vec<Value> {
    let deltas = pieces
        .iter()
        .map(|json| json!({ "type": "input_json_delta", "partial_json": json }));
    let empty = json!({ "type": "tool_use", "id": id, "name": "getAnimal", "input": {} });
    block(index, &empty, &deltas.collect::<Vec<_>>())
}

fn thinking(index: usize) -> Vec<Value> {
    let empty = json!({ "type": "thinking", "thinking": "", "signature": "" });
    let deltas = [
        json!({ "type": "thinking_delta", "thinking": "Who is " }),
        json!({ "type": "thinking_delta", "thinking": "Tom?" }),
        json!({ "type": "signature_delta", "signature": "EqQB" }),
    ];
    block(index, &empty, &deltas)
}

/// A stream of these blocks that ends for this reason.
fn events(blocks: impl IntoIterator<Item = Vec<Value>>, reason: &str) -> Response {
    let mut all = vec![start(), json!({ "type": "ping" })];
    all.extend(blocks.into_iter().flatten());
    all.extend(stop(reason));
    named_events(Protocol::Anthropic, &all)
}

fn hi() -> Response {
    events([text(0, &["Hi"])], "end_turn")
}

#[tokio::test]
async fn a_conversation_is_sent_as_the_protocol_says() {
    let provider = provider([hi()]).await;
    expect![[r#"
        text "Hi"
        usage 123 in, 100 cached, 15 out, 0 reasoning"#]]
    .assert_eq(&provider.ask(&model(&provider), about_tom()).await);
    assert_eq!(
        provider.bodies().remove(0),
        json!({
            "model": "some-model",
            "max_tokens": 32000,
            "stream": true,
            "system": [{
                "type": "text", "text": "You keep a zoo.", "cache_control": { "type": "ephemeral" },
            }],
            "messages": [
                { "role": "user", "content": [{ "type": "text", "text": "Who is Tom?" }] },
                { "role": "assistant", "content": [
                    { "type": "tool_use", "id": "a", "name": "getAnimal", "input": { "id": "Tom", "n": 1.5 } },
                    { "type": "tool_use", "id": "b", "name": "getAnimal", "input": {} },
                ] },
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "a", "content": "A cat." },
                    { "type": "tool_result", "tool_use_id": "b", "content": "no JSON", "is_error": true },
                ] },
                { "role": "assistant", "content": [{ "type": "text", "text": "A cat." }] },
                { "role": "user", "content": [
                    { "type": "text", "text": "Sure?", "cache_control": { "type": "ephemeral" } },
                ] },
            ],
            "tools": [{
                "name": "getAnimal",
                "description": "Returns an animal.",
                "input_schema": provider::get_animal().parameters,
            }],
        })
    );
    let head = provider.server.requests().remove(0);
    assert!(head.starts_with("POST /v1/messages\n"), "{head}");
    assert!(head.contains(&format!("\nx-api-key: {KEY}")), "{head}");
    assert!(head.contains("\nanthropic-version: 2023-06-01"), "{head}");
    assert!(!head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn histories_of_other_providers_and_broken_turns_are_brought_into_shape() {
    let provider = provider([hi()]).await;
    let long = format!("call.1:{}", "x".repeat(80));
    let messages = vec![
        user("Hello?"),
        user("Anybody?"),
        assistant(" \n", vec![call(&long, json!({}))]),
        result(&long, "", true),
        user("Go on."),
    ];
    provider.ask(&model(&provider), request(messages)).await;
    let id = format!("call_1_{}", "x".repeat(57));
    assert_eq!(
        provider.bodies()[0]["messages"],
        json!([
            { "role": "user", "content": [
                { "type": "text", "text": "Hello?" },
                { "type": "text", "text": "Anybody?" },
            ] },
            { "role": "assistant", "content": [
                { "type": "tool_use", "id": id, "name": "getAnimal", "input": {} },
            ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": id, "is_error": true },
                { "type": "text", "text": "Go on.", "cache_control": { "type": "ephemeral" } },
            ] },
        ])
    );
}

#[tokio::test]
async fn calls_are_put_together_from_their_pieces() {
    check(
        events(
            [
                text(0, &["Let me ", "look."]),
                tool_use(1, "a", &["", "{\"id\":", " \"Tom\"}"]),
                tool_use(2, "b", &[]),
                tool_use(3, "c", &["{\"id"]),
                text(4, &["There."]),
            ],
            "tool_use",
        ),
        expect![[r#"
            text "Let me "
            text "look."
            text "\n\n"
            text "There."
            usage 123 in, 100 cached, 15 out, 0 reasoning
            call "a" getAnimal {"id":"Tom"}
            call "b" getAnimal {}
            call "c" getAnimal "{\"id""#]],
    )
    .await;
}

#[tokio::test]
async fn thinking_is_sent_back_to_the_model_that_wrote_it() {
    let redacted = json!({ "type": "redacted_thinking", "data": "EmwK" });
    let first = events(
        [
            thinking(0),
            block(1, &redacted, &[]),
            text(2, &["Let me look."]),
            tool_use(3, "a", &["{\"id\":\"Tom\"}"]),
        ],
        "tool_use",
    );
    let provider = provider([first, hi(), hi()]).await;
    let mut messages = vec![user("Who is Tom?")];
    let mut provider_items = None;
    for chunk in chunks(&model(&provider), request(messages.clone())).await {
        if let Chunk::Items(items) = chunk.unwrap() {
            provider_items = Some(items);
        }
    }
    messages.extend([
        Message::Assistant {
            text: "Let me look.".into(),
            // Its id was another one when it came.
            calls: vec![call("call_2", json!({ "id": "Tom" }))],
            hosted_calls: Vec::new(),
            citations: Vec::new(),
            files: Vec::new(),
            provider_items,
        },
        result("call_2", "A cat.", false),
    ]);
    ask(&model(&provider), request(messages.clone())).await;
    let other = Anthropic::new(&provider.server.url, "other-model").unwrap();
    ask(&other, request(messages)).await;
    let bodies = provider.bodies();
    let text = json!({ "type": "text", "text": "Let me look." });
    let tool_use = json!({
        "type": "tool_use", "id": "call_2", "name": "getAnimal", "input": { "id": "Tom" },
    });
    assert_eq!(
        bodies[1]["messages"][1]["content"],
        json!([
            { "type": "thinking", "thinking": "Who is Tom?", "signature": "EqQB" },
            redacted,
            text,
            tool_use,
        ])
    );
    assert_eq!(bodies[2]["messages"][1]["content"], json!([text, tool_use]));
}

#[tokio::test]
async fn a_model_that_pauses_is_asked_to_go_on() {
    let search =
        json!({ "type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {} });
    let deltas = [json!({ "type": "input_json_delta", "partial_json": "{\"query\":\"Tom\"}" })];
    let paused = || {
        events(
            [text(0, &["Well."]), block(1, &search, &deltas)],
            "pause_turn",
        )
    };
    let provider = provider([paused(), hi()]).await;
    expect![[r#"
        text "Well."
        begins srv_1 web_search {"query":"Tom"}
        usage 123 in, 100 cached, 15 out, 0 reasoning
        text "Hi"
        usage 123 in, 100 cached, 15 out, 0 reasoning
        items {"type":"text","text":"Well."} {"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"Tom"}} {"type":"text","text":"Hi"}"#]]
    .assert_eq(&provider.ask(&model(&provider), hello()).await);
    assert_eq!(
        provider.bodies()[1]["messages"],
        json!([
            { "role": "user", "content": [
                { "type": "text", "text": "Hello", "cache_control": { "type": "ephemeral" } },
            ] },
            { "role": "assistant", "content": [
                { "type": "text", "text": "Well." },
                { "type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": { "query": "Tom" } },
            ] },
        ])
    );
    let said = said([paused(), paused(), paused(), paused(), paused(), hi()]).await;
    assert!(
        said.ends_with("error the model failed: the answer paused 5 times"),
        "{said}"
    );
}

#[tokio::test]
async fn answers_that_are_not_streamed_are_understood() {
    let whole = json!({
        "type": "message", "role": "assistant", "stop_reason": "tool_use",
        "content": [
            { "type": "text", "text": "Let me look." },
            { "type": "tool_use", "id": "a", "name": "getAnimal", "input": { "id": 1 } },
        ],
        "usage": { "input_tokens": 1, "output_tokens": 2 },
    });
    check(
        answer(200, "application/json", whole.to_string()),
        expect![[r#"
            text "Let me look."
            usage 1 in, 0 cached, 2 out, 0 reasoning
            call "a" getAnimal {"id":1}"#]],
    )
    .await;
}

#[tokio::test]
async fn answers_that_end_early_say_so() {
    for (reason, expected) in [
        (
            "max_tokens",
            expect![[r#"
                text "It was"
                usage 123 in, 100 cached, 15 out, 0 reasoning
                error the answer was cut off: the model reached the length it may write"#]],
        ),
        (
            "refusal",
            expect![[r#"
                text "It was"
                usage 123 in, 100 cached, 15 out, 0 reasoning
                error the answer was stopped by the content filter of the model's provider"#]],
        ),
    ] {
        let blocks = [text(0, &["It was"]), tool_use(1, "a", &["{\"id"])];
        check(events(blocks, reason), expected).await;
    }
    let begun = || [vec![start()], text(0, &["It was"])].concat();
    check(
        named_events(Protocol::Anthropic, &begun()),
        expect![[r#"
            text "It was"
            error the model cannot be reached: the connection ended in the middle of the answer"#]],
    )
    .await;
    let error = |kind: &str| json!({ "type": "error", "error": { "type": kind, "message": "no" } });
    let mut events = begun();
    events.push(error("invalid_request_error"));
    check(
        named_events(Protocol::Anthropic, &events),
        expect![[r#"
            text "It was"
            error the model failed: no"#]],
    )
    .await;
    check(
        stream("data: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n"),
        expect!["error the model's answer is not understood: a piece of block 3, which was not begun"],
    )
    .await;
    check(
        stream("data: {\"type\":\"message_start\"}\n\n"),
        expect![[r#"error the model's answer is not understood: missing field `message` in `{"type":"message_start"}`"#]],
    )
    .await;
}

#[tokio::test]
async fn events_are_bounded() {
    check(
        events([text(0, &[&"x".repeat(5 << 20)])], "end_turn"),
        expect!["error the model's answer is not understood: it is too long"],
    )
    .await;
    let calls = (0..257).map(|index| tool_use(index, "a", &[]));
    let said = said([events(calls, "tool_use")]).await;
    assert!(
        said.ends_with("more than 256 calls in one answer"),
        "{said}"
    );
}

#[tokio::test]
async fn refusals_are_told_without_the_key() {
    let body = |message: &str| json!({ "type": "error", "error": { "type": "invalid_request_error", "message": message } });
    check(
        answer(
            401,
            "application/json",
            body(&format!("invalid x-api-key {KEY}")).to_string(),
        ),
        expect![
            "error the model refused the request with status 401: invalid x-api-key [redacted]"
        ],
    )
    .await;
    let text = format!("{:?}", Anthropic::new("http://u:pass@h", "m").unwrap());
    assert_eq!(text, "Anthropic { host: Some(\"h\"), model: \"m\", .. }");
}

#[tokio::test]
async fn overloaded_servers_are_asked_again() {
    let tries = async |answers: Vec<Response>| {
        let provider = provider(answers).await;
        let answer = provider.ask(&model(&provider), hello()).await;
        let first = answer.lines().next().unwrap().to_owned();
        format!("{} tries: {first}", provider.bodies().len())
    };
    let error = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    let overloaded = || named_events(Protocol::Anthropic, &[start(), error.clone()]);
    assert_eq!(
        tries(vec![busy(529, "0", &error), overloaded(), hi()]).await,
        "3 tries: text \"Hi\""
    );
    assert_eq!(
        tries(vec![overloaded(), overloaded(), overloaded(), hi()]).await,
        "3 tries: error the model is overloaded: Overloaded"
    );
    assert_eq!(
        tries(vec![busy(413, "0", &error), hi()]).await,
        "1 tries: error the model refused the request with status 413: Overloaded"
    );
}
