//! The server over real HTTP on loopback, with a scripted model.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "`UPDATE_EXPECT` writes them"
)]

mod site;

use std::time::Duration;

use expect_test::{Expect, expect};
use gpt_runtime::{
    conversation::Decision,
    gpt::{Definition, Visibility},
    model::{
        ModelError,
        script::{Reply, Script},
    },
    server::Server,
    service::{Service, nobody},
};
use serde_json::json;

use site::{DEFINITION, Desk, Site};

async fn check(site: &Site, request: &str, expected: Expect) {
    expected.assert_eq(&site.ask(request).await);
}

#[tokio::test]
async fn the_gpt_describes_itself_without_its_instructions() {
    let site = Site::start([]).await;
    let answer = site.ask("GET /api/gpt").await;
    assert!(!answer.contains(DEFINITION.instructions), "{answer}");
    let (_, body) = answer.split_once("\n\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    expect![[r#"
        {
          "name": "Sky Desk",
          "description": "Knows the sky.",
          "starters": [
            "Will it rain in Oslo?"
          ],
          "visibility": "everyone",
          "privacy_policy": "https://sky.example/privacy",
          "category": null,
          "model": {
            "name": "script",
            "offline": false
          },
          "apis": [
            {
              "name": "sky",
              "title": "Sky API"
            }
          ],
          "tools": [
            {
              "name": "forecast",
              "description": "Tells the weather of tomorrow.",
              "parameters": {
                "type": "object",
                "properties": {
                  "place": {
                    "type": "string"
                  }
                },
                "required": [
                  "place"
                ],
                "additionalProperties": false
              },
              "api": "sky",
              "consequential": false,
              "deprecated": false
            },
            {
              "name": "report",
              "description": "Reports what happened.",
              "parameters": {
                "type": "object",
                "properties": {
                  "text": {
                    "type": "string"
                  }
                },
                "required": [
                  "text"
                ],
                "additionalProperties": false
              },
              "api": "sky",
              "consequential": true,
              "deprecated": false
            },
            {
              "name": "search",
              "description": "Searches reports.",
              "parameters": {
                "type": "object",
                "properties": {
                  "text": {
                    "type": "string"
                  }
                },
                "required": [
                  "text"
                ],
                "additionalProperties": false
              },
              "api": "sky",
              "consequential": false,
              "deprecated": false
            }
          ],
          "built_in_tools": [],
          "is_owner": false
        }"#]]
    .assert_eq(&format!("{body:#}"));
}

#[tokio::test]
async fn a_message_is_answered_as_events() {
    let site = Site::start([
        Reply::text("Let me ")
            .and_text("look.")
            .and_call("forecast", json!({ "place": "Oslo" })),
        Reply::text("It rains.\r\nBring an umbrella."),
    ])
    .await;
    let id = site.conversation().await;
    check(
        &site,
        &format!(r#"POST /api/conversations/{id}/messages {{"text":"Rain?"}}"#),
        expect![[r#"
            200 OK
            content-type: text/event-stream
            conversation-id: ID

            event: text_delta
            data: {"type":"text_delta","text":"Let me "}

            event: text_delta
            data: {"type":"text_delta","text":"look."}

            event: call_started
            data: {"type":"call_started","call_id":"call_1","name":"forecast","arguments":{"place":"Oslo"}}

            event: call_finished
            data: {"type":"call_finished","call_id":"call_1","result":"{\"sky\":\"rain\"}","is_error":false,"milliseconds":0}

            event: text_delta
            data: {"type":"text_delta","text":"\n\nIt rains.\r\nBring an umbrella."}

            event: finished
            data: {"type":"finished","text":"Let me look.\n\nIt rains.\r\nBring an umbrella."}

        "#]],
    )
    .await;
    check(&site, &format!("GET /api/conversations/{id}"), expect![[r#"
        200 OK
        content-type: application/json

        {"id":"ID","messages":[{"role":"user","text":"Rain?"},{"role":"assistant","text":"Let me look.","calls":[{"id":"call_1","name":"forecast","arguments":{"place":"Oslo"}}]},{"role":"tool","call_id":"call_1","name":"forecast","text":"{\"sky\":\"rain\"}","is_error":false},{"role":"assistant","text":"It rains.\r\nBring an umbrella."}]}"#]]).await;
}

#[tokio::test]
async fn a_message_is_answered_as_json() {
    let site = Site::start([
        Reply::call("forecast", json!({ "place": "Oslo" })),
        Reply::text("It rains."),
        Reply::text("You are welcome."),
    ])
    .await;
    check(
        &site,
        "POST /api/messages accept=application/json {\"text\":\"Rain?\"}",
        expect![[r#"
            200 OK
            content-type: application/json
            conversation-id: ID

            {"conversation":"ID","text":"It rains.","calls":[{"id":"call_1","name":"forecast","arguments":{"place":"Oslo"},"result":"{\"sky\":\"rain\"}","is_error":false,"milliseconds":0}]}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_failed_turn_is_an_event_or_a_problem() {
    let down = || Reply::error(ModelError::Connection("refused".to_owned()));
    let site = Site::start([down(), down()]).await;
    check(
        &site,
        r#"POST /api/messages {"text":"Rain?"}"#,
        expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: failed
        data: {"type":"failed","message":"the model cannot be reached: refused"}

    "#]],
    )
    .await;
    check(
        &site,
        r#"POST /api/messages accept=application/json {"text":"Rain?"}"#,
        expect![[r#"
            502 Bad Gateway
            content-type: application/problem+json

            {"type":"about:blank","title":"Bad Gateway","status":502,"detail":"the model cannot be reached: refused","conversation":"ID","calls":[]}"#]],
    )
    .await;
}

#[tokio::test]
async fn a_consequential_call_waits_for_the_decision() {
    let site = Site::start([
        Reply::call("report", json!({ "text": "Flood" })),
        Reply::text("Reported."),
    ])
    .await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    let mut stream = site
        .open(&format!(
            r#"POST {path}/messages {{"text":"Report a flood"}}"#
        ))
        .await;
    stream.read_until("confirmation_needed").await;
    check(
        &site,
        &format!(r#"POST {path}/calls/call_9 {{"decision":"allow"}}"#),
        expect![[r#"
            409 Conflict
            content-type: application/problem+json

            {"type":"about:blank","title":"Conflict","status":409,"detail":"no call of this id waits for a decision in this conversation"}"#]],
    )
    .await;
    check(
        &site,
        &format!(r#"POST {path}/messages {{"text":"Hurry"}}"#),
        expect![[r#"
            409 Conflict
            content-type: application/problem+json

            {"type":"about:blank","title":"Conflict","status":409,"detail":"an answer is still being written: wait for it or cancel it"}"#]],
    )
    .await;
    check(
        &site,
        &format!(r#"POST {path}/calls/call_1 {{"decision":"allow"}}"#),
        expect![[r#"
            204 No Content

        "#]],
    )
    .await;
    expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: confirmation_needed
        data: {"type":"confirmation_needed","call_id":"call_1","name":"report","arguments":{"text":"Flood"},"may_always_allow":false}

        event: call_started
        data: {"type":"call_started","call_id":"call_1","name":"report","arguments":{"text":"Flood"}}

        event: call_finished
        data: {"type":"call_finished","call_id":"call_1","result":"{\"number\":7}","is_error":false,"milliseconds":0}

        event: text_delta
        data: {"type":"text_delta","text":"Reported."}

        event: finished
        data: {"type":"finished","text":"Reported."}

    "#]].assert_eq(&site.tidy(&stream.rest().await));
    assert_eq!(site.api_saw(), ["POST /reports {\"text\":\"Flood\"}"]);
}

#[tokio::test]
async fn a_decision_can_come_with_the_message() {
    let call = || Reply::call("report", json!({ "text": "Flood" }));
    let site = Site::start([
        call(),
        Reply::text("Not reported."),
        call(),
        Reply::text("Reported."),
    ])
    .await;
    let json = "POST /api/messages accept=application/json";
    check(
        &site,
        &format!(r#"{json} {{"text":"Report it"}}"#),
        expect![[r#"
            200 OK
            content-type: application/json
            conversation-id: ID

            {"conversation":"ID","text":"Not reported.","calls":[{"id":"call_1","name":"report","arguments":{"text":"Flood"},"result":"the person declined this call: do not try it again unless they ask","is_error":true,"milliseconds":0}]}"#]],
    )
    .await;
    assert_eq!(site.api_saw(), [""; 0]);
    check(
        &site,
        &format!(r#"{json} {{"text":"Report it","decision":"allow"}}"#),
        expect![[r#"
            200 OK
            content-type: application/json
            conversation-id: ID

            {"conversation":"ID","text":"Reported.","calls":[{"id":"call_2","name":"report","arguments":{"text":"Flood"},"result":"{\"number\":7}","is_error":false,"milliseconds":0}]}"#]],
    )
    .await;
    assert_eq!(site.api_saw(), ["POST /reports {\"text\":\"Flood\"}"]);
}

#[tokio::test]
async fn a_turn_is_cancelled_by_request() {
    let site = Site::start([Reply::text("Well").and_silence()]).await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    let mut stream = site
        .open(&format!(r#"POST {path}/messages {{"text":"Rain?"}}"#))
        .await;
    stream.read_until("Well").await;
    check(
        &site,
        &format!("POST {path}/cancel {{}}"),
        expect![[r#"
        204 No Content

    "#]],
    )
    .await;
    expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: text_delta
        data: {"type":"text_delta","text":"Well"}

        event: failed
        data: {"type":"failed","message":"cancelled"}

    "#]]
    .assert_eq(&site.tidy(&stream.rest().await));
    check(&site, &format!("POST {path}/cancel {{}}"), expect![[r#"
        409 Conflict
        content-type: application/problem+json

        {"type":"about:blank","title":"Conflict","status":409,"detail":"no turn is running in this conversation"}"#]]).await;
}

#[tokio::test]
async fn a_lost_connection_cancels_the_turn() {
    let site = Site::start([Reply::text("Well").and_silence(), Reply::text("Here I am.")]).await;
    let id = site.conversation().await;
    let say = format!(r#"POST /api/conversations/{id}/messages {{"text":"Rain?"}}"#);
    let mut stream = site.open(&say).await;
    stream.read_until("Well").await;
    drop(stream);
    // While the first turn runs the second is refused; only the lost connection ends it.
    let mut answer = site.ask(&say).await;
    while answer.contains("409 Conflict") {
        tokio::task::yield_now().await;
        answer = site.ask(&say).await;
    }
    assert!(answer.contains("Here I am."), "{answer}");
}

#[tokio::test]
async fn requests_that_cannot_be_answered_are_problems() {
    let site = Site::start([]).await;
    let id = site.conversation().await;
    let nowhere = "/api/conversations/nowhere";
    for (request, expected) in [
        (
            "GET /nothing".to_owned(),
            expect![[r#"
            404 Not Found
            content-type: application/problem+json

            {"type":"about:blank","title":"Not Found","status":404,"detail":"there is nothing at this path"}"#]],
        ),
        (
            "DELETE /api/gpt".to_owned(),
            expect![[r#"
            405 Method Not Allowed
            content-type: application/problem+json
            allow: GET,HEAD

            {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this path has other methods: the header `Allow` names them"}"#]],
        ),
        (
            format!("GET {nowhere}"),
            expect![[r#"
            404 Not Found
            content-type: application/problem+json

            {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such conversation: it may have been dropped, start a new one"}"#]],
        ),
        (
            format!("GET {nowhere}%ff"),
            expect![[r#"
            400 Bad Request
            content-type: application/problem+json

            {"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid URL: Invalid UTF-8 in `id`"}"#]],
        ),
        (
            format!(r#"POST {nowhere}/messages {{"text":"Hi"}}"#),
            expect![[r#"
                404 Not Found
                content-type: application/problem+json

                {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such conversation: it may have been dropped, start a new one"}"#]],
        ),
        (
            format!("POST {nowhere}/cancel {{}}"),
            expect![[r#"
            404 Not Found
            content-type: application/problem+json

            {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such conversation: it may have been dropped, start a new one"}"#]],
        ),
        (
            format!(r#"POST {nowhere}/calls/1 {{"decision":"allow"}}"#),
            expect![[r#"
                404 Not Found
                content-type: application/problem+json

                {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such conversation: it may have been dropped, start a new one"}"#]],
        ),
        (
            "POST /api/messages {\"text\":".to_owned(),
            expect![[r#"
            400 Bad Request
            content-type: application/problem+json

            {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is not JSON: EOF while parsing a value at line 1 column 8"}"#]],
        ),
        (
            r#"POST /api/messages {"message":"Hi"}"#.to_owned(),
            expect![[r#"
                422 Unprocessable Entity
                content-type: application/problem+json

                {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this request takes: unknown field `message`, expected one of `text`, `files`, `decision` at line 1 column 10"}"#]],
        ),
        (
            r#"POST /api/messages {"text":" "}"#.to_owned(),
            expect![[r#"
            422 Unprocessable Entity
            content-type: application/problem+json

            {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the message is empty"}"#]],
        ),
        (
            "POST /api/messages".to_owned(),
            expect![[r#"
            422 Unprocessable Entity
            content-type: application/problem+json

            {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this request takes: missing field `text` at line 1 column 2"}"#]],
        ),
        (
            format!("POST /api/conversations/{id}/calls/1 {{\"decision\":\"maybe\"}}"),
            expect![[r#"
                422 Unprocessable Entity
                content-type: application/problem+json

                {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this request takes: unknown variant `maybe`, expected one of `allow`, `always_allow`, `decline` at line 1 column 19"}"#]],
        ),
        (
            r#"POST /api/conversations {"text":"Hi"}"#.to_owned(),
            expect![[r#"
                422 Unprocessable Entity
                content-type: application/problem+json

                {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this request takes: unknown field `text`, there are no fields at line 1 column 7"}"#]],
        ),
        (
            r#"POST /api/messages accept=text/html {"text":"Hi"}"#.to_owned(),
            expect![[r#"
                406 Not Acceptable
                content-type: application/problem+json

                {"type":"about:blank","title":"Not Acceptable","status":406,"detail":"an answer is `text/event-stream` or `application/json`: accept one of them"}"#]],
        ),
        (
            r#"POST /api/messages content-type=text/plain {"text":"Hi"}"#.to_owned(),
            expect![[r#"
                415 Unsupported Media Type
                content-type: application/problem+json

                {"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"send a JSON body and the header `Content-Type: application/json`"}"#]],
        ),
        (
            format!(r#"POST /api/messages {{"text":"{}"}}"#, "a".repeat(40_000)),
            expect![[r#"
                413 Payload Too Large
                content-type: application/problem+json

                {"type":"about:blank","title":"Payload Too Large","status":413,"detail":"the message has 40000 characters: at most 32000 are allowed"}"#]],
        ),
        (
            format!(
                r#"POST /api/messages {{"text":"{}"}}"#,
                "a".repeat(2_000_000)
            ),
            expect![[r#"
                413 Payload Too Large
                content-type: application/problem+json

                {"type":"about:blank","title":"Payload Too Large","status":413,"detail":"the body is over 1048576 bytes"}"#]],
        ),
    ] {
        check(&site, &request, expected).await;
    }
}

#[tokio::test]
async fn only_our_host_and_our_pages_are_answered() {
    let site = Site::start([Reply::text("1"), Reply::text("2"), Reply::text("3")]).await;
    let port = site.address.port();
    let get = |host: &str| format!("GET /healthz host={host}");
    let say = |origin: &str| format!("POST /api/messages origin={origin} {{\"text\":\"Hi\"}}");
    let mut statuses = String::new();
    for request in [
        get(&format!("127.0.0.1:{port}")),
        get(&format!("LocalHost:{port}")),
        get(&format!("[::1]:{port}")),
        get("127.0.0.1:1"),
        get("localhost"),
        get(&format!("evil.example:{port}")),
        get(&format!("127.0.0.1.evil.example:{port}")),
        format!("GET http://evil.example/healthz host=127.0.0.1:{port}"),
        say(&format!("http://127.0.0.1:{port}")),
        say(&format!("http://localhost:{port}")),
        say("http://127.0.0.1"),
        say("https://evil.example"),
        say("null"),
    ] {
        let answer = site.ask(&request).await;
        let status = answer.lines().next().unwrap_or_default();
        statuses.push_str(&site.tidy(&format!("{status} <- {request}\n")));
    }
    expect![[r#"
        204 No Content <- GET /healthz host=ADDRESS
        204 No Content <- GET /healthz host=LocalHost:PORT
        204 No Content <- GET /healthz host=[::1]:PORT
        403 Forbidden <- GET /healthz host=127.0.0.1:1
        403 Forbidden <- GET /healthz host=localhost
        403 Forbidden <- GET /healthz host=evil.example:PORT
        403 Forbidden <- GET /healthz host=127.0.0.1.evil.example:PORT
        403 Forbidden <- GET http://evil.example/healthz host=ADDRESS
        200 OK <- POST /api/messages origin=http://ADDRESS {"text":"Hi"}
        403 Forbidden <- POST /api/messages origin=http://localhost:PORT {"text":"Hi"}
        403 Forbidden <- POST /api/messages origin=http://127.0.0.1 {"text":"Hi"}
        403 Forbidden <- POST /api/messages origin=https://evil.example {"text":"Hi"}
        403 Forbidden <- POST /api/messages origin=null {"text":"Hi"}
    "#]]
    .assert_eq(&statuses);
    check(&site, "GET / host=evil.example", expect![[r#"
        403 Forbidden
        content-type: application/problem+json

        {"type":"about:blank","title":"Forbidden","status":403,"detail":"this server answers requests for localhost:PORT, ADDRESS, [::1]:PORT only; where a proxy stands in front, set `GPT_PUBLIC_URL` to the address people use"}"#]]).await;
}

#[tokio::test]
async fn a_public_address_is_answered_too() {
    let site = Site::with(Desk(&DEFINITION), [Reply::text("Hi.")], |server| {
        server.public_url("https://Desk.example")
    })
    .await;
    let request = "POST /api/messages host=desk.example origin=https://desk.example";
    let answer = site.ask(&format!(r#"{request} {{"text":"Hi"}}"#)).await;
    assert!(answer.starts_with("200 OK"), "{answer}");
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let site = Site::start([]).await;
    let mut seen = Vec::new();
    for request in [
        "GET /",
        "GET /app.js",
        "GET /api/gpt",
        "GET /nothing",
        "GET / host=evil",
    ] {
        let headers = site.headers(request).await;
        let kept: Vec<_> = headers
            .lines()
            .filter(|line| !line.starts_with("content-") || line.starts_with("content-security"))
            .filter(|line| !line.starts_with("set-cookie:"))
            .filter(|line| !line.starts_with("date:") && !line.starts_with("cache-control:"))
            .filter(|line| !line.starts_with("x-request-id:"))
            .skip(1)
            .collect();
        seen.push(kept.join("\n"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
    expect![[r#"
        content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        x-content-type-options: nosniff
        x-frame-options: DENY
        referrer-policy: no-referrer
        cross-origin-opener-policy: same-origin
        cross-origin-resource-policy: same-origin
        connection: close"#]].assert_eq(&seen[0]);
}

#[tokio::test]
async fn the_page_is_readable_without_script_and_escaped() {
    static DEFINITION: Definition = Definition {
        name: "<b>Ünsafe & \"Co\"</b>",
        description: "</title><script>alert(1)</script>{{name}}",
        starters: &["<img src=x onerror=alert(1)>"],
        privacy_policy: Some("https://desk.example/?a=\"1\"&b"),
        ..site::DEFINITION
    };
    let site = Site::with(Desk(&DEFINITION), [], |server| server).await;
    let page = site.ask("GET /").await;
    for (text, count) in [
        ("<b>", 0),
        ("<script>", 0),
        ("<img", 0),
        // The description keeps its own braces wherever it stands.
        ("{{name}}", 3),
        (
            "<title>&lt;b&gt;Ünsafe &amp; &quot;Co&quot;&lt;/b&gt;</title>",
            1,
        ),
        ("<li>&lt;img src=x onerror=alert(1)&gt;</li>", 1),
        ("href=\"https://desk.example/?a=&quot;1&quot;&amp;b\"", 2),
    ] {
        assert_eq!(page.matches(text).count(), count, "{text} in {page}");
    }
}

#[tokio::test]
async fn every_route_of_the_description_answers() {
    static PLAIN: Definition = DEFINITION;
    let second = Service::builder(Desk(&PLAIN)).slug("second").build();
    let alone = Site::start([]).await;
    let several = Site::with(Desk(&PLAIN), [], |server| server.and(second.unwrap())).await;
    let answer = alone.ask("GET /api/openapi.json").await;
    let (_, body) = answer.split_once("\n\n").unwrap();
    let document: serde_json::Value = serde_json::from_str(body).unwrap();
    let mut answers = String::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        // What is about all GPTs says that it is at the root.
        let is_of_all = !item["servers"].is_null();
        let site = if is_of_all { &several } else { &alone };
        for method in ["get", "post", "put", "patch", "delete"] {
            let body = if matches!(method, "post" | "delete") {
                " {}"
            } else {
                ""
            };
            let path = path.replace(['{', '}'], "");
            let request = format!("{} {path}{body}", method.to_uppercase());
            let answer = site.ask(&request).await;
            let status = &answer[..3];
            let described = &item[method]["responses"];
            if described.is_null() {
                assert_eq!(status, "405", "{request}: {answer}");
            } else {
                assert!(described.get(status).is_some(), "{request}: {answer}");
                assert_ne!(status, "405", "{request}");
                answers += &[status, " ", &request, "\n"].concat();
            }
        }
    }
    expect![[r#"
        204 GET /healthz
        204 GET /readyz
        200 GET /api/gpts
        200 GET /api/gpt
        200 GET /api/openapi.json
        422 POST /api/messages {}
        200 GET /api/conversations
        201 POST /api/conversations {}
        404 GET /api/conversations/id
        404 DELETE /api/conversations/id {}
        422 POST /api/conversations/id/messages {}
        404 POST /api/conversations/id/retry {}
        422 POST /api/conversations/id/calls/call_id {}
        404 POST /api/conversations/id/files {}
        404 GET /api/conversations/id/files/file
        404 GET /api/files/token
        404 POST /api/conversations/id/cancel {}
        200 GET /api/consents
        404 DELETE /api/consents/tool {}
        404 GET /sign-in/api/scheme
        404 GET /sign-in/api/scheme/callback
        200 GET /api/sign-ins
        404 DELETE /api/sign-ins/api/scheme {}
        403 GET /api/configuration
        403 POST /api/operations/tool/test {}
        204 POST /api/sessions {}
        200 GET /api/clients
        404 DELETE /api/clients/id {}
        403 GET /api/share
        403 POST /api/share {}
    "#]]
    .assert_eq(&answers);
}

/// Allows the first call of a conversation that belongs to nobody.
async fn decide(site: &Site, id: &str) -> bool {
    let person = nobody(id);
    let decided = site.service.decide(&person, id, "call_1", Decision::Allow);
    decided.await.unwrap()
}

#[tokio::test]
async fn shutdown_lets_a_running_turn_finish() {
    let site = Site::start([
        Reply::call("report", json!({ "text": "Flood" })),
        Reply::text("Reported."),
    ])
    .await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    let mut stream = site
        .open(&format!(
            r#"POST {path}/messages {{"text":"Report a flood"}}"#
        ))
        .await;
    stream.read_until("confirmation_needed").await;
    site.stop();
    assert!(decide(&site, &id).await);
    assert!(stream.rest().await.contains("Reported."));
    site.ended().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn shutdown_breaks_off_a_turn_that_goes_on() {
    static PLAIN: Definition = DEFINITION;
    let replies = [Reply::text("Well").and_silence()];
    let site = Site::with(Desk(&PLAIN), replies, |server| {
        server.shutdown_grace(Duration::from_secs(5))
    })
    .await;
    let mut stream = site.open(r#"POST /api/messages {"text":"Rain?"}"#).await;
    stream.read_until("Well").await;
    site.stop();
    expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: text_delta
        data: {"type":"text_delta","text":"Well"}

        event: failed
        data: {"type":"failed","message":"the server is stopping: try again in a moment"}

    "#]]
    .assert_eq(&site.tidy(&stream.rest().await));
    site.ended().await.unwrap();
}

#[tokio::test]
async fn addresses_that_do_not_work_say_why() {
    async fn error(visibility: Visibility, address: &str) -> String {
        let definition = Box::leak(Box::new(Definition {
            visibility,
            ..DEFINITION
        }));
        let service = Service::builder(Desk(definition)).model(Script::new([]));
        let server = Server::new(service.build().unwrap()).address(address);
        match server.bind().await {
            Ok(bound) => format!("bound to {}", bound.local_addr().ip()),
            Err(error) => format!("{error:?}"),
        }
    }
    use Visibility::OnlyMe;
    expect!["bound to 127.0.0.1"].assert_eq(&error(OnlyMe, "localhost:0").await);
    expect!["bound to 0.0.0.0"].assert_eq(&error(OnlyMe, "0.0.0.0:0").await);
    expect!["Server::address: `8000` is a port without a host: write it like `127.0.0.1:8000`"]
        .assert_eq(&error(OnlyMe, "8000").await);

    let taken = Site::start([]).await;
    let text = error(OnlyMe, &taken.address.to_string()).await;
    // What the system says differs between systems.
    let (ours, _) = text.rsplit_once(": ").unwrap();
    expect!["cannot listen on ADDRESS (`GPT_ADDR` sets another, such as 127.0.0.1:8001)"]
        .assert_eq(&taken.tidy(ours));
}
