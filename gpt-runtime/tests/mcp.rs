//! The GPT as an MCP server over HTTP: what clients are told, and what they cannot do.

mod rpc;
mod site;
mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gpt_runtime::{
    action,
    action::{Described, Operation, Response, Status},
    gpt,
    gpt::{ActionSet, Definition, Visibility},
    mcp::Confirmation,
    server::Server,
    service::{Builder, Service},
    tool::{Answer, Context, MadeFile, Output, Tool},
};
use rpc::{Client, OLD, answered, messages, text};
use serde_json::{Map, Value, json};
use site::{API, DEFINITION, Desk, Site};
use support::leak;
use tokio::sync::Notify;

static OPEN: Definition = DEFINITION;
static MINE: Definition = Definition {
    visibility: Visibility::OnlyMe,
    ..DEFINITION
};
const TOKEN: &str = "mine-and-of-nobody-else";
const OWNER: &str = "authorization=Bearer\u{a0}mine-and-of-nobody-else";

/// The GPT with the API that it calls.
async fn desk(change: impl FnOnce(Builder) -> Builder) -> Site {
    served(&OPEN, change, |server| server).await
}

async fn served(
    definition: &'static Definition,
    build: impl FnOnce(Builder) -> Builder,
    serve: impl FnOnce(Server) -> Server,
) -> Site {
    let (url, seen) = site::api().await;
    let builder = Service::builder(Desk(definition)).base_url(&API, url);
    Site::of(build(builder).build().unwrap(), seen, serve).await
}

/// The GPT for its owner alone.
async fn mine() -> Site {
    served(&MINE, |it| it, |server| server.owner_token(TOKEN)).await
}

fn forms() -> Value {
    json!({ "elicitation": {} })
}

#[tokio::test]
async fn a_client_is_told_what_there_is() {
    let site = desk(|it| it).await;
    let client = Client::new(&site);
    let about = client.ask("server/discover", json!({})).await;
    assert_eq!(about["instructions"], OPEN.instructions);
    let server = &about["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server["title"], "Sky Desk");
    let tools = client.ask("tools/list", json!({})).await;
    let tools = tools["tools"].as_array().unwrap();
    let names: Vec<_> = tools
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["forecast", "report", "search"]);
    assert_eq!(tools[0]["inputSchema"]["required"], json!(["place"]));
    let annotations: Vec<_> = tools.iter().map(|it| it["annotations"].clone()).collect();
    assert_eq!(
        annotations,
        [
            json!({ "title": "Forecast", "readOnlyHint": true, "openWorldHint": true }),
            json!({
                "title": "Report", "readOnlyHint": false, "destructiveHint": true,
                "idempotentHint": false, "openWorldHint": true
            }),
            json!({
                "title": "Search", "readOnlyHint": false, "destructiveHint": false,
                "idempotentHint": false, "openWorldHint": true
            }),
        ]
    );
    // Every revision sees the same.
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", OLD] {
        let client = Client::new(&site).begin(revision).await;
        let old = client.ask("tools/list", json!({})).await;
        assert_eq!(old["tools"].as_array().unwrap(), tools, "{revision}");
    }
}

