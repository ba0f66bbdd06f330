//! The tools that OpenAI hosts, on loopback: how they are asked for and how their calls are read.

mod provider;
mod support;

use std::time::Duration;

use axum::response::Response;
use expect_test::expect;
use gpt_runtime::{
    gpt::BuiltInTool,
    message::Message,
    model::{Chunk, Model as _, Request, responses::Responses},
};
use provider::{
    KEY, Protocol, Provider, ask, chunks, get_animal, hello, named_events, request, user,
};
use serde_json::{Value, json};

const ALL: [BuiltInTool; 3] = [
    BuiltInTool::WebSearch,
    BuiltInTool::ImageGeneration,
    BuiltInTool::CodeInterpreter,
];

async fn provider(answers: impl IntoIterator<Item = Response>) -> Provider {
    Provider::new(Protocol::Responses, answers).await
}

fn model(provider: &Provider) -> Responses {
    Responses::new(&format!("{}/v1", provider.server.url), "some-model")
        .and_then(|model| model.api_key(KEY))
        .unwrap()
        .hosting(ALL)
        .retry_delay(Duration::from_millis(1))
}

fn with_tools(request: Request) -> Request {
    Request {
        hosted_tools: ALL.to_vec(),
        ..request
    }
}

/// A stream of these events, numbered.
fn events(events: &[Value]) -> Response {
    let mut numbered = events.to_vec();
    for (number, event) in numbered.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    named_events(Protocol::Responses, &numbered)
}

fn added(output_index: usize, item: &Value) -> Value {
    json!({ "type": "response.output_item.added", "output_index": output_index, "item": item })
}

fn done(output_index: usize, item: &Value) -> Value {
    json!({ "type": "response.output_item.done", "output_index": output_index, "item": item })
}

fn completed(output: &Value) -> Value {
    json!({ "type": "response.completed", "response": {
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed",
        "error": null, "incomplete_details": null, "instructions": null, "model": "some-model",
        "tools": [], "output": output, "parallel_tool_calls": true, "metadata": {},
        "tool_choice": "auto", "temperature": 1, "top_p": 1,
    } })
}

/// An answer that begins and completes these items.
fn whole(items: &[Value]) -> Response {
    let done = items.iter().enumerate().map(|(at, item)| done(at, item));
    let mut all: Vec<Value> = done.collect();
    all.push(completed(&json!(items)));
    events(&all)
}

fn message(text: &str, annotations: &Value) -> Value {
    json!({
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{
            "type": "output_text", "text": text, "annotations": annotations, "logprobs": [],
        }],
    })
}

fn reasoning() -> Value {
    json!({ "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAA" })
}

fn search(status: &str, action: &Value) -> Value {
    json!({ "type": "web_search_call", "id": "ws_1", "status": status, "action": action })
}

fn code(status: &str, outputs: &Value) -> Value {
    json!({
        "type": "code_interpreter_call", "id": "ci_1", "status": status, "container_id": "cntr_1",
        "code": "print(6 * 7)", "outputs": outputs,
    })
}

fn image(status: &str, result: &Value) -> Value {
    json!({
        "type": "image_generation_call", "id": "ig_1", "status": status, "result": result,
        "revised_prompt": "A cat", "output_format": "webp",
    })
}

fn url_citation() -> Value {
    json!({
        "type": "url_citation", "url": "https://example.com/a", "title": "A", "start_index": 0,
        "end_index": 2,
    })
}

fn container_file(file: &str, name: &str) -> Value {
    json!({
        "type": "container_file_citation", "container_id": "cntr_1", "file_id": file,
        "filename": name, "start_index": 0, "end_index": 2,
    })
}

/// The items that an answer leaves, and the second request's input with them.
async fn sent_back(items: &[Value]) -> Value {
    let provider = provider([whole(items), whole(&[message("Hi", &json!([]))])]).await;
    let model = model(&provider);
    let mut provider_items = None;
    for chunk in chunks(&model, with_tools(hello())).await {
        if let Chunk::Items(items) = chunk.unwrap() {
            provider_items = Some(items);
        }
    }
    let mut answer = Message::assistant("It is.", Vec::new());
    if let Message::Assistant {
        provider_items: kept,
        ..
    } = &mut answer
    {
        *kept = provider_items;
    }
    ask(
        &model,
        with_tools(request(vec![user("Hello"), answer, user("Sure?")])),
    )
    .await;
    let mut input = provider.bodies()[1]["input"].take();
    let input = input.as_array_mut().unwrap();
    input.pop();
    input.remove(0);
    Value::Array(input.clone())
}

