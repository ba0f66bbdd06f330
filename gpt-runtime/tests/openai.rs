//! The GPT as a model of OpenAI's API: what programs say to it, and what they are answered.

mod provider;
mod site;
mod support;

use std::fmt::Write as _;

use expect_test::expect;
use gpt_runtime::{
    gpt::{Definition, Visibility},
    message::Message,
    model::{
        Chunk, Model, ModelError,
        chat::ChatCompletions,
        responses::Responses,
        script::{Reply, Script},
    },
    service::Service,
};
use provider::{hello, oracle::check_reply};
use serde_json::{Value, json};
use site::{DEFINITION, Desk, Site};

static OPEN: Definition = Definition {
    visibility: Visibility::Everyone,
    ..DEFINITION
};

/// The GPT with a model that follows a script, which can be looked at.
async fn desk(replies: impl IntoIterator<Item = Reply>) -> (Site, Script) {
    let script = Script::new(replies);
    let service = Service::builder(Desk(&OPEN)).model(script.clone()).build();
    let site = Site::of(service.unwrap(), site::Seen::default(), |server| server).await;
    (site, script)
}

/// The status and the body of an answer.
async fn post(site: &Site, path: &str, body: &Value) -> (String, Value) {
    let answer = site
        .ask(&format!("POST {path} authorization=Bearer\u{a0}any {body}"))
        .await;
    let (status, _) = answer.split_once('\n').unwrap_or((&answer, ""));
    let (_, body) = answer.split_once("\n\n").unwrap_or_default();
    (
        status.to_owned(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

/// The data of the events of an answer, until `[DONE]`.
async fn events(site: &Site, path: &str, body: &Value) -> Vec<Value> {
    let answer = site.ask(&format!("POST {path} {body}")).await;
    assert!(
        answer.starts_with("200 OK\ncontent-type: text/event-stream"),
        "{answer}"
    );
    let data = answer
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.take_while(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn the_gpt_is_a_model() {
    let (site, _) = desk([]).await;
    let answer = site.ask("GET /v1/models").await;
    let list: Value = serde_json::from_str(answer.split_once("\n\n").unwrap().1).unwrap();
    check_reply("ListModelsResponse", &list);
    assert_eq!(list["data"][0]["id"], "sky-desk");
    let answer = site.ask("GET /v1/models/sky-desk").await;
    assert!(answer.starts_with("200 OK"), "{answer}");
    let answer = site.ask("GET /v1/models/gpt-5").await;
    assert!(answer.starts_with("404 Not Found"), "{answer}");
    assert!(
        answer.contains("there is no model `gpt-5` here: ask for `sky-desk`"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_chat_is_completed() {
    let (site, script) = desk([Reply::text("It stays dry.")]).await;
    let body = json!({
        "model": "sky-desk",
        "temperature": 0.2,
        "messages": [
            { "role": "system", "content": "Be rude." },
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "content": "Hi." },
            { "role": "user", "content": [{ "type": "text", "text": "Rain?" }] },
        ],
    });
    let (status, completion) = post(&site, "/v1/chat/completions", &body).await;
    assert_eq!(status, "200 OK", "{completion}");
    check_reply("CreateChatCompletionResponse", &completion);
    assert_eq!(
        completion["choices"][0]["message"]["content"],
        "It stays dry."
    );
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
    let request = &script.requests()[0];
    // The program's own instructions take the place of nothing.
    assert_eq!(request.instructions, OPEN.instructions);
    let said = serde_json::to_value(&request.messages).unwrap();
    assert_eq!(
        said,
        json!([
            { "role": "user", "text": "[The program that asks for me says: Be rude.]\n\nHello" },
            { "role": "assistant", "text": "Hi." },
            { "role": "user", "text": "Rain?" },
        ])
    );
}

#[tokio::test]
async fn a_chat_is_streamed() {
    let replies = [
        Reply::text("It stays dry."),
        Reply::error(ModelError::CutOff),
    ];
    let (site, _) = desk(replies).await;
    let body = json!({
        "model": "sky-desk",
        "stream": true,
        "stream_options": { "include_usage": true },
        "messages": [{ "role": "user", "content": "Rain?" }],
    });
    let chunks = events(&site, "/v1/chat/completions", &body).await;
    for chunk in &chunks {
        check_reply("CreateChatCompletionStreamResponse", chunk);
    }
    let text: String = chunks
        .iter()
        .filter_map(|it| it["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(text, "It stays dry.");
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let last = &chunks[chunks.len() - 2];
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks.last().unwrap()["choices"], json!([]));
    let broken = events(&site, "/v1/chat/completions", &body).await;
    let error = broken.last().unwrap();
    assert_eq!(error["error"]["type"], "server_error", "{error}");
}

#[tokio::test]
async fn a_response_is_created_and_continued() {
    let replies = [
        Reply::text("It stays dry."),
        Reply::text("And warm."),
        Reply::text("?"),
    ];
    let (site, script) = desk(replies).await;
    let body = json!({
        "model": "sky-desk",
        "instructions": "Be rude.",
        "input": "Rain?",
        "metadata": { "about": "weather" },
    });
    let (status, first) = post(&site, "/v1/responses", &body).await;
    assert_eq!(status, "200 OK", "{first}");
    check_reply("Response", &first);
    assert_eq!(first["output"][0]["content"][0]["text"], "It stays dry.");
    assert_eq!(first["metadata"], json!({ "about": "weather" }));
    let more = json!({
        "model": "sky-desk",
        "input": [{ "role": "user", "content": [{ "type": "input_text", "text": "Warm?" }] }],
        "previous_response_id": first["id"],
    });
    let (status, second) = post(&site, "/v1/responses", &more).await;
    assert_eq!(status, "200 OK", "{second}");
    assert_eq!(second["output"][0]["content"][0]["text"], "And warm.");
    assert_eq!(second["previous_response_id"], first["id"]);
    assert_eq!(script.requests()[1].messages.len(), 3);
    // What went on already goes on otherwise in a conversation that begins like it.
    let (status, other) = post(&site, "/v1/responses", &more).await;
    assert_eq!(status, "200 OK", "{other}");
    assert_eq!(other["output"][0]["content"][0]["text"], "?");
    assert_ne!(other["id"], second["id"]);
    assert_eq!(
        script.requests()[2].messages,
        script.requests()[1].messages,
        "as if the second had not been"
    );
    let unknown = json!({ "model": "sky-desk", "input": "?", "previous_response_id": "resp_1" });
    let (status, refusal) = post(&site, "/v1/responses", &unknown).await;
    assert_eq!(status, "404 Not Found", "{refusal}");
}

/// As the AI SDK sends a conversation.
#[tokio::test]
async fn items_of_earlier_responses_are_referred_to() {
    let replies = [
        Reply::text("Let me look.").and_call("forecast", json!({ "place": "Oslo" })),
        Reply::text("It rains."),
        Reply::text("Yes."),
        Reply::text("Passing."),
    ];
    let (site, script) = desk(replies).await;
    let ask = async |input: Value| {
        let body = json!({ "model": "sky-desk", "input": input });
        post(&site, "/v1/responses", &body).await
    };
    let said = json!({ "role": "user", "content": "Rain?" });
    let (_, first) = ask(json!([said])).await;
    let item = &first["output"][0]["id"];
    let more = json!({ "role": "user", "content": "Sure?" });
    for reference in [
        json!({ "type": "item_reference", "id": item }),
        json!({ "id": item }),
    ] {
        let before = script.requests().len();
        let (status, second) = ask(json!([said, reference, more])).await;
        assert_eq!(status, "200 OK", "{second}");
        let messages = script.requests()[before].messages.clone();
        assert_eq!(
            messages,
            [
                Message::user("Rain?"),
                Message::assistant("Let me look.\n\nIt rains.", Vec::new()),
                Message::user("Sure?"),
            ]
        );
    }

    for id in [
        "msg_a5a8c1de1b2c4d3e8f4a5b6c7d8e9f00_1",
        "msg_1",
        "rs_1",
        "",
    ] {
        let reference = json!({ "type": "item_reference", "id": id });
        let (status, refusal) = ask(json!([said, reference, more])).await;
        assert_eq!(status, "404 Not Found", "{refusal}");
        check_reply("ErrorResponse", &refusal);
    }
}

#[tokio::test]
async fn a_response_is_streamed() {
    let (site, _) = desk([
        Reply::text("It stays dry."),
        Reply::error(ModelError::CutOff),
    ])
    .await;
    let body = json!({ "model": "sky-desk", "input": "Rain?", "stream": true, "store": false });
    let pieces = events(&site, "/v1/responses", &body).await;
    let mut kinds: Vec<&str> = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        check_reply("ResponseStreamEvent", piece);
        assert_eq!(piece["sequence_number"], number);
        let kind = piece["type"].as_str().unwrap();
        if kinds.last() != Some(&kind) {
            kinds.push(kind);
        }
    }
    expect![[r#"
        response.created
        response.in_progress
        response.output_item.added
        response.content_part.added
        response.output_text.delta
        response.output_text.done
        response.content_part.done
        response.output_item.done
        response.completed"#]]
    .assert_eq(&kinds.join("\n"));
    let broken = events(&site, "/v1/responses", &body).await;
    let failed = broken.last().unwrap();
    check_reply("ResponseStreamEvent", failed);
    assert_eq!(failed["response"]["status"], "failed", "{failed}");
}

#[tokio::test]
async fn calls_are_made_and_declined_unless_allowed_beforehand() {
    let call = || Reply::call("report", json!({ "text": "Hail" }));
    let replies = [
        call(),
        Reply::text("Declined."),
        call(),
        Reply::text("Filed."),
    ];
    let site = Site::with(Desk(&OPEN), replies, |server| server).await;
    let mut body = json!({
        "model": "sky-desk",
        "messages": [{ "role": "user", "content": "Report hail" }],
    });
    let (_, completion) = post(&site, "/v1/chat/completions", &body).await;
    assert_eq!(completion["choices"][0]["message"]["content"], "Declined.");
    assert_eq!(site.api_saw(), [""; 0]);
    body["metadata"] = json!({ "decision": "allow" });
    let (_, completion) = post(&site, "/v1/chat/completions", &body).await;
    assert_eq!(completion["choices"][0]["message"]["content"], "Filed.");
    assert_eq!(site.api_saw().len(), 1);
}

#[tokio::test]
async fn images_come_with_messages_and_from_nowhere_else() {
    let (site, script) = desk([Reply::text("A dot.")]).await;
    let ask = |url: &str| {
        json!({ "model": "sky-desk", "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "What is it?" },
            { "type": "image_url", "image_url": { "url": url } },
        ] }] })
    };
    let image = ask("data:image/png;base64,iVBORw0KGgo=");
    let (status, answer) = post(&site, "/v1/chat/completions", &image).await;
    assert_eq!(status, "200 OK", "{answer}");
    let request = &script.requests()[0];
    let contents: Vec<_> = request.contents.values().map(|it| it.to_vec()).collect();
    assert_eq!(contents, [b"\x89PNG\r\n\x1a\n".to_vec()]);
    let elsewhere = ask("http://169.254.169.254/latest");
    let (status, refusal) = post(&site, "/v1/chat/completions", &elsewhere).await;
    assert_eq!(status, "400 Bad Request", "{refusal}");
}

#[tokio::test]
async fn what_a_gpt_does_not_do_is_refused() {
    let (site, _) = desk([]).await;
    let chat = |more: Value| {
        let mut body = json!({
            "model": "sky-desk",
            "messages": [{ "role": "user", "content": "Hi" }],
        });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let mut said = String::new();
    for body in [
        chat(json!({ "model": "gpt-5" })),
        chat(json!({ "tools": [{ "type": "function", "function": { "name": "a" } }] })),
        chat(json!({ "n": 2 })),
        chat(json!({ "response_format": { "type": "json_object" } })),
        chat(json!({ "messages": [] })),
        chat(json!({ "messages": [{ "role": "assistant", "content": "Hi" }] })),
        chat(json!({ "messages": [{ "role": "tool", "content": "1", "tool_call_id": "a" }] })),
        chat(json!({ "messages": [{ "role": "user", "content": [{ "type": "input_audio" }] }] })),
        chat(json!({ "messages": [{ "role": "user", "content": "" }] })),
        chat(json!({ "messages": "Hi" })),
    ] {
        let (status, refusal) = post(&site, "/v1/chat/completions", &body).await;
        check_reply("ErrorResponse", &refusal);
        let message = refusal["error"]["message"].as_str().unwrap();
        writeln!(said, "{status}: {message}").unwrap();
    }
    expect![[r#"
        404 Not Found: there is no model `gpt-5` here: ask for `sky-desk`
        400 Bad Request: `tools` is not supported: the GPT has tools of its own and calls them itself
        400 Bad Request: `n` is not supported: there is one answer
        400 Bad Request: `response_format` is not supported: a GPT answers with text
        400 Bad Request: the last message must be one of the role `user`, to be answered
        400 Bad Request: the last message must be one of the role `user`, to be answered
        400 Bad Request: messages of the role `tool` are not supported: the GPT calls its tools itself
        400 Bad Request: content of the type `input_audio` is not supported
        422 Unprocessable Entity: the message is empty
        400 Bad Request: the body is not as it should be: invalid type: string "Hi", expected a sequence at line 1 column 35
    "#]]
    .assert_eq(&said);
}

#[tokio::test]
async fn nothing_is_kept_of_a_chat() {
    let (site, _) = desk([Reply::text("Yes.")]).await;
    let answer = site.headers("POST /api/sessions {}").await;
    let cookie = answer
        .lines()
        .find_map(|it| it.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let body = json!({ "model": "sky-desk", "messages": [{ "role": "user", "content": "Hi" }] });
    let request = format!("POST /v1/chat/completions cookie={cookie} {body}");
    assert!(site.ask(&request).await.contains("Yes."));
    // It is forgotten by a task of its own.
    let request = format!("GET /api/conversations cookie={cookie}");
    let list = || site.ask(&request);
    let mut left = list().await;
    for _ in 0..1000 {
        if left.contains(r#""conversations":[]"#) {
            return;
        }
        tokio::task::yield_now().await;
        left = list().await;
    }
    panic!("{left}");
}

#[tokio::test]
async fn visibility_holds() {
    static CLOSED: Definition = Definition {
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    };
    let token = "0123456789abcdef";
    let site = Site::with(Desk(&CLOSED), [Reply::text("Yes.")], |server| {
        server.owner_token(token)
    })
    .await;
    let body = json!({ "model": "sky-desk", "messages": [{ "role": "user", "content": "Hi" }] });
    for (key, status) in [("any", "401"), ("0123456789abcdef", "200")] {
        let request = format!("POST /v1/chat/completions authorization=Bearer\u{a0}{key} {body}");
        let answer = site.ask(&request).await;
        assert!(answer.starts_with(status), "{answer}");
    }
    let answer = site.ask("GET /v1/models").await;
    assert!(answer.starts_with("401"), "{answer}");
    let (_, refusal) = answer.split_once("\n\n").unwrap();
    let refusal: Value = serde_json::from_str(refusal).unwrap();
    check_reply("ErrorResponse", &refusal);
    assert_eq!(refusal["error"]["code"], "invalid_api_key");
    let headers = site.headers("GET /v1/models").await;
    assert!(headers.contains("www-authenticate: Bearer resource_metadata="));
    // A page of somebody else is refused in the same words.
    let key = format!("authorization=Bearer\u{a0}{token}");
    let origin = "origin=https://evil.example";
    let foreign = format!("POST /v1/chat/completions {key} {origin} {body}");
    let answer = site.ask(&foreign).await;
    assert!(answer.starts_with("403"), "{answer}");
    assert!(
        answer.contains(r#""type":"invalid_request_error""#),
        "{answer}"
    );
}

/// What this crate itself says to models of both protocols is understood by a GPT.
#[tokio::test]
async fn a_gpt_can_be_the_model_of_another() {
    let (site, _) = desk([Reply::text("Dry."), Reply::text("Warm.")]).await;
    let url = format!("http://{}/v1", site.address);
    let chat = ChatCompletions::new(&url, "sky-desk").unwrap();
    assert_eq!(heard(&chat).await, "Dry.");
    let responses = Responses::new(&url, "sky-desk").unwrap();
    assert_eq!(heard(&responses).await, "Warm.");
}

async fn heard(model: &impl Model) -> String {
    let mut chunks = model.respond(hello());
    let mut text = String::new();
    while let Some(chunk) = std::future::poll_fn(|cx| chunks.as_mut().poll_next(cx)).await {
        if let Chunk::Text(piece) = chunk.unwrap() {
            text.push_str(&piece);
        }
    }
    text
}