#[tokio::test]
async fn starters_are_prompts_and_documents_are_resources() {
    let site = desk(|it| it).await;
    let client = Client::new(&site);
    let prompts = client.ask("prompts/list", json!({})).await;
    assert_eq!(prompts["prompts"][0]["name"], "will-it-rain-in-oslo");
    let params = json!({ "name": "will-it-rain-in-oslo" });
    let prompt = client.ask("prompts/get", params).await;
    assert_eq!(
        prompt["messages"][0]["content"]["text"],
        "Will it rain in Oslo?"
    );
    let list = client.ask("resources/list", json!({})).await;
    let mut read = Vec::new();
    for resource in list["resources"].as_array().unwrap() {
        let uri = resource["uri"].as_str().unwrap();
        let found = client.ask("resources/read", json!({ "uri": uri })).await;
        assert_eq!(found["contents"][0]["uri"], uri);
        read.push(found["contents"][0]["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        read[..2],
        [OPEN.instructions, "https://sky.example/privacy\r\n"]
    );
    let api: Value = serde_json::from_str(&read[2]).unwrap();
    assert_eq!(api["operations"][1]["path"], "/reports");
    let missing = json!({ "uri": "file:///etc/passwd" });
    let missing = client.ask("resources/read", missing).await;
    assert_eq!(missing["error"]["code"], -32602);
    let cursor = client.ask("tools/list", json!({ "cursor": "7" })).await;
    assert_eq!(cursor["error"]["code"], -32602);
}

#[tokio::test]
async fn a_call_is_made_and_its_mistakes_are_told() {
    let site = desk(|it| it).await;
    for client in [Client::new(&site), Client::new(&site).begin(OLD).await] {
        let result = client.call("forecast", json!({ "place": "Oslo" })).await;
        assert_eq!(text(&result), r#"{"sky":"rain"}"#);
        assert_eq!(result["isError"], false);
        let wrong = client.call("forecast", json!({ "plaice": 1 })).await;
        assert_eq!(wrong["isError"], true);
        let told = text(&wrong);
        assert!(told.contains("did you mean `place`?"), "{told}");
        assert!(told.contains("Correct this and call again."), "{told}");
        let unknown = client.call("forcast", json!({})).await;
        assert_eq!(unknown["error"]["code"], -32602);
        let told = unknown["error"]["message"].as_str().unwrap();
        assert!(told.contains("did you mean `forecast`?"), "{told}");
    }
}

/// A GPT with one operation, whose answer is described.
fn described(schema: &'static str) -> &'static Definition {
    let operation: &Operation = leak(Operation {
        path: "/forecast",
        answers: leak([Response {
            schema: Some(schema),
            ..Response::new(Status::Code(200), Some("application/json"))
        }]),
        ..support::operation(&API)
    });
    leak(Definition {
        actions: leak([ActionSet::new(leak([leak(Described::of(operation)) as &_]))]),
        ..DEFINITION
    })
}

#[tokio::test]
async fn answers_are_data_where_they_are_described() {
    let as_described = r#"{"type":"object","properties":{"sky":{"type":"string"}}}"#;
    let otherwise =
        r#"{"type":"object","properties":{"sky":{"type":"integer"}},"required":["sun"]}"#;
    let a_list = r#"{"type":"array","items":{"type":"string"}}"#;
    let raw = r#"{"sky":"rain"}"#;
    for (schema, structured) in [
        (as_described, json!({ "sky": "rain" })),
        (otherwise, json!({ "text": raw })),
        (a_list, json!({ "text": raw })),
    ] {
        let site = served(described(schema), |it| it, |server| server).await;
        for client in [
            Client::new(&site),
            Client::new(&site).begin("2025-06-18").await,
        ] {
            let tools = client.ask("tools/list", json!({})).await;
            assert_eq!(tools["tools"][0]["outputSchema"]["type"], "object");
            let result = client.call("callIt", json!({})).await;
            assert_eq!(text(&result), raw);
            assert_eq!(result["structuredContent"], structured, "{schema}");
        }
    }
}

#[tokio::test]
async fn a_person_is_asked_while_a_call_waits() {
    let site = served(&MINE, |it| it, |server| server.owner_token(TOKEN)).await;
    let client = Client::new(&site).with(OWNER).able_to(forms());
    let client = client.begin(OLD).await;
    let answer = async |arguments: Value, tool: &str, answer: Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut call = client.open("tools/call", params).await;
        let asked = loop {
            let asked = call.read_so_far();
            let asked = asked.lines().filter_map(|it| it.strip_prefix("data: "));
            let mut asked = asked.filter_map(|it| serde_json::from_str(it).ok());
            if let Some(asked) = asked.find(|it: &Value| it["method"] == "elicitation/create") {
                break asked;
            }
            assert!(call.read_more().await, "nobody is asked");
        };
        let told = client
            .send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": answer }))
            .await;
        assert!(told.starts_with("202 Accepted"), "{told}");
        (asked["params"].clone(), answered(&call.rest().await))
    };
    let yes = json!({ "action": "accept", "content": {} });
    let (asked, result) = answer(json!({ "text": "Flood" }), "report", yes.clone()).await;
    let question = asked["message"].as_str().unwrap();
    assert!(question.contains("Let Sky Desk call `report`: POST /reports of Sky API?"));
    assert!(question.contains(r#""text": "Flood""#), "{question}");
    assert_eq!(asked["requestedSchema"]["properties"], json!({}));
    assert_eq!(text(&result), r#"{"number":7}"#);
    assert_eq!(site.api_saw(), [r#"POST /reports {"text":"Flood"}"#]);
    for action in ["decline", "cancel"] {
        let no = json!({ "action": action });
        let (_, result) = answer(json!({ "text": "Flood" }), "report", no).await;
        assert_eq!(result["isError"], true);
        assert!(text(&result).contains("declined"), "{result}");
    }
    assert!(site.api_saw().is_empty());
    // What is not consequential asks once, if the person says so.
    let always = json!({ "action": "accept", "content": { "always": true } });
    let (asked, result) = answer(json!({ "text": "Hail" }), "search", always).await;
    assert_eq!(
        asked["requestedSchema"]["properties"]["always"]["type"],
        "boolean"
    );
    assert_eq!(result["isError"], false);
    let again = client.call("search", json!({ "text": "Hail" })).await;
    assert_eq!(again["isError"], false);
    assert_eq!(site.api_saw().len(), 2);
    // Those that ask each time do so whatever the answer says.
    let always = json!({ "action": "accept", "content": { "always": true } });
    answer(json!({ "text": "1" }), "report", always).await;
    answer(json!({ "text": "2" }), "report", yes).await;
}

#[tokio::test]
async fn a_client_is_sent_to_ask() {
    let site = mine().await;
    let client = Client::new(&site).with(OWNER).able_to(forms());
    let params = |text: &str| json!({ "name": "report", "arguments": { "text": text } });
    let again = |text: &str, state: &Value, answer: Value| {
        let mut params = params(text);
        params["requestState"] = state.clone();
        params["inputResponses"] = json!({ "confirmation": answer });
        params
    };
    let yes = || json!({ "action": "accept", "content": {} });
    let asked = client.ask("tools/call", params("Flood")).await;
    assert_eq!(asked["resultType"], "input_required");
    let question = &asked["inputRequests"]["confirmation"];
    assert_eq!(question["method"], "elicitation/create");
    assert_eq!(question["params"]["mode"], "form");
    let state = &asked["requestState"];
    assert!(site.api_saw().is_empty());

    // The answer is for this very call, of this very person, and once.
    let other = client.ask("tools/call", again("Fire", state, yes())).await;
    assert_eq!(other["error"]["code"], -32602);
    let forged = json!("forged");
    let forged = client
        .ask("tools/call", again("Flood", &forged, yes()))
        .await;
    assert_eq!(forged["error"]["code"], -32602);
    let unasked = json!({ "name": "report", "arguments": { "text": "Flood" },
        "inputResponses": { "confirmation": yes() } });
    let unasked = client.ask("tools/call", unasked).await;
    assert_eq!(unasked["resultType"], "input_required");
    assert!(site.api_saw().is_empty());
    let made = client.ask("tools/call", again("Flood", state, yes())).await;
    assert_eq!(text(&made), r#"{"number":7}"#);
    let twice = client.ask("tools/call", again("Flood", state, yes())).await;
    assert_eq!(twice["error"]["code"], -32602);
    assert_eq!(site.api_saw().len(), 1);

    let asked = client.ask("tools/call", params("Hail")).await;
    let nothing = json!({ "no": "answer" });
    let nothing = again("Hail", &asked["requestState"], nothing);
    let asked = client.ask("tools/call", nothing).await;
    assert_eq!(asked["resultType"], "input_required");
    let no = json!({ "action": "decline" });
    let no = again("Hail", &asked["requestState"], no);
    let declined = client.ask("tools/call", no).await;
    assert!(text(&declined).contains("declined"), "{declined}");
    assert!(site.api_saw().is_empty());
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_refused_unless_it_decides() {
    let call = json!({ "name": "report", "arguments": { "text": "Flood" } });
    let site = desk(|it| it).await;
    let client = Client::new(&site);
    let answer = client.raw("tools/call", call.clone()).await;
    assert!(answer.starts_with("400 Bad Request"), "{answer}");
    let refused = answered(&answer);
    assert_eq!(refused["error"]["code"], -32021);
    let words = refused["error"]["message"].as_str().unwrap();
    assert!(words.contains("`GPT_MCP_CONFIRMATION=client`"), "{words}");
    let client = client.begin(OLD).await;
    let refused = client.ask("tools/call", call.clone()).await;
    assert_eq!(refused["isError"], true);
    assert_eq!(text(&refused), words);
    assert!(site.api_saw().is_empty());

    let site = desk(|it| it.mcp_confirmation(Confirmation::Client)).await;
    let made = Client::new(&site).ask("tools/call", call).await;
    assert_eq!(text(&made), r#"{"number":7}"#);
}

#[tokio::test]
async fn only_those_come_in_who_may() {
    let site = mine().await;
    let answer = Client::new(&site).raw("tools/list", json!({})).await;
    assert!(answer.starts_with("401 Unauthorized"), "{answer}");
    let wrong = Client::new(&site).with("authorization=Bearer\u{a0}yours");
    let answer = wrong.raw("tools/list", json!({})).await;
    assert!(answer.starts_with("401 Unauthorized"), "{answer}");
    let headers = site.headers("GET /mcp accept=text/event-stream").await;
    assert!(headers.contains("www-authenticate: Bearer"), "{headers}");
    let owner = Client::new(&site).with(OWNER);
    let tools = owner.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"][0]["name"], "forecast");
    for foreign in ["origin=https://evil.example", "host=evil.example"] {
        let foreign = Client::new(&site).with(OWNER).with(foreign);
        let answer = foreign.raw("tools/list", json!({})).await;
        assert!(answer.starts_with("403 Forbidden"), "{answer}");
    }
}

#[tokio::test]
async fn a_session_is_that_of_who_began_it() {
    let site = served(&OPEN, |it| it, |server| server.owner_token(TOKEN)).await;
    let owner = Client::new(&site).with(OWNER).begin(OLD).await;
    let session = owner.session.clone().unwrap();
    let stranger = Client {
        headers: String::new(),
        ..owner.clone()
    };
    let (id, _) = session.rsplit_once('.').unwrap();
    let unsigned = Client {
        session: Some(id.to_owned()),
        ..owner.clone()
    };
    for thief in [stranger, unsigned] {
        let answer = thief.raw("tools/list", json!({})).await;
        assert!(answer.starts_with("404 Not Found"), "{answer}");
        let session = thief.session.unwrap();
        let listen = format!("GET /mcp accept=text/event-stream mcp-session-id={session}");
        let answer = site.ask(&listen).await;
        assert!(answer.starts_with("404 Not Found"), "{answer}");
    }
    let tools = owner.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"][0]["name"], "forecast");
    let end = format!("DELETE /mcp {OWNER} mcp-session-id={session}");
    let answer = site.ask(&end).await;
    assert!(answer.starts_with("204 No Content"), "{answer}");
    let answer = owner.raw("tools/list", json!({})).await;
    assert!(answer.starts_with("404 Not Found"), "{answer}");
}

#[tokio::test]
async fn a_session_goes_on_in_another_process() {
    let first = mine().await;
    let second = Site::of(first.service.clone(), Arc::default(), |server| {
        server.owner_token(TOKEN)
    })
    .await;
    let client = Client::new(&first).with(OWNER).begin(OLD).await;
    let elsewhere = Client {
        site: &second,
        ..client.clone()
    };
    let result = elsewhere.call("forecast", json!({ "place": "Oslo" })).await;
    assert_eq!(text(&result), r#"{"sky":"rain"}"#);
    // A question is good in any process.
    let sent = Client::new(&first).with(OWNER).able_to(forms());
    let mut params = json!({ "name": "report", "arguments": { "text": "Flood" } });
    let asked = sent.ask("tools/call", params.clone()).await;
    params["requestState"] = asked["requestState"].clone();
    params["inputResponses"] = json!({ "confirmation": { "action": "accept" } });
    let sent = Client {
        site: &second,
        ..sent
    };
    let made = sent.ask("tools/call", params).await;
    assert_eq!(text(&made), r#"{"number":7}"#);
}

#[tokio::test]
async fn calls_are_counted() {
    let site = served(&OPEN, |it| it, |server| server.messages_per_minute(1)).await;
    let client = Client::new(&site);
    for _ in 0..3 {
        let tools = client.ask("tools/list", json!({})).await;
        assert!(tools["tools"].is_array(), "{tools}");
    }
    let place = json!({ "place": "Oslo" });
    let first = client.call("forecast", place.clone()).await;
    assert_eq!(first["isError"], false);
    let second = client.call("forecast", place).await;
    assert_eq!(second["isError"], true);
    assert!(
        text(&second).contains("1 messages a minute are allowed"),
        "{second}"
    );
}

/// A tool that does what it is asked to.
#[derive(Clone, Default)]
struct Clerk {
    begun: Arc<Notify>,
    /// Whether a call that waited for ever has ended.
    ended: Arc<AtomicBool>,
}

struct Ends(Arc<AtomicBool>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Tool for Clerk {
    fn name(&self) -> &'static str {
        "clerk"
    }

    fn description(&self) -> &'static str {
        "Does what it is asked to."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": { "work": { "type": "string" } },
            "required": ["work"],
            "additionalProperties": false
        })
    }

    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a> {
        Box::pin(async move {
            match arguments["work"].as_str().unwrap() {
                "draw" => Output {
                    text: "Drawn.".to_owned(),
                    files: vec![MadeFile {
                        name: "../plot.png".to_owned(),
                        media_type: "image/png".to_owned(),
                        content: (&b"\x89PNG"[..]).into(),
                    }],
                    ..Output::default()
                },
                "count" => {
                    for done in [1.0, 2.0, 2.0, 3.0] {
                        context.progress(done, Some(3.0), "one more");
                        tokio::task::yield_now().await;
                    }
                    Output::text("Counted.")
                }
                "wait" => {
                    let _ends = Ends(Arc::clone(&self.ended));
                    self.begun.notify_one();
                    std::future::pending().await
                }
                other => Output::error(format!("cannot {other}")),
            }
        })
    }
}

#[tokio::test]
async fn tools_that_run_here_are_offered_too() {
    let site = desk(|it| it.tool(Clerk::default())).await;
    let client = Client::new(&site);
    let tools = client.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"][3]["name"], "clerk");
    let drawn = client.call("clerk", json!({ "work": "draw" })).await;
    assert_eq!(text(&drawn), "Drawn.");
    let image = json!({ "type": "image", "data": "iVBORw==", "mimeType": "image/png" });
    assert_eq!(drawn["content"][1], image);
    let failed = client.call("clerk", json!({ "work": "fly" })).await;
    assert_eq!(
        (text(&failed), &failed["isError"]),
        ("cannot fly", &json!(true))
    );
    let wrong = client.call("clerk", json!({})).await;
    assert!(text(&wrong).contains("`work`: is missing"), "{wrong}");
}

#[tokio::test]
async fn progress_is_told_to_who_wants_it() {
    let site = desk(|it| it.tool(Clerk::default())).await;
    for client in [Client::new(&site), Client::new(&site).begin(OLD).await] {
        let params = json!({
            "name": "clerk",
            "arguments": { "work": "count" },
            "_meta": { "progressToken": "p1" },
        });
        let told = messages(&client.raw("tools/call", params).await);
        let progress = told
            .iter()
            .filter(|it| it["method"] == "notifications/progress");
        let progress: Vec<_> = progress.map(|it| it["params"].clone()).collect();
        let step = |done: f64| json!({ "progressToken": "p1", "progress": done, "total": 3.0, "message": "one more" });
        assert_eq!(progress, [step(1.0), step(2.0), step(3.0)]);
        let silent = json!({ "name": "clerk", "arguments": { "work": "count" } });
        let told = messages(&client.raw("tools/call", silent).await);
        assert_eq!(told.len(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn a_call_ends_with_who_wanted_it() {
    let clerk = Clerk::default();
    let site = desk(|it| it.tool(clerk.clone())).await;
    let params = json!({ "name": "clerk", "arguments": { "work": "wait" } });
    let ended = async || {
        while !clerk.ended.swap(false, Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    // Since 2026-07-28 the connection says it.
    let call = Client::new(&site).open("tools/call", params.clone()).await;
    clerk.begun.notified().await;
    drop(call);
    ended().await;
    // Until then a message does.
    let client = Client::new(&site).begin(OLD).await;
    let _call = client.open("tools/call", params).await;
    clerk.begun.notified().await;
    let cancel = json!({ "requestId": 1, "reason": "enough" });
    client.notify("notifications/cancelled", cancel).await;
    ended().await;
}

#[tokio::test]
async fn the_environment_says_how_many_tools_are_listed() {
    let lookup = |value: &'static str| {
        move |name: &str| match name {
            "GPT_MAX_MCP_TOOLS" => Some(value.to_owned()),
            "GPT_STORE" => Some("memory".to_owned()),
            _ => None,
        }
    };
    for (value, count) in [("2", 2), ("3", 3), (" ", 3)] {
        let site = desk(|it| it.from_settings(lookup(value)).unwrap()).await;
        let tools = Client::new(&site).ask("tools/list", json!({})).await;
        assert_eq!(tools["tools"].as_array().unwrap().len(), count, "{value}");
    }
    let builder = Service::builder(Desk(&OPEN)).from_settings(lookup("many"));
    let error = builder.err().unwrap().to_string();
    assert!(error.contains("such as `64`"), "{error}");
}

#[tokio::test]
async fn many_tools_are_searched() {
    let site = desk(|it| it.max_mcp_tools(2)).await;
    let client = Client::new(&site).able_to(forms());
    let tools = client.ask("tools/list", json!({})).await;
    let tools = tools["tools"].as_array().unwrap();
    let names: Vec<_> = tools
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["search_tools", "call_tool"]);
    let about = client.ask("server/discover", json!({})).await;
    let instructions = about["instructions"].as_str().unwrap();
    assert!(instructions.contains("`search_tools`"), "{instructions}");
    let found = client
        .call("search_tools", json!({ "words": "weather tomorrow" }))
        .await;
    let found: Value = serde_json::from_str(text(&found)).unwrap();
    assert_eq!(found["tools"][0]["name"], "forecast");
    assert_eq!(
        found["tools"][0]["parameters"]["required"],
        json!(["place"])
    );
    let call = json!({ "name": "forecast", "arguments": { "place": "Oslo" } });
    let made = client.call("call_tool", call).await;
    assert_eq!(text(&made), r#"{"sky":"rain"}"#);
    let call = json!({ "name": "report", "arguments": { "text": "Flood" } });
    let asked = client.call("call_tool", call).await;
    assert_eq!(asked["resultType"], "input_required");
    let call = json!({ "name": "forcast", "arguments": {} });
    let wrong = client.call("call_tool", call).await;
    assert!(text(&wrong).contains("did you mean `forecast`?"), "{wrong}");
    let none = client
        .call("search_tools", json!({ "words": "zebra" }))
        .await;
    assert_eq!(none["isError"], true);
}

#[tokio::test]
async fn each_of_several_gpts_has_its_own() {
    static OTHER: Definition = Definition {
        name: "Sea Desk",
        visibility: Visibility::OnlyMe,
        ..DEFINITION
    };
    let other = Service::builder(Desk(&OTHER)).build().unwrap();
    let site = served(
        &OPEN,
        |it| it,
        |server| server.owner_token(TOKEN).and(other),
    )
    .await;
    let sky = Client::new(&site).at("/g/sky-desk/mcp");
    let tools = sky.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"][0]["name"], "forecast");
    let sea = Client::new(&site).at("/g/sea-desk/mcp");
    let answer = sea.raw("tools/list", json!({})).await;
    assert!(answer.starts_with("401"), "{answer}");
    let sea = sea.with(OWNER).begin(OLD).await;
    let tools = sea.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"][0]["name"], "forecast");
    // A session of one is none of another.
    let sky = Client {
        path: "/g/sky-desk/mcp".to_owned(),
        ..sea.clone()
    };
    let answer = sky.raw("tools/list", json!({})).await;
    assert!(answer.starts_with("404"), "{answer}");
}

/// Adds two numbers.
#[action(read_only)]
fn add(
    /// One of them.
    left: f64,
    /// The other.
    right: f64,
) -> f64 {
    left + right
}

/// Counts.
#[gpt(
    name = "Sums",
    instructions = "Be exact.",
    actions = [add],
    visibility = everyone,
    privacy_policy = "https://sums.example/privacy"
)]
struct Sums;

#[tokio::test]
async fn functions_of_the_program_are_tools_like_any_other() {
    let service = Service::builder(Sums).build().unwrap();
    let site = Site::of(service, Arc::default(), |server| server).await;
    let client = Client::new(&site);
    let tools = client.ask("tools/list", json!({})).await;
    let add = &tools["tools"][0];
    assert_eq!(add["name"], "add");
    assert_eq!(add["annotations"]["readOnlyHint"], true);
    assert_eq!(add["outputSchema"]["type"], "object");
    let sum = client.call("add", json!({ "left": 1, "right": 2.5 })).await;
    assert_eq!(text(&sum), "3.5");
    assert_eq!(sum["structuredContent"], json!({ "result": 3.5 }));
    let wrong = client.call("add", json!({ "left": 1 })).await;
    assert!(text(&wrong).contains("`right`: is missing"), "{wrong}");
}

#[tokio::test]
async fn who_only_listens_does_not_hold_up_the_end() {
    let site = served(
        &OPEN,
        |it| it,
        |server| server.shutdown_grace(Duration::from_secs(600)),
    )
    .await;
    let client = Client::new(&site).begin(OLD).await;
    let session = client.session.clone().unwrap();
    let listen = format!("GET /mcp accept=text/event-stream mcp-session-id={session}");
    let mut listening = site.open(&listen).await;
    listening.read_until("200 OK").await;
    site.stop();
    assert!(listening.rest().await.starts_with("200 OK"));
    site.ended().await.unwrap();
}

#[tokio::test]
async fn nonsense_is_refused() {
    let site = desk(|it| it).await;
    let accept = "accept=application/json,text/event-stream";
    for (request, status) in [
        (format!("POST /mcp {accept} {{\"no\": \"message\"}}"), "4"),
        (format!("POST /mcp {accept} {{\"}}"), "4"),
        ("POST /mcp {\"jsonrpc\":\"2.0\"}".to_owned(), "406"),
        (
            format!("POST /mcp {accept} content-type=text/plain {{\"jsonrpc\":\"2.0\"}}"),
            "415",
        ),
        ("PUT /mcp {}".to_owned(), "405"),
        (
            "GET /mcp accept=text/event-stream mcp-session-id=x".to_owned(),
            "404",
        ),
    ] {
        let answer = site.ask(&request).await;
        assert!(answer.starts_with(status), "{request}: {answer}");
    }
    let long = "x".repeat(5_000_000);
    let answer = Client::new(&site)
        .raw("tools/call", json!({ "name": long }))
        .await;
    assert!(
        answer.starts_with("431") || answer.starts_with("413"),
        "{}",
        &answer[..100]
    );
    let answer = Client::new(&site)
        .raw(
            "tools/call",
            json!({ "name": "forecast", "arguments": { "place": long } }),
        )
        .await;
    assert!(answer.starts_with("413"), "{}", &answer[..100]);
}