#[tokio::test]
async fn they_are_declared_beside_functions() {
    let provider = provider([whole(&[message("Hi", &json!([]))])]).await;
    let model = model(&provider);
    assert!(ALL.into_iter().all(|tool| model.hosts(tool)));
    let request = Request {
        tools: vec![get_animal()],
        ..with_tools(hello())
    };
    provider.ask(&model, request).await;
    let body = provider.bodies().remove(0);
    let tools = body["tools"].as_array().unwrap();
    assert_eq!(tools[0]["name"], "getAnimal");
    assert_eq!(
        tools[1..],
        [
            json!({ "type": "web_search" }),
            json!({ "type": "image_generation" }),
            json!({ "type": "code_interpreter", "container": { "type": "auto" } }),
        ]
    );
    assert_eq!(
        body["include"],
        json!([
            "reasoning.encrypted_content",
            "web_search_call.action.sources",
            "code_interpreter_call.outputs",
        ])
    );
}

#[tokio::test]
async fn a_search_is_shown_with_its_sources() {
    let begun = search("in_progress", &json!({ "type": "search" }));
    let found = json!({
        "type": "search", "query": "cats", "queries": ["cats"],
        "sources": [{ "type": "url", "url": "https://example.com/a" }],
    });
    let answer = message("It is.", &json!([url_citation()]));
    let items = json!([reasoning(), search("completed", &found), answer]);
    let annotation = json!({
        "type": "response.output_text.annotation.added", "item_id": "msg_1", "output_index": 2,
        "content_index": 0, "annotation_index": 0, "annotation": url_citation(),
    });
    let text = json!({
        "type": "response.output_text.delta", "item_id": "msg_1", "output_index": 2,
        "content_index": 0, "delta": "It is.", "logprobs": [],
    });
    let progress = |kind: &str| json!({ "type": kind, "item_id": "ws_1", "output_index": 1 });
    let provider = provider([events(&[
        added(0, &reasoning()),
        done(0, &items[0]),
        added(1, &begun),
        progress("response.web_search_call.in_progress"),
        progress("response.web_search_call.searching"),
        progress("response.web_search_call.completed"),
        done(1, &items[1]),
        text,
        annotation,
        done(2, &items[2]),
        completed(&items),
    ])])
    .await;
    expect![[r#"
        begins ws_1 web_search {}
        ends ws_1 {"query":"cats"} "https://example.com/a"
        text "It is."
        cites https://example.com/a "A"
        items {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"} {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"cats","queries":["cats"]}} {"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"It is.","annotations":[{"type":"url_citation","url":"https://example.com/a","title":"A","start_index":0,"end_index":2}],"logprobs":[]}]}"#]].assert_eq(&provider.ask(&model(&provider), with_tools(hello())).await);
}

