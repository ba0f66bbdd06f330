//! An OpenAI-compatible server on loopback: what it is sent, and how its answers are read.

mod provider;
mod support;

use std::time::Duration;

use axum::response::Response;
use expect_test::{Expect, expect};
use gpt_runtime::model::chat::ChatCompletions;
use provider::{KEY, Protocol, Provider, about_tom, ask, busy, hello, stream};
use serde_json::{Value, json};
use support::answer;

async fn provider(answers: impl IntoIterator<Item = Response>) -> Provider {
    Provider::new(Protocol::ChatCompletions, answers).await
}

fn model(provider: &Provider) -> ChatCompletions {
    ChatCompletions::new(&format!("{}/v1/", provider.server.url), "some-model")
        .and_then(|chat| chat.api_key(KEY))
        .unwrap()
        .retry_delay(Duration::from_millis(1))
}

/// What comes back of these answers.
async fn said(answers: impl IntoIterator<Item = Response>) -> String {
    let provider = provider(answers).await;
    provider.ask(&model(&provider), hello()).await
}

/// A stream of these chunks and `[DONE]`.
fn events(chunks: &[Value]) -> Response {
    let chunks = chunks.iter().map(Value::to_string);
    let data: Vec<String> = chunks.chain(["[DONE]".to_owned()]).collect();
    stream(format!("data: {}\n\n", data.join("\n\ndata: ")))
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is given what `json!` makes"
)]
fn delta(delta: Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "some-model",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": null }],
    })
}

