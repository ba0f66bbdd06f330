//! OpenAI's Responses API on loopback: what it is sent, and how its events are read.

mod provider;
mod support;

use std::time::Duration;

use axum::response::Response;
use expect_test::{Expect, expect};
use gpt_runtime::{
    message::{Message, ProviderItems},
    model::{Chunk, Request, ToolDefinition, responses::Responses},
};
use provider::{
    KEY, Protocol, Provider, about_tom, ask, busy, call, chunks, get_animal, hello, named_events,
    request, result, stream, user,
};
use serde_json::{Value, json};
use support::answer;

async fn provider(answers: impl IntoIterator<Item = Response>) -> Provider {
    Provider::new(Protocol::Responses, answers).await
}

fn model(provider: &Provider) -> Responses {
    Responses::new(&format!("{}/v1", provider.server.url), "some-model")
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

/// A stream of these events, numbered.
fn events(events: &[Value]) -> Response {
    let mut numbered = events.to_vec();
    for (number, event) in numbered.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    named_events(Protocol::Responses, &numbered)
}

/// A response with this status and output, as far as it is written.
fn response(status: &str, output: &Value) -> Value {
    json!({
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "error": null,
        "incomplete_details": null, "instructions": null, "model": "some-model", "tools": [],
        "output": output, "parallel_tool_calls": true, "metadata": {}, "tool_choice": "auto",
        "temperature": 1, "top_p": 1,
    })
}

fn created() -> Value {
    json!({ "type": "response.created", "response": response("in_progress", &json!([])) })
}

fn completed(output: &Value) -> Value {
    let mut response = response("completed", output);
    response["usage"] = json!({
        "input_tokens": 36, "input_tokens_details": { "cached_tokens": 30, "cache_write_tokens": 0 },
        "output_tokens": 87, "output_tokens_details": { "reasoning_tokens": 64 }, "total_tokens": 123,
    });
    json!({ "type": "response.completed", "response": response })
}

fn incomplete(reason: &str) -> Value {
    let mut response = response("incomplete", &json!([]));
    response["incomplete_details"] = json!({ "reason": reason });
    json!({ "type": "response.incomplete", "response": response })
}

fn text(output_index: usize, delta: &str) -> Value {
    json!({
        "type": "response.output_text.delta", "item_id": "msg_1", "output_index": output_index,
        "content_index": 0, "delta": delta, "logprobs": [],
    })
}

fn done(output_index: usize, item: &Value) -> Value {
    json!({ "type": "response.output_item.done", "output_index": output_index, "item": item })
}

fn message(text: &str) -> Value {
    json!({
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }],
    })
}

fn function_call(call_id: &str, arguments: &str) -> Value {
    json!({
        "type": "function_call", "id": format!("fc_{call_id}"), "call_id": call_id,
        "name": "getAnimal", "arguments": arguments, "status": "completed",
    })
}

fn reasoning(encrypted: &Value) -> Value {
    json!({ "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": encrypted })
}

fn hi() -> Response {
    let message = message("Hi");
    events(&[
        created(),
        text(0, "Hi"),
        done(0, &message),
        completed(&json!([message])),
    ])
}

