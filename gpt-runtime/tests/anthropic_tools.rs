//! The tools that Anthropic hosts, and what it keeps of requests, on loopback.

mod provider;
mod support;

use std::time::Duration;

use axum::response::Response;
use expect_test::expect;
use gpt_runtime::{
    gpt::BuiltInTool,
    message::{Message, ProviderItems},
    model::{Chunk, Model as _, Request, anthropic::Anthropic},
};
use provider::{
    KEY, Protocol, Provider, ask, chunks, get_animal, hello, named_events, request, user,
};
use serde_json::{Value, json};
use support::answer;

const BOTH: [BuiltInTool; 2] = [BuiltInTool::WebSearch, BuiltInTool::CodeInterpreter];

async fn provider(answers: impl IntoIterator<Item = Response>) -> Provider {
    Provider::new(Protocol::Anthropic, answers).await
}

fn model(provider: &Provider) -> Anthropic {
    Anthropic::new(&provider.server.url, "some-model")
        .and_then(|model| model.api_key(KEY))
        .unwrap()
        .hosting(BOTH)
        .retry_delay(Duration::from_millis(1))
}

fn with_tools(request: Request) -> Request {
    Request {
        hosted_tools: BOTH.to_vec(),
        ..request
    }
}

/// A block, and the pieces it comes in.
type Block<'a> = (Value, &'a [Value]);

/// A stream of these blocks that ends for this reason.
fn events(blocks: &[Block<'_>], reason: &str) -> Response {
    let mut all = vec![json!({ "type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "some-model",
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 1 },
    } })];
    for (index, (block, deltas)) in blocks.iter().enumerate() {
        all.push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        all.extend(
            deltas.iter().map(
                |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta }),
            ),
        );
        all.push(json!({ "type": "content_block_stop", "index": index }));
    }
    all.push(json!({
        "type": "message_delta", "delta": { "stop_reason": reason, "stop_sequence": null },
        "usage": { "output_tokens": 2 },
    }));
    all.push(json!({ "type": "message_stop" }));
    named_events(Protocol::Anthropic, &all)
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn hi() -> Response {
    events(&[(text("Hi"), &[])], "end_turn")
}

fn used(id: &str, name: &str) -> Value {
    json!({ "type": "server_tool_use", "id": id, "name": name, "input": {} })
}

fn input(json: &str) -> Value {
    json!({ "type": "input_json_delta", "partial_json": json })
}

fn found() -> Value {
    json!({ "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{
        "type": "web_search_result", "url": "https://example.com/a", "title": "A",
        "encrypted_content": "EqgB", "page_age": null,
    }] })
}

fn citation() -> Value {
    json!({
        "type": "web_search_result_location", "url": "https://example.com/a", "title": "A",
        "encrypted_index": "Eo8B", "cited_text": "It is.",
    })
}

#[tokio::test]
async fn they_are_declared_beside_functions_and_kept() {
    let provider = provider([hi(), hi()]).await;
    let model = model(&provider).hosting([
        BuiltInTool::WebSearch,
        BuiltInTool::ImageGeneration,
        BuiltInTool::CodeInterpreter,
    ]);
    assert!(!model.hosts(BuiltInTool::ImageGeneration));
    let tools = vec![get_animal()];
    let request = Request { tools, ..hello() };
    provider.ask(&model, with_tools(request.clone())).await;
    provider.ask(&model, request).await;
    let kept = json!({ "type": "ephemeral" });
    let bodies = provider.bodies();
    let tools = bodies[0]["tools"].as_array().unwrap();
    assert_eq!(
        tools[1..],
        [
            json!({ "type": "web_search_20250305", "name": "web_search" }),
            json!({
                "type": "code_execution_20250825", "name": "code_execution", "cache_control": kept,
            }),
        ]
    );
    assert_eq!(bodies[1]["tools"][0]["cache_control"], kept);
    let heads = provider.server.requests();
    let beta = "\nanthropic-beta: code-execution-2025-08-25,files-api-2025-04-14";
    assert!(heads[0].contains(beta), "{}", heads[0]);
    assert!(!heads[1].contains("anthropic-beta"), "{}", heads[1]);
}