fn finish(reason: &str) -> Value {
    json!({ "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
}

/// What comes back of one answer.
async fn check(response: Response, expected: Expect) {
    expected.assert_eq(&said([response]).await);
}

#[tokio::test]
async fn a_conversation_is_sent_as_the_protocol_says() {
    let answer = events(&[delta(json!({ "content": "Hi" })), finish("stop")]);
    let provider = provider([answer]).await;
    let said = provider.ask(&model(&provider), about_tom()).await;
    assert_eq!(said, "text \"Hi\"");
    let sent = provider.bodies().remove(0);
    assert_eq!(
        sent,
        json!({
            "model": "some-model",
            "stream": true,
            "stream_options": { "include_usage": true },
            "messages": [
                { "role": "system", "content": "You keep a zoo." },
                { "role": "user", "content": "Who is Tom?" },
                { "role": "assistant", "content": null, "tool_calls": [
                    { "id": "a", "type": "function", "function": { "name": "getAnimal", "arguments": "{\"id\":\"Tom\",\"n\":1.5}" } },
                    { "id": "b", "type": "function", "function": { "name": "getAnimal", "arguments": "{}" } },
                ] },
                { "role": "tool", "tool_call_id": "a", "content": "A cat." },
                { "role": "tool", "tool_call_id": "b", "content": "no JSON" },
                { "role": "assistant", "content": "A cat." },
                { "role": "user", "content": "Sure?" },
            ],
            "tools": [{ "type": "function", "function": {
                "name": "getAnimal",
                "description": "Returns an animal.",
                "parameters": provider::get_animal().parameters,
            } }],
        })
    );
    let head = provider.server.requests().remove(0);
    assert!(head.starts_with("POST /v1/chat/completions\n"), "{head}");
    assert!(
        head.contains(&format!("\nauthorization: Bearer {KEY}")),
        "{head}"
    );
    assert!(head.contains("\ncontent-type: application/json"), "{head}");
}

#[tokio::test]
async fn little_is_sent_where_there_is_little() {
    let provider = provider([events(&[finish("stop")])]).await;
    let model = ChatCompletions::new(&format!("{}/v1", provider.server.url), "m").unwrap();
    ask(&model, hello()).await;
    assert_eq!(
        provider.bodies().remove(0),
        json!({
            "model": "m",
            "messages": [{ "role": "user", "content": "Hello" }],
            "stream": true,
            "stream_options": { "include_usage": true },
        })
    );
    assert!(!provider.server.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn calls_are_put_together_from_their_pieces() {
    let piece = |call: Value| delta(json!({ "tool_calls": [call] }));
    check(
        events(&[
            delta(json!({ "role": "assistant", "content": "Let me " })),
            delta(json!({ "content": "look.", "refusal": null })),
            piece(json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "getAnimal", "arguments": "" } })),
            piece(json!({ "index": 0, "function": { "arguments": "{\"id\":" } })),
            piece(json!({ "index": 1, "id": "b", "type": "function", "function": { "name": "list", "arguments": "" } })),
            piece(json!({ "index": 0, "function": { "arguments": "\"Tom\"}" } })),
            piece(json!({ "index": 2, "id": "c", "type": "function", "function": { "name": "bad", "arguments": "{\"id" } })),
            finish("tool_calls"),
            json!({ "choices": [], "usage": {
                "prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16,
                "prompt_tokens_details": { "cached_tokens": 3 },
                "completion_tokens_details": { "reasoning_tokens": 2 },
            } }),
        ]),
        expect![[r#"
            text "Let me "
            text "look."
            usage 9 in, 3 cached, 7 out, 2 reasoning
            call "a" getAnimal {"id":"Tom"}
            call "b" list {}
            call "c" bad "{\"id""#]],
    )
    .await;
}

#[tokio::test]
async fn calls_of_lenient_servers_are_understood() {
    let piece = |call: Value| delta(json!({ "tool_calls": [call] }));
    // No index and no id, each call whole.
    check(
        events(&[
            piece(json!({ "function": { "name": "a", "arguments": "{\"x\":1}" } })),
            piece(json!({ "function": { "name": "b", "arguments": { "x": 2 } } })),
            finish("stop"),
        ]),
        expect![[r#"
            call "" a {"x":1}
            call "" b {"x":2}"#]],
    )
    .await;
    // One index for all calls, told apart by their ids.
    check(
        events(&[
            piece(json!({ "index": 0, "id": "1", "function": { "name": "a", "arguments": "{}" } })),
            piece(json!({ "index": 0, "id": "2", "function": { "name": "a", "arguments": "{}" } })),
            finish("tool_calls"),
        ]),
        expect![[r#"
            call "1" a {}
            call "2" a {}"#]],
    )
    .await;
    // The id and the name repeated with each piece; no index.
    check(
        events(&[
            piece(json!({ "id": "1", "function": { "name": "a", "arguments": "{\"x\"" } })),
            piece(json!({ "id": "1", "function": { "name": "a", "arguments": ":3}" } })),
            finish("tool_calls"),
        ]),
        expect![[r#"call "1" a {"x":3}"#]],
    )
    .await;
}

#[tokio::test]
async fn answers_that_are_not_streamed_are_understood() {
    let body = json!({
        "object": "chat.completion",
        "choices": [{ "index": 0, "finish_reason": "tool_calls", "message": {
            "role": "assistant",
            "content": [{ "type": "text", "text": "Let me look." }],
            "tool_calls": [{ "id": "a", "type": "function", "function": { "name": "getAnimal", "arguments": "{\"id\":1}" } }],
        } }],
    });
    check(
        answer(200, "application/json", body.to_string()),
        expect![[r#"
            text "Let me look."
            call "a" getAnimal {"id":1}"#]],
    )
    .await;
}

#[tokio::test]
async fn streams_are_read_however_they_are_spelled() {
    let text = |text: &str| delta(json!({ "content": text }));
    let body = format!(
        ": keep alive\r\n\r\nevent: message\r\nid: 1\r\ndata: {}\r\n\r\ndata:{}\r\n\r\ndata: {}",
        text("Grüß "),
        text("Gott"),
        finish("stop"),
    );
    check(
        stream(body),
        expect![[r#"
            text "Grüß "
            text "Gott""#]],
    )
    .await;
}

#[tokio::test]
async fn answers_that_end_early_say_so() {
    let text = delta(json!({ "content": "It was" }));
    for (end, expected) in [
        (
            finish("length"),
            expect![[r#"
            text "It was"
            error the answer was cut off: the model reached the length it may write"#]],
        ),
        (
            finish("content_filter"),
            expect![[r#"
            text "It was"
            error the answer was stopped by the content filter of the model's provider"#]],
        ),
        (
            json!({ "error": { "message": "out of memory", "code": 500 } }),
            expect![[r#"
                text "It was"
                error the model is overloaded: out of memory"#]],
        ),
        (
            json!({ "choices": 7 }),
            expect![[r#"
            text "It was"
            error the model's answer is not understood: invalid type: integer `7`, expected a sequence at line 1 column 12 in `{"choices":7}`"#]],
        ),
    ] {
        check(events(&[text.clone(), end]), expected).await;
    }
    check(
        stream(format!("data: {text}\n\n")),
        expect![[r#"
            text "It was"
            error the model cannot be reached: the connection ended in the middle of the answer"#]],
    )
    .await;
}

#[tokio::test]
async fn refusals_are_told_without_the_key() {
    let long = "word ".repeat(1000);
    for (status, body, expected) in [
        (
            401,
            json!({ "error": { "message": format!("Incorrect API key: {KEY}") } }).to_string(),
            expect![
                "error the model refused the request with status 401: Incorrect API key: [redacted]"
            ],
        ),
        (
            404,
            json!({ "error": "model 'x' not found" }).to_string(),
            expect!["error the model refused the request with status 404: model 'x' not found"],
        ),
        (
            422,
            json!({ "detail": [{ "loc": ["body"] }] }).to_string(),
            expect![[r#"error the model refused the request with status 422: [{"loc":["body"]}]"#]],
        ),
        (
            400,
            String::new(),
            expect!["error the model refused the request with status 400: no reason given"],
        ),
    ] {
        check(answer(status, "application/json", body), expected).await;
    }
    assert!(said([answer(403, "text/html", long)]).await.len() < 600);
    let moved = Response::builder()
        .status(307)
        .header("location", "http://127.0.0.1:1/");
    check(
        moved.body("".into()).unwrap(),
        expect!["error the model refused the request with status 307: no reason given"],
    )
    .await;
}

#[tokio::test]
async fn busy_servers_are_asked_again() {
    let busy = |status, after| busy(status, after, &json!({ "error": { "message": "busy" } }));
    let good = || events(&[delta(json!({ "content": "Hi" })), finish("stop")]);
    let tries = async |answers: Vec<Response>| {
        let provider = provider(answers).await;
        let answer = provider.ask(&model(&provider), hello()).await;
        format!("{} tries: {answer}", provider.bodies().len())
    };
    let twice = tries(vec![
        busy(429, "0"),
        answer(503, "text/plain", "down"),
        good(),
    ])
    .await;
    assert_eq!(twice, "3 tries: text \"Hi\"");
    let thrice = tries(vec![busy(500, "0"), busy(500, "0"), busy(500, "0"), good()]).await;
    let refused = "error the model refused the request with status";
    assert_eq!(thrice, format!("3 tries: {refused} 500: busy"));
    let patience = tries(vec![busy(429, "3600"), good()]).await;
    assert_eq!(patience, format!("1 tries: {refused} 429: busy"));
}

#[tokio::test]
async fn nobody_there_is_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:pass@{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let model = ChatCompletions::new(&url, "m").unwrap();
    let said = ask(&model.retry_delay(Duration::ZERO), hello()).await;
    assert!(
        said.starts_with("error the model cannot be reached: "),
        "{said}"
    );
    assert!(!said.contains("pass"), "{said}");
}

#[tokio::test]
async fn servers_that_do_not_count_are_not_asked_to() {
    let refusal =
        json!({ "detail": [{ "loc": ["body", "stream_options"], "msg": "Extra inputs" }] });
    let good = || events(&[delta(json!({ "content": "Hi" })), finish("stop")]);
    let provider = provider([
        answer(422, "application/json", refusal.to_string()),
        good(),
        good(),
    ])
    .await;
    let model = model(&provider);
    for _ in 0..2 {
        assert_eq!(provider.ask(&model, hello()).await, "text \"Hi\"");
    }
    let asked: Vec<bool> = provider
        .bodies()
        .iter()
        .map(|body| body.get("stream_options").is_some())
        .collect();
    assert_eq!(asked, [true, false, false]);
}

#[tokio::test]
async fn servers_that_are_busy_in_the_middle_are_asked_again() {
    let tries = async |answers: Vec<Response>| {
        let provider = provider(answers).await;
        let answer = provider.ask(&model(&provider), hello()).await;
        format!("{} tries: {answer}", provider.bodies().len())
    };
    let hi = || events(&[delta(json!({ "content": "Hi" })), finish("stop")]);
    for error in [
        json!({ "message": "busy", "type": "server_error", "code": null }),
        json!({ "message": "busy", "code": "rate_limit_exceeded" }),
        json!({ "message": "busy", "code": 503 }),
        json!({ "message": "busy", "type": "overloaded_error", "code": "529" }),
    ] {
        let busy = || events(&[json!({ "error": error })]);
        assert_eq!(tries(vec![busy(), hi()]).await, "2 tries: text \"Hi\"");
        assert_eq!(
            tries(vec![busy(), busy(), busy(), hi()]).await,
            "3 tries: error the model is overloaded: busy"
        );
        // Nobody is told the same thing twice.
        let late = events(&[delta(json!({ "content": "H" })), json!({ "error": error })]);
        assert_eq!(
            tries(vec![late, hi()]).await,
            "1 tries: text \"H\"\nerror the model is overloaded: busy"
        );
    }
    let wrong = json!({ "message": "no", "type": "invalid_request_error", "code": 400 });
    assert_eq!(
        tries(vec![events(&[json!({ "error": wrong })]), hi()]).await,
        "1 tries: error the model failed: no"
    );
}