#[tokio::test]
async fn a_conversation_is_sent_as_the_protocol_says() {
    let provider = provider([hi()]).await;
    expect![[r#"
        text "Hi"
        usage 36 in, 30 cached, 87 out, 64 reasoning"#]]
    .assert_eq(&provider.ask(&model(&provider), about_tom()).await);
    assert_eq!(
        provider.bodies().remove(0),
        json!({
            "model": "some-model",
            "stream": true,
            "store": false,
            "include": ["reasoning.encrypted_content"],
            "instructions": "You keep a zoo.",
            "input": [
                { "type": "message", "role": "user", "content": "Who is Tom?" },
                { "type": "function_call", "call_id": "a", "name": "getAnimal", "arguments": "{\"id\":\"Tom\",\"n\":1.5}" },
                { "type": "function_call", "call_id": "b", "name": "getAnimal", "arguments": "{}" },
                { "type": "function_call_output", "call_id": "a", "output": "A cat." },
                { "type": "function_call_output", "call_id": "b", "output": "no JSON" },
                { "type": "message", "role": "assistant", "content": "A cat." },
                { "type": "message", "role": "user", "content": "Sure?" },
            ],
            "tools": [{
                "type": "function",
                "name": "getAnimal",
                "description": "Returns an animal.",
                "strict": true,
                "parameters": {
                    "type": "object",
                    "properties": {
                        "id": { "type": "string" },
                        "at": { "type": ["string", "null"], "format": "date" },
                    },
                    "required": ["id", "at"],
                    "additionalProperties": false,
                },
            }],
        })
    );
    let head = provider.server.requests().remove(0);
    assert!(head.starts_with("POST /v1/responses\n"), "{head}");
    assert!(
        head.contains(&format!("\nauthorization: Bearer {KEY}")),
        "{head}"
    );
}

#[tokio::test]
async fn tools_that_cannot_be_strict_are_shown_as_they_are() {
    let parameters = json!({ "type": "object", "properties": { "x": {} } });
    let request = Request {
        tools: vec![ToolDefinition {
            parameters: parameters.clone(),
            ..get_animal()
        }],
        ..hello()
    };
    let item = function_call("a", r#"{"x":null}"#);
    let provider = provider([events(&[done(0, &item), completed(&json!([item]))])]).await;
    expect![[r#"
        usage 36 in, 30 cached, 87 out, 64 reasoning
        call "a" getAnimal {"x":null}"#]]
    .assert_eq(&provider.ask(&model(&provider), request).await);
    let tool = &provider.bodies()[0]["tools"][0];
    assert_eq!(
        (&tool["strict"], &tool["parameters"]),
        (&json!(false), &parameters)
    );
}

#[tokio::test]
async fn calls_come_side_by_side() {
    let calls = [
        function_call("a", r#"{"id":"Tom","at":null}"#),
        function_call("b", ""),
        function_call("c", r#"{"id"#),
    ];
    let delta = json!({
        "type": "response.function_call_arguments.delta", "item_id": "fc_a", "output_index": 1,
        "delta": "{\"id",
    });
    let request = Request {
        tools: vec![get_animal()],
        ..hello()
    };
    let provider = provider([events(&[
        created(),
        text(0, "Let me "),
        text(0, "look."),
        done(0, &message("Let me look.")),
        delta,
        done(1, &calls[0]),
        done(2, &calls[1]),
        done(3, &calls[2]),
        completed(&json!([
            message("Let me look."),
            calls[0],
            calls[1],
            calls[2]
        ])),
    ])])
    .await;
    expect![[r#"
        text "Let me "
        text "look."
        usage 36 in, 30 cached, 87 out, 64 reasoning
        call "a" getAnimal {"id":"Tom"}
        call "b" getAnimal {}
        call "c" getAnimal "{\"id""#]]
    .assert_eq(&provider.ask(&model(&provider), request).await);
}

#[tokio::test]
async fn reasoning_is_sent_back_to_the_model_that_wrote_it() {
    let thought = reasoning(&json!("gAAAA"));
    let mut comment = message("Let me look.");
    comment["phase"] = json!("commentary");
    let output = json!([thought, comment, function_call("a", r#"{"id":"Tom"}"#)]);
    let first = events(&[
        text(1, "Let me look."),
        done(0, &output[0]),
        done(1, &output[1]),
        done(2, &output[2]),
        completed(&output),
    ]);
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
    let other = Responses::new(&format!("{}/v1", provider.server.url), "other-model").unwrap();
    ask(&other, request(messages)).await;
    let bodies = provider.bodies();
    assert_eq!(
        bodies[1]["input"],
        json!([
            { "type": "message", "role": "user", "content": "Who is Tom?" },
            thought,
            comment,
            { "type": "function_call", "call_id": "call_2", "name": "getAnimal", "arguments": "{\"id\":\"Tom\"}" },
            { "type": "function_call_output", "call_id": "call_2", "output": "A cat." },
        ])
    );
    assert_eq!(
        bodies[2]["input"],
        json!([
            { "type": "message", "role": "user", "content": "Who is Tom?" },
            { "type": "message", "role": "assistant", "content": "Let me look." },
            { "type": "function_call", "call_id": "call_2", "name": "getAnimal", "arguments": "{\"id\":\"Tom\"}" },
            { "type": "function_call_output", "call_id": "call_2", "output": "A cat." },
        ])
    );
}

#[tokio::test]
async fn reasoning_that_nobody_can_read_is_not_kept() {
    let output = json!([reasoning(&json!(null)), message("Hi")]);
    check(
        events(&[text(1, "Hi"), completed(&output)]),
        expect![[r#"
            text "Hi"
            usage 36 in, 30 cached, 87 out, 64 reasoning"#]],
    )
    .await;
}

#[tokio::test]
async fn models_that_do_not_reason_are_not_asked_for_it() {
    let refusal =
        json!({ "error": { "message": "Encrypted content is not supported with this model." } });
    let provider = provider([
        answer(400, "application/json", refusal.to_string()),
        hi(),
        hi(),
    ])
    .await;
    let model = model(&provider);
    for _ in 0..2 {
        assert!(
            provider
                .ask(&model, hello())
                .await
                .starts_with("text \"Hi\"")
        );
    }
    let asked: Vec<bool> = provider
        .bodies()
        .iter()
        .map(|body| body.get("include").is_some())
        .collect();
    assert_eq!(asked, [true, false, false]);
}

#[tokio::test]
async fn stored_reasoning_that_is_refused_is_left_out_of_its_conversation_alone() {
    let refusal = json!({ "error": {
        "message": "The encrypted content gAAAA could not be verified.",
        "code": "invalid_encrypted_content",
    } });
    let provider = provider([
        answer(400, "application/json", refusal.to_string()),
        hi(),
        hi(),
    ])
    .await;
    let model = model(&provider);
    let author = format!("responses some-model {}", provider.server.url);
    let mut earlier = Message::assistant("A cat.", Vec::new());
    if let Message::Assistant { provider_items, .. } = &mut earlier {
        let items = vec![reasoning(&json!("gAAAA")), message("A cat.")];
        *provider_items = Some(ProviderItems { author, items });
    }
    let history = vec![user("Who is Tom?"), earlier, user("Sure?")];
    let said = provider.ask(&model, request(history)).await;
    assert!(said.starts_with("text \"Hi\""), "{said}");
    provider.ask(&model, hello()).await;
    let bodies = provider.bodies();
    let sent: Vec<usize> = bodies
        .iter()
        .map(|body| body["input"].as_array().unwrap().len())
        .collect();
    assert_eq!(sent, [4, 3, 1]);
    // The model still reasons, in this conversation and in others.
    let asked = bodies.iter().filter(|body| body.get("include").is_some());
    assert_eq!(asked.count(), 3);
}

#[tokio::test]
async fn refusals_and_several_messages_are_said() {
    let refusal = json!({
        "type": "response.refusal.delta", "item_id": "msg_1", "output_index": 1, "content_index": 0,
        "delta": "I will not.",
    });
    check(
        events(&[text(0, "Well."), refusal, completed(&json!([]))]),
        expect![[r#"
            text "Well."
            text "\n\n"
            text "I will not."
            usage 36 in, 30 cached, 87 out, 64 reasoning"#]],
    )
    .await;
}

#[tokio::test]
async fn answers_that_are_not_streamed_are_understood() {
    let mut whole = response(
        "completed",
        &json!([message("Hi"), function_call("a", "{}")]),
    );
    whole["usage"] = json!({ "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 });
    check(
        answer(200, "application/json", whole.to_string()),
        expect![[r#"
            text "Hi"
            usage 1 in, 0 cached, 2 out, 0 reasoning
            call "a" getAnimal {}"#]],
    )
    .await;
    // Only whole items, no pieces.
    let item = message("Hi");
    check(
        events(&[done(0, &item), completed(&json!([item]))]),
        expect![[r#"
            text "Hi"
            usage 36 in, 30 cached, 87 out, 64 reasoning"#]],
    )
    .await;
}

#[tokio::test]
async fn answers_that_end_early_say_so() {
    let mut failed = response("failed", &json!([]));
    failed["error"] =
        json!({ "code": "invalid_prompt", "message": format!("bad prompt of {KEY}") });
    let cut = function_call("a", "{\"id");
    for (end, expected) in [
        (
            vec![done(1, &cut), incomplete("max_output_tokens")],
            expect![[r#"
                text "It was"
                error the answer was cut off: the model reached the length it may write"#]],
        ),
        (
            vec![incomplete("content_filter")],
            expect![[r#"
                text "It was"
                error the answer was stopped by the content filter of the model's provider"#]],
        ),
        (
            vec![json!({ "type": "response.failed", "response": failed })],
            expect![[r#"
                text "It was"
                error the model failed: bad prompt of [redacted]"#]],
        ),
        (
            vec![
                json!({ "type": "error", "code": "ERR", "message": "out of memory", "param": null }),
            ],
            expect![[r#"
                text "It was"
                error the model failed: out of memory"#]],
        ),
        (
            vec![],
            expect![[r#"
                text "It was"
                error the model cannot be reached: the connection ended in the middle of the answer"#]],
        ),
    ] {
        let mut all = vec![text(0, "It was")];
        all.extend(end);
        check(events(&all), expected).await;
    }
    check(
        stream("data: {\"type\":\"response.completed\"}\n\n"),
        expect![[r#"error the model's answer is not understood: missing field `response` in `{"type":"response.completed"}`"#]],
    )
    .await;
}

#[tokio::test]
async fn events_are_bounded() {
    let long = text(0, &"x".repeat(5 << 20));
    check(
        events(&[long]),
        expect!["error the model's answer is not understood: it is too long"],
    )
    .await;
    let many = events(&vec![text(0, &"x".repeat(1 << 20)); 17]);
    let said = said([many]).await;
    assert!(said.ends_with("it is too long"), "{}", said.len());
    let calls: Vec<Value> = (0..257)
        .map(|it| done(it, &function_call("a", "{}")))
        .collect();
    check(
        events(&calls),
        expect!["error the model's answer is not understood: more than 256 calls in one answer"],
    )
    .await;
}

#[tokio::test]
async fn busy_servers_are_asked_again() {
    let tries = async |answers: Vec<Response>| {
        let provider = provider(answers).await;
        let answer = provider.ask(&model(&provider), hello()).await;
        let first = answer.lines().next().unwrap().to_owned();
        format!("{} tries: {first}", provider.bodies().len())
    };
    let body = json!({ "error": { "message": "busy" } });
    let mut failed = response("failed", &json!([]));
    failed["error"] = json!({ "code": "server_error", "message": "oops" });
    let failed = json!({ "type": "response.failed", "response": failed });
    let overloaded = || events(&[created(), failed.clone()]);
    assert_eq!(
        tries(vec![busy(529, "0", &body), overloaded(), hi()]).await,
        "3 tries: text \"Hi\""
    );
    assert_eq!(
        tries(vec![overloaded(), overloaded(), overloaded(), hi()]).await,
        "3 tries: error the model is overloaded: oops"
    );
    // Nobody is told the same thing twice.
    let late = events(&[text(0, "Hi"), failed.clone()]);
    assert_eq!(tries(vec![late, hi()]).await, "1 tries: text \"Hi\"");
    assert_eq!(
        tries(vec![busy(429, "3600", &body), hi()]).await,
        "1 tries: error the model refused the request with status 429: busy"
    );
    assert_eq!(
        tries(vec![busy(401, "0", &body), hi()]).await,
        "1 tries: error the model refused the request with status 401: busy"
    );
}

#[tokio::test]
async fn the_key_is_not_printed() {
    let model = Responses::new("http://u:pass@h/v1", "m").unwrap();
    let text = format!("{:?}", model.api_key("secret").unwrap());
    assert_eq!(text, "Responses { host: Some(\"h\"), model: \"m\", .. }");
}