#[tokio::test]
async fn a_search_is_shown_and_goes_back_whole() {
    let cites = json!({ "type": "citations_delta", "citation": citation() });
    let says = json!({ "type": "text_delta", "text": "It is." });
    let first = events(
        &[
            (text("Let me look."), &[]),
            (
                used("srvtoolu_1", "web_search"),
                &[input("{\"query\":"), input("\"cats\"}")],
            ),
            (found(), &[]),
            (text(""), &[cites.clone(), says, cites]),
            (text(" So."), &[]),
        ],
        "end_turn",
    );
    let provider = provider([first, hi()]).await;
    let model = model(&provider);
    let mut items = None;
    let mut said = Vec::new();
    for chunk in chunks(&model, with_tools(hello())).await {
        match chunk.unwrap() {
            Chunk::Items(it) => items = Some(it),
            other => said.push(format!("{other:?}")),
        }
    }
    expect![[r#"
        Text("Let me look.")
        HostedCall(HostedCall { id: "srvtoolu_1", name: "web_search", arguments: Object {"query": String("cats")}, result: "", is_error: false })
        HostedResult(HostedCall { id: "srvtoolu_1", name: "web_search", arguments: Object {"query": String("cats")}, result: "https://example.com/a", is_error: false })
        Text("\n\n")
        Citation(Citation { url: "https://example.com/a", title: "A" })
        Text("It is.")
        Text(" So.")
        Usage(Usage { input: 1, output: 2, cached: 0, reasoning: 0 })"#]].assert_eq(&said.join("\n"));
    let mut answer = Message::assistant("It is.", Vec::new());
    if let Message::Assistant { provider_items, .. } = &mut answer {
        *provider_items = items;
    }
    let messages = vec![user("Hello"), answer, user("Sure?")];
    ask(&model, with_tools(request(messages))).await;
    let mut searched = used("srvtoolu_1", "web_search");
    searched["input"] = json!({ "query": "cats" });
    let mut quoted = text("It is.");
    quoted["citations"] = json!([citation(), citation()]);
    assert_eq!(
        provider.bodies()[1]["messages"][1]["content"],
        json!([
            text("Let me look."),
            searched,
            found(),
            quoted,
            text(" So.")
        ])
    );
}

#[tokio::test]
async fn code_brings_what_it_printed_and_its_files() {
    let ran = |id: &str, content: Value| json!({ "type": "bash_code_execution_tool_result", "tool_use_id": id, "content": content });
    let printed = ran(
        "srvtoolu_1",
        json!({
            "type": "bash_code_execution_result", "stdout": "42", "stderr": "slow",
            "return_code": 0,
            "content": [{ "type": "bash_code_execution_output", "file_id": "file_1" }],
        }),
    );
    let failed = ran(
        "srvtoolu_2",
        json!({ "type": "bash_code_execution_tool_result_error", "error_code": "unavailable" }),
    );
    let command = [input("{\"command\":\"python a.py\"}")];
    let began = events(
        &[(used("srvtoolu_1", "bash_code_execution"), &command)],
        "pause_turn",
    );
    let went_on = events(
        &[
            (printed, &[]),
            (used("srvtoolu_2", "bash_code_execution"), &command),
            (failed, &[]),
            (text("There."), &[]),
        ],
        "end_turn",
    );
    let provider = provider([began, went_on]).await;
    expect![[r#"
        begins srvtoolu_1 code_interpreter {"code":"python a.py"}
        usage 1 in, 0 cached, 2 out, 0 reasoning
        ends srvtoolu_1 {"code":"python a.py"} "42\nslow"
        begins srvtoolu_2 code_interpreter {"code":"python a.py"}
        ends srvtoolu_2 failed {"code":"python a.py"} "unavailable"
        text "\n\n"
        text "There."
        usage 1 in, 0 cached, 2 out, 0 reasoning
        file plot.png image/png "PNG"
        items {"type":"server_tool_use","id":"srvtoolu_1","name":"bash_code_execution","input":{"command":"python a.py"}} {"type":"bash_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":{"type":"bash_code_execution_result","stdout":"42","stderr":"slow","return_code":0,"content":[{"type":"bash_code_execution_output","file_id":"file_1"}]}} {"type":"server_tool_use","id":"srvtoolu_2","name":"bash_code_execution","input":{"command":"python a.py"}} {"type":"bash_code_execution_tool_result","tool_use_id":"srvtoolu_2","content":{"type":"bash_code_execution_tool_result_error","error_code":"unavailable"}} {"type":"text","text":"There."}"#]].assert_eq(&provider.ask(&model(&provider), with_tools(hello())).await);
}

#[tokio::test]
async fn blocks_that_are_refused_are_left_out_of_their_conversation_alone() {
    let refusal = json!({ "type": "error", "error": {
        "type": "invalid_request_error",
        "message": "messages.1.content.0: Invalid `signature` in `thinking` block",
    } });
    let refused = answer(400, "application/json", refusal.to_string());
    let provider = provider([refused, hi(), hi()]).await;
    let model = model(&provider);
    let mut earlier = Message::assistant("A cat.", Vec::new());
    if let Message::Assistant { provider_items, .. } = &mut earlier {
        *provider_items = Some(ProviderItems {
            author: format!("anthropic some-model {}", provider.server.url),
            items: vec![
                json!({ "type": "thinking", "thinking": "Who?", "signature": "old" }),
                text("A cat."),
            ],
        });
    }
    let history = vec![user("Who is Tom?"), earlier, user("Sure?")];
    let said = provider.ask(&model, request(history)).await;
    assert!(said.starts_with("text \"Hi\""), "{said}");
    let bodies = provider.bodies();
    let sent = |body: &Value| body["messages"][1]["content"].as_array().unwrap().len();
    assert_eq!((sent(&bodies[0]), sent(&bodies[1])), (2, 1));
}