#[tokio::test]
async fn code_brings_what_it_printed_and_its_files() {
    let outputs = json!([
        { "type": "logs", "logs": "42\n" },
        { "type": "image", "url": "data:image/png;base64,UE5H" },
    ]);
    let files = json!([
        container_file("cfile_1", "/mnt/data/table.csv"),
        container_file("cfile_1", "/mnt/data/table.csv"),
        container_file("../../cfile_2", "lost`.csv"),
        { "type": "file_path", "file_id": "file_1", "index": 1 },
    ]);
    let provider = provider([whole(&[
        code("completed", &outputs),
        message("Here.", &files),
    ])])
    .await;
    expect![[r#"
        begins ci_1 code_interpreter {"code":"print(6 * 7)"}
        ends ci_1 {"code":"print(6 * 7)"} "42\n"
        file output.png image/png "PNG"
        text "Here."
        file table.csv text/csv "a,b\n1,2\n"
        text "\n\n(`lost'.csv` cannot be fetched from the model's provider.)"
        file plot.png image/png "PNG"
        items {"type":"code_interpreter_call","id":"ci_1","status":"completed","container_id":"cntr_1","code":"print(6 * 7)","outputs":[{"type":"logs","logs":"42\n"}]} {"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Here.","annotations":[{"type":"container_file_citation","container_id":"cntr_1","file_id":"cfile_1","filename":"/mnt/data/table.csv","start_index":0,"end_index":2},{"type":"container_file_citation","container_id":"cntr_1","file_id":"cfile_1","filename":"/mnt/data/table.csv","start_index":0,"end_index":2},{"type":"container_file_citation","container_id":"cntr_1","file_id":"../../cfile_2","filename":"lost`.csv","start_index":0,"end_index":2},{"type":"file_path","file_id":"file_1","index":1}],"logprobs":[]}]}"#]].assert_eq(&provider.ask(&model(&provider), with_tools(hello())).await);
    let paths: Vec<String> = provider
        .server
        .requests()
        .iter()
        .map(|head| head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        paths[1..],
        [
            "GET /v1/containers/cntr_1/files/cfile_1/content",
            "GET /v1/containers/cntr_1/files/..%2F..%2Fcfile_2/content",
            "GET /v1/files/file_1",
            "GET /v1/files/file_1/content",
        ]
    );
}

#[tokio::test]
async fn images_are_files_and_failures_are_said() {
    let drawn = image("completed", &json!("V0VCUA=="));
    let broken = code("failed", &json!(null));
    let provider = provider([events(&[
        added(0, &image("in_progress", &json!(null))),
        done(0, &drawn),
        done(1, &broken),
        completed(&json!([drawn, broken])),
    ])])
    .await;
    expect![[r#"
        begins ig_1 image_generation {"prompt":"A cat"}
        ends ig_1 {"prompt":"A cat"} ""
        file image.webp image/webp "WEBP"
        begins ci_1 code_interpreter {"code":"print(6 * 7)"}
        ends ci_1 failed {"code":"print(6 * 7)"} ""
        items {"type":"code_interpreter_call","id":"ci_1","status":"failed","container_id":"cntr_1","code":"print(6 * 7)","outputs":null}"#]].assert_eq(&provider.ask(&model(&provider), with_tools(hello())).await);
}

#[tokio::test]
async fn images_may_be_large_where_they_are_asked_for() {
    let drawn = image("completed", &json!("UE5H".repeat(2 << 20)));
    let said = async |request: Request| {
        let provider = provider([whole(std::slice::from_ref(&drawn))]).await;
        ask(&model(&provider), request).await
    };
    assert!(
        said(with_tools(hello()))
            .await
            .contains("\nfile image.webp image/webp")
    );
    assert_eq!(
        said(hello()).await,
        "error the model's answer is not understood: it is too long"
    );
}

#[tokio::test]
async fn calls_go_back_without_what_is_known_already() {
    let action = json!({ "type": "search", "query": "cats" });
    let mut with_sources = action.clone();
    with_sources["sources"] = json!([{ "type": "url", "url": "https://example.com/a" }]);
    let logs = json!([{ "type": "logs", "logs": "42" }]);
    let mut outputs = logs.clone();
    outputs.as_array_mut().unwrap().push(json!({
        "type": "image", "url": "data:image/png;base64,UE5H",
    }));
    let answer = message("It is.", &json!([url_citation()]));
    assert_eq!(
        sent_back(&[
            reasoning(),
            search("completed", &with_sources),
            code("completed", &outputs),
            // What led to an image may not stand without it.
            reasoning(),
            image("completed", &json!("V0VCUA==")),
            answer.clone(),
        ])
        .await,
        json!([
            reasoning(),
            search("completed", &action),
            code("completed", &logs),
            answer
        ])
    );
}

#[tokio::test]
async fn an_answer_with_calls_is_not_asked_for_again() {
    let failed =
        json!({ "type": "error", "code": "server_error", "message": "oops", "param": null });
    let begun = search("in_progress", &json!({ "type": "search" }));
    let broken = events(&[added(0, &begun), failed]);
    let provider = provider([broken, whole(&[message("Hi", &json!([]))])]).await;
    expect![[r#"
        begins ws_1 web_search {}
        error the model is overloaded: oops"#]]
    .assert_eq(&provider.ask(&model(&provider), with_tools(hello())).await);
}
