//! Turns between a person, a scripted model and an API on loopback.

mod support;

use std::{fmt::Write, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use bytes::Bytes;
use expect_test::{Expect, expect};
use gpt_runtime::{
    __private::{Api, Described, Location, Method, Style},
    conversation::{Decision, Event, Turn},
    error::Error,
    gpt::{ActionSet, ActionSettings, BuiltInTool, Confirm, Definition, Gpt, Visibility},
    message::{File, Message, ToolCall},
    model::{
        Chunk, Chunks, Model, ModelError, Request,
        chat::ChatCompletions,
        chunks,
        script::{Reply, Script},
    },
    service::{Builder, Service},
    store::{
        Added, Answer, Appended, Change, Conversation, Store, StoreError, Summary, memory::Memory,
    },
};
use serde_json::{Value, json};
use support::{Server, api, leak, leak_text, parameter};
use tokio::sync::Notify;

struct Zoo(&'static Definition);

impl Gpt for Zoo {
    fn definition(&self) -> &'static Definition {
        self.0
    }
}

fn definition(operations: Vec<&'static Described>) -> Definition {
    set(operations, ActionSettings::NONE)
}

fn set(operations: Vec<&'static Described>, settings: ActionSettings) -> Definition {
    Definition {
        name: "Zoo Keeper",
        description: "Knows the animals.",
        instructions: "You keep a zoo.",
        starters: &[],
        tools: &[],
        actions: vec![ActionSet::new(operations.leak()).with(settings)].leak(),
        visibility: Visibility::OnlyMe,
        privacy_policy: None,
        category: None,
        hosts: &[],
        max_tokens: None,
    }
}

/// `GET /animals/{id}`, `POST /feed/{id}` which is asked for, `GET /wait/{id}`.
fn operations(api: &'static Api) -> Vec<&'static Described> {
    let operation = |name: &'static str, method, path: &str| {
        let mut operation = support::operation(api);
        operation.id = name;
        operation.tool.name = name;
        operation.tool.description = leak_text(format!("Does {name}."));
        operation.tool.parameters = r#"{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}"#;
        operation.tool.example = r#"{"id":"1"}"#;
        operation.method = method;
        operation.path = leak_text(path);
        let mut id = parameter("id", Location::Path, Style::Simple);
        id.required = true;
        operation.parameters = vec![id].leak();
        operation.consequential = method == Method::Post;
        leak(Described::of(leak(operation)))
    };
    vec![
        operation("getAnimal", Method::Get, "/animals/{id}"),
        operation("feedAnimal", Method::Post, "/feed/{id}"),
        operation("waitFor", Method::Get, "/wait/{id}"),
    ]
}

/// A service with a scripted model, and the API it calls.
struct Stage {
    service: Service,
    script: Script,
    server: Server,
    conversation: String,
}

impl Stage {
    async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(replies, |builder| builder).await
    }

    async fn with(
        replies: impl IntoIterator<Item = Reply>,
        change: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        Self::set(replies, |_| ActionSettings::NONE, change).await
    }

    /// The settings are made of the address of the API.
    async fn set(
        replies: impl IntoIterator<Item = Reply>,
        settings: impl FnOnce(&str) -> ActionSettings,
        change: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let both = Arc::new(Notify::new());
        let animal = |Path(id): Path<String>| async move {
            match id.as_str() {
                "none" => (StatusCode::NOT_FOUND, String::new()),
                id => (StatusCode::OK, format!("{id} is a cat")),
            }
        };
        // `first` is only answered once `second` has been asked for; `never` never is.
        let wait = move |Path(id): Path<String>| async move {
            match id.as_str() {
                "first" => both.notified().await,
                "second" => both.notify_one(),
                _ => std::future::pending().await,
            }
            format!("{id} is here")
        };
        let router = Router::new()
            .route("/animals/{id}", get(animal))
            .route("/feed/{id}", post(|| async { "fed" }))
            .route("/wait/{id}", get(wait));
        let server = Server::start(router).await;
        let api = api("{}");
        let script = Script::new(replies);
        let settings = settings(&server.url);
        // `once` is not for what asks each time.
        let is_free = |it: &&'static Described| {
            settings.confirm != Some(Confirm::Once) || !it.operation().consequential
        };
        let operations: Vec<_> = operations(api).into_iter().filter(is_free).collect();
        let mut builder =
            Service::builder(Zoo(leak(set(operations, settings)))).model(script.clone());
        if settings.base_url.is_none() {
            builder = builder.base_url(api, &server.url);
        }
        let service = change(builder).build().unwrap();
        let conversation = service.start(Some("someone")).await.unwrap();
        Self {
            service,
            script,
            server,
            conversation,
        }
    }

    async fn say(&self, text: &str) -> Turn {
        self.service
            .say("someone", &self.conversation, text)
            .await
            .unwrap()
    }

    /// What was said so far, and how much of it the model was shown last.
    async fn history(&self) -> String {
        let messages = self.service.messages("someone", &self.conversation).await;
        lines(&messages.unwrap().unwrap())
    }

    async fn decide(&self, call_id: &str, decision: Decision) -> bool {
        let decided = self
            .service
            .decide("someone", &self.conversation, call_id, decision);
        decided.await.unwrap()
    }

    async fn cancel(&self) -> bool {
        let cancelled = self.service.cancel("someone", &self.conversation);
        cancelled.await.unwrap()
    }

    /// Checks the events of a turn and the history after it.
    async fn check(&self, text: &str, events: Expect, history: Expect) {
        let turn = self.say(text).await;
        events.assert_eq(&lines(&rest(turn).await));
        history.assert_eq(&self.history().await);
    }
}

/// All events, without the time they took.
async fn rest(mut turn: Turn) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(mut event) = turn.next().await {
        if let Event::CallFinished { milliseconds, .. } = &mut event {
            *milliseconds = 0;
        }
        events.push(event);
    }
    assert_eq!(turn.next().await, None);
    events
}

/// Reads events up to the first of a type.
async fn until(turn: &mut Turn, wanted: &str) -> Value {
    while let Some(event) = turn.next().await {
        let event = serde_json::to_value(event).unwrap();
        if event["type"] == wanted {
            return event;
        }
    }
    panic!("the turn ended without {wanted}")
}

fn lines(items: &[impl serde::Serialize]) -> String {
    let mut text = String::new();
    for item in items {
        writeln!(text, "{}", serde_json::to_string(item).unwrap()).unwrap();
    }
    text
}

#[tokio::test]
async fn text_is_streamed_and_kept() {
    let stage = Stage::new([Reply::text("Good ").and_text("").and_text("day.")]).await;
    stage
        .check(
            "Hello",
            expect![[r#"
                {"type":"text_delta","text":"Good "}
                {"type":"text_delta","text":"day."}
                {"type":"finished","text":"Good day."}
            "#]],
            expect![[r#"
                {"role":"user","text":"Hello"}
                {"role":"assistant","text":"Good day."}
            "#]],
        )
        .await;
    let [request] = &stage.script.requests()[..] else {
        panic!("one request")
    };
    assert_eq!(request.instructions, "You keep a zoo.");
    let tools: Vec<_> = request.tools.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(tools, ["getAnimal", "feedAnimal", "waitFor"]);
    assert_eq!(request.tools[0].parameters["required"], json!(["id"]));
    assert_eq!(
        lines(&request.messages),
        "{\"role\":\"user\",\"text\":\"Hello\"}\n"
    );
}

#[tokio::test]
async fn a_call_is_made_and_the_model_goes_on() {
    let stage = Stage::new([
        Reply::text("Let me look.").and_call("getAnimal", json!({ "id": "Tom" })),
        Reply::text("A cat."),
    ])
    .await;
    stage
        .check(
            "Who is Tom?",
            expect![[r#"
                {"type":"text_delta","text":"Let me look."}
                {"type":"call_started","call_id":"call_1","name":"getAnimal","arguments":{"id":"Tom"}}
                {"type":"call_finished","call_id":"call_1","result":"Tom is a cat","is_error":false,"milliseconds":0}
                {"type":"text_delta","text":"\n\nA cat."}
                {"type":"finished","text":"Let me look.\n\nA cat."}
            "#]],
            expect![[r#"
                {"role":"user","text":"Who is Tom?"}
                {"role":"assistant","text":"Let me look.","calls":[{"id":"call_1","name":"getAnimal","arguments":{"id":"Tom"}}]}
                {"role":"tool","call_id":"call_1","name":"getAnimal","text":"Tom is a cat","is_error":false}
                {"role":"assistant","text":"A cat."}
            "#]],
        )
        .await;
    // The model saw all but its last answer.
    let shown = &stage.script.requests()[1].messages;
    assert!(stage.history().await.starts_with(&lines(shown)));
    assert_eq!(shown.len(), 3);
}

#[tokio::test]
async fn calls_run_side_by_side_and_results_keep_their_order() {
    let stage = Stage::new([
        Reply::call("waitFor", json!({ "id": "first" }))
            .and_call("waitFor", json!({ "id": "second" }))
            .and_call("getAnimal", json!({ "id": "none" })),
        Reply::text("All here."),
    ])
    .await;
    let events = rest(stage.say("Wait").await).await;
    assert_eq!(events.len(), 3 + 3 + 2);
    expect![[r#"
        {"role":"user","text":"Wait"}
        {"role":"assistant","text":"","calls":[{"id":"call_1","name":"waitFor","arguments":{"id":"first"}},{"id":"call_2","name":"waitFor","arguments":{"id":"second"}},{"id":"call_3","name":"getAnimal","arguments":{"id":"none"}}]}
        {"role":"tool","call_id":"call_1","name":"waitFor","text":"first is here","is_error":false}
        {"role":"tool","call_id":"call_2","name":"waitFor","text":"second is here","is_error":false}
        {"role":"tool","call_id":"call_3","name":"getAnimal","text":"The call failed with status 404 Not Found.\n","is_error":true}
        {"role":"assistant","text":"All here."}
    "#]]
    .assert_eq(&stage.history().await);
}

#[tokio::test]
async fn what_cannot_be_called_is_told_to_the_model() {
    let stage = Stage::new([
        Reply::call("get_animals", json!({ "id": "Tom" }))
            .and_call("sendMail", json!({}))
            .and_call("getAnimal", json!("{\"id\": \"To"))
            .and_call("getAnimal", json!(["Tom"]))
            .and_call("getAnimal", json!({ "name": "Tom" })),
        Reply::text("I give up."),
    ])
    .await;
    let turn = stage.say("Who is Tom?").await;
    assert!(matches!(
        rest(turn).await.last(),
        Some(Event::Finished { .. })
    ));
    let history = stage.history().await;
    let results: Vec<&str> = history
        .lines()
        .filter(|it| it.contains("\"tool\""))
        .collect();
    expect![[r#"
        {"role":"tool","call_id":"call_1","name":"get_animals","text":"there is no tool `get_animals`; did you mean `getAnimal`?","is_error":true}
        {"role":"tool","call_id":"call_2","name":"sendMail","text":"there is no tool `sendMail`; the tools are `getAnimal`, `feedAnimal`, `waitFor`","is_error":true}
        {"role":"tool","call_id":"call_3","name":"getAnimal","text":"the arguments must be one JSON object, such as {\"id\":\"1\"}; they were: {\"id\": \"To","is_error":true}
        {"role":"tool","call_id":"call_4","name":"getAnimal","text":"the arguments must be one JSON object, such as {\"id\":\"1\"}; they were: [\"Tom\"]","is_error":true}"#]]
    .assert_eq(&results[..4].join("\n"));
    assert!(results[4].contains("Nothing was sent"), "{}", results[4]);
    assert!(stage.server.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn more_calls_than_allowed_are_not_made() {
    let calls = (0..40).fold(Reply::default(), |reply, _| {
        reply.and_call("getAnimal", json!({ "id": "Tom" }))
    });
    let stage = Stage::new([calls, Reply::text("Done.")]).await;
    rest(stage.say("All").await).await;
    assert_eq!(stage.server.seen.lock().unwrap().len(), 32);
    let history = stage.history().await;
    assert_eq!(history.matches("not made: at most 32 calls").count(), 8);
}

#[tokio::test]
async fn what_changes_the_world_is_asked_for() {
    let stage = Stage::new([
        Reply::call("feedAnimal", json!({ "id": "Tom" }))
            .and_call("feedAnimal", json!({ "id": "Rex" }))
            .and_call("getAnimal", json!({ "id": "Tom" })),
        Reply::text("Tom is fed."),
    ])
    .await;
    let mut turn = stage.say("Feed them").await;
    let question = until(&mut turn, "confirmation_needed").await;
    assert_eq!(question["call_id"], "call_1");
    assert_eq!(question["arguments"], json!({ "id": "Tom" }));
    // The other question is not open yet, and some never are.
    assert!(!stage.decide("call_2", Decision::Allow).await);
    for (person, conversation) in [("someone", "other"), ("other", &*stage.conversation)] {
        let decided = stage
            .service
            .decide(person, conversation, "call_1", Decision::Allow);
        assert!(!decided.await.unwrap());
    }
    assert!(stage.decide("call_1", Decision::Allow).await);
    assert!(!stage.decide("call_1", Decision::Decline).await);
    until(&mut turn, "confirmation_needed").await;
    assert!(stage.decide("call_2", Decision::Decline).await);
    rest(turn).await;
    expect![[r#"
        {"role":"user","text":"Feed them"}
        {"role":"assistant","text":"","calls":[{"id":"call_1","name":"feedAnimal","arguments":{"id":"Tom"}},{"id":"call_2","name":"feedAnimal","arguments":{"id":"Rex"}},{"id":"call_3","name":"getAnimal","arguments":{"id":"Tom"}}]}
        {"role":"tool","call_id":"call_1","name":"feedAnimal","text":"fed","is_error":false}
        {"role":"tool","call_id":"call_2","name":"feedAnimal","text":"the person declined this call: do not try it again unless they ask","is_error":true}
        {"role":"tool","call_id":"call_3","name":"getAnimal","text":"Tom is a cat","is_error":false}
        {"role":"assistant","text":"Tom is fed."}
    "#]]
    .assert_eq(&stage.history().await);
    let seen = stage.server.seen.lock().unwrap().join("\n");
    assert!(
        seen.contains("POST /feed/Tom") && !seen.contains("/feed/Rex"),
        "{seen}"
    );
}

#[tokio::test]
async fn rounds_are_limited() {
    let again = || Reply::call("getAnimal", json!({ "id": "Tom" }));
    let stage = Stage::with([again(), again(), again()], |builder| builder.max_rounds(2)).await;
    stage
        .check(
            "Who is Tom?",
            expect![[r#"
                {"type":"call_started","call_id":"call_1","name":"getAnimal","arguments":{"id":"Tom"}}
                {"type":"call_finished","call_id":"call_1","result":"Tom is a cat","is_error":false,"milliseconds":0}
                {"type":"call_started","call_id":"call_2","name":"getAnimal","arguments":{"id":"Tom"}}
                {"type":"call_finished","call_id":"call_2","result":"Tom is a cat","is_error":false,"milliseconds":0}
                {"type":"failed","message":"stopped after 2 rounds of calls without an answer"}
            "#]],
            expect![[r#"
                {"role":"user","text":"Who is Tom?"}
                {"role":"assistant","text":"","calls":[{"id":"call_1","name":"getAnimal","arguments":{"id":"Tom"}}]}
                {"role":"tool","call_id":"call_1","name":"getAnimal","text":"Tom is a cat","is_error":false}
                {"role":"assistant","text":"","calls":[{"id":"call_2","name":"getAnimal","arguments":{"id":"Tom"}}]}
                {"role":"tool","call_id":"call_2","name":"getAnimal","text":"Tom is a cat","is_error":false}
            "#]],
        )
        .await;
}

#[tokio::test]
async fn cancelling_leaves_a_valid_history() {
    let stage = Stage::new([
        Reply::text("One moment.")
            .and_call("waitFor", json!({ "id": "never" }))
            .and_call("feedAnimal", json!({ "id": "Tom" })),
        Reply::text("Hello again."),
    ])
    .await;
    assert!(!stage.cancel().await);
    let mut turn = stage.say("Go").await;
    until(&mut turn, "confirmation_needed").await;
    let refused = stage
        .service
        .say("someone", &stage.conversation, "Quick!")
        .await;
    assert!(matches!(refused, Err(Error::TurnRunning)));
    while !stage
        .server
        .seen
        .lock()
        .unwrap()
        .join("")
        .contains("/wait/never")
    {
        tokio::task::yield_now().await;
    }
    assert!(stage.cancel().await);
    let last = rest(turn).await.pop();
    let message = "cancelled".into();
    assert_eq!(last, Some(Event::Failed { message }));
    stage
        .check(
            "Hello?",
            expect![[r#"
                {"type":"text_delta","text":"Hello again."}
                {"type":"finished","text":"Hello again."}
            "#]],
            expect![[r#"
                {"role":"user","text":"Go"}
                {"role":"assistant","text":"One moment.","calls":[{"id":"call_1","name":"waitFor","arguments":{"id":"never"}},{"id":"call_2","name":"feedAnimal","arguments":{"id":"Tom"}}]}
                {"role":"tool","call_id":"call_1","name":"waitFor","text":"cancelled while the call ran: it may have taken effect","is_error":true}
                {"role":"tool","call_id":"call_2","name":"feedAnimal","text":"cancelled before the call was made","is_error":true}
                {"role":"user","text":"Hello?"}
                {"role":"assistant","text":"Hello again."}
            "#]],
        )
        .await;
}

#[tokio::test]
async fn dropping_a_turn_cancels_it_and_keeps_what_was_said() {
    let stage = Stage::new([
        Reply::text("It was a dark").and_silence(),
        Reply::text("And stormy night."),
    ])
    .await;
    let mut turn = stage.say("Tell").await;
    until(&mut turn, "text_delta").await;
    drop(turn);
    stage
        .check(
            "Go on",
            expect![[r#"
                {"type":"text_delta","text":"And stormy night."}
                {"type":"finished","text":"And stormy night."}
            "#]],
            expect![[r#"
                {"role":"user","text":"Tell"}
                {"role":"assistant","text":"It was a dark"}
                {"role":"user","text":"Go on"}
                {"role":"assistant","text":"And stormy night."}
            "#]],
        )
        .await;
}

#[tokio::test]
async fn a_model_that_fails_ends_the_turn() {
    let stage = Stage::new([
        Reply::text("Well")
            .and_call("getAnimal", json!({ "id": "Tom" }))
            .and_error(ModelError::Connection("it broke".into())),
        Reply::default(),
    ])
    .await;
    stage
        .check(
            "Hello",
            expect![[r#"
                {"type":"text_delta","text":"Well"}
                {"type":"failed","message":"the model cannot be reached: it broke"}
            "#]],
            expect![[r#"
                {"role":"user","text":"Hello"}
                {"role":"assistant","text":"Well"}
            "#]],
        )
        .await;
    stage
        .check(
            "Hello?",
            expect![[r#"
                {"type":"failed","message":"the model answered with nothing"}
            "#]],
            expect![[r#"
                {"role":"user","text":"Hello"}
                {"role":"assistant","text":"Well"}
                {"role":"user","text":"Hello?"}
            "#]],
        )
        .await;
    assert!(stage.server.seen.lock().unwrap().is_empty());
}

/// Calls the same tool under the same id, twice at once, until it has two results.
struct Forgetful;

impl Model for Forgetful {
    fn name(&self) -> &'static str {
        "forgetful"
    }

    fn respond(&self, request: Request) -> Chunks {
        let is_tool = |it: &&Message| matches!(it, Message::Tool { .. });
        let results = request.messages.iter().filter(is_tool).count();
        chunks(move |answer| async move {
            for _ in results..2 {
                answer.send(Ok(Chunk::Call(ToolCall {
                    id: "call".into(),
                    name: "getAnimal".into(),
                    arguments: json!({ "id": "Tom" }),
                })));
            }
            answer.send(Ok(Chunk::Text("Done.".into())));
        })
    }
}

#[tokio::test]
async fn ids_become_unique() {
    let stage = Stage::with([], |builder| builder.model(Forgetful)).await;
    let events = rest(stage.say("Hi").await).await;
    assert!(matches!(events.last(), Some(Event::Finished { .. })));
    let messages = stage.service.messages("someone", &stage.conversation).await;
    let messages = messages.unwrap().unwrap();
    let ids: Vec<&str> = messages
        .iter()
        .filter_map(|message| match message {
            Message::Tool { call_id, .. } => Some(call_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_history_broken_by_a_crash_is_mended() {
    let store = Arc::new(Memory::default());
    let stage = Stage::with([Reply::text("Back.")], |builder| {
        builder.store(store.clone())
    })
    .await;
    let call = |id: &str| ToolCall {
        id: id.into(),
        name: "feedAnimal".into(),
        arguments: json!({ "id": "Tom" }),
    };
    for (position, message) in [
        Message::user("Feed"),
        Message::assistant("", vec![call("a"), call("b")]),
        Message::Tool {
            call_id: "a".into(),
            name: "feedAnimal".into(),
            text: "fed".into(),
            is_error: false,
            files: Vec::new(),
        },
    ]
    .into_iter()
    .enumerate()
    {
        let appended = store.append(&stage.conversation, position, message);
        assert_eq!(appended.await.unwrap(), Appended::Kept);
    }
    rest(stage.say("And?").await).await;
    let history = stage.history().await;
    expect![[r#"
        {"role":"tool","call_id":"b","name":"feedAnimal","text":"interrupted: it is not known whether the call was made","is_error":true}
        {"role":"user","text":"And?"}
        {"role":"assistant","text":"Back."}"#]]
    .assert_eq(&history.lines().skip(3).collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn what_cannot_be_said_is_refused() {
    let stage = Stage::with([Reply::text("Yes."), Reply::text("No.")], |builder| {
        builder.max_message_length(5).max_messages(2)
    })
    .await;
    let refusal = async |conversation: &str, text: &str| {
        let refused = stage.service.say("someone", conversation, text).await;
        refused
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    let here = stage.conversation.as_str();
    let too_long = "the message has 6 characters: at most 5 are allowed";
    assert_eq!(refusal(here, "äöüäöü").await, too_long);
    assert_eq!(refusal(here, " \n ").await, "the message is empty");
    assert!(
        refusal("elsewhere", "Hi")
            .await
            .starts_with("there is no such conversation")
    );
    assert_eq!(
        stage
            .service
            .messages("someone", "elsewhere")
            .await
            .unwrap(),
        None
    );
    rest(stage.say("äöüäö").await).await;
    let full = "the conversation has reached 2 messages: start a new one";
    assert_eq!(refusal(here, "Hi").await, full);
}

#[tokio::test]
async fn the_conversation_that_rested_longest_is_dropped() {
    let stage = Stage::with([Reply::text("Yes.")], |builder| {
        builder.store(Memory::new(2))
    })
    .await;
    let second = stage.service.start(Some("someone")).await.unwrap();
    rest(stage.say("Still there?").await).await;
    stage.service.start(Some("someone")).await.unwrap();
    assert_eq!(
        stage.service.messages("someone", &second).await.unwrap(),
        None
    );
    let kept = stage.service.messages("someone", &stage.conversation);
    assert_eq!(kept.await.unwrap().map(|it| it.len()), Some(2));
}

/// A store that refuses what a model says.
struct Full(Memory);

impl Store for Full {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        self.0.create(id, person)
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        match message {
            Message::Assistant { .. } => Box::pin(async {
                let source = std::io::Error::other("no space left in /var/secret");
                Err(StoreError {
                    source: Box::new(source),
                })
            }),
            message => self.0.append(id, position, message),
        }
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        self.0.conversation(id)
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        self.0.conversations(person, limit)
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        self.0.add_file(conversation, file, content, limit)
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        self.0.file(conversation, id)
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        self.0.files(conversation)
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        self.0.delete(id)
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        self.0.record(key)
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        self.0.records(prefix)
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        self.0.swap(key, expected, change)
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        self.0.put(key, change)
    }
}

#[tokio::test]
async fn a_store_that_fails_ends_the_turn() {
    let stage = Stage::with(
        [Reply::call("feedAnimal", json!({ "id": "Tom" }))],
        |builder| builder.store(Full(Memory::default())),
    )
    .await;
    stage
        .check(
            "Feed",
            expect![[r#"
                {"type":"failed","message":"what was said cannot be read or saved"}
            "#]],
            expect![[r#"
                {"role":"user","text":"Feed"}
            "#]],
        )
        .await;
}

#[test]
fn mistakes_are_found_at_start() {
    let error = |change: &dyn Fn(&mut Definition), build: &dyn Fn(Builder) -> Builder| {
        let mut definition = definition(operations(api("{}")));
        change(&mut definition);
        let built = build(Service::builder(Zoo(leak(definition)))).build();
        built
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    let none = |_: &mut Definition| {};
    let twice = error(
        &|it| {
            let twice = ActionSet::new(operations(api("{}")).leak());
            it.actions = vec![it.actions[0], twice].leak();
        },
        &|it| it,
    );
    expect![[r#"
        the GPT `Zoo Keeper` is not defined well:
        - `getAnimal` of `zoo` is listed twice
          = help: name the module or single operations, not both"#]]
    .assert_eq(&twice);
    let tool = error(&|it| it.tools = &[BuiltInTool::ImageGeneration], &|it| it);
    expect!["the model offline has no `image_generation`: set OPENAI_API_KEY, or GPT_IMAGES_URL and GPT_IMAGES_MODEL for another server, name `image_generation` in GPT_HOSTED_TOOLS where the model's server brings it, or remove it from `tools` of the GPT"].assert_eq(&tool);
    let many = error(
        &|it| {
            let all = (0..129).map(|number| -> &'static Described {
                let mut operation = support::operation(api("{}"));
                operation.id = leak_text(format!("getAnimal{number}"));
                operation.tool.name = operation.id;
                leak(Described::of(leak(operation)))
            });
            it.actions = vec![ActionSet::new(all.collect::<Vec<_>>().leak())].leak();
        },
        &|it| it.model(ChatCompletions::new("http://127.0.0.1:1", "m").unwrap()),
    );
    expect!["the GPT has 129 tools, and Chat Completions allows 128: select fewer operations, or set GPT_PROTOCOL to `responses` or `anthropic` where the server speaks it"].assert_eq(&many);
    let rounds = error(&none, &|it| it.max_rounds(0));
    expect!["max_rounds: must be at least 1, or the model is never asked"].assert_eq(&rounds);
    let url = error(&none, &|it| it.base_url(api("{}"), "zoo"));
    assert!(url.contains("zoo"), "{url}");
    assert_eq!(error(&none, &|it| it), "");
}

#[tokio::test]
async fn what_is_set_for_actions_holds() {
    let settings = |url: &str| ActionSettings {
        confirm: Some(Confirm::Once),
        base_url: Some(leak_text(url.to_owned())),
        time_limit: Some(Duration::from_secs(1)),
        ..ActionSettings::NONE
    };
    let replies = [
        Reply::call("getAnimal", json!({ "id": "Tom" })),
        Reply::call("waitFor", json!({ "id": "never" })),
        Reply::text("Tom is a cat."),
    ];
    // The time limit of one action goes before that of all.
    let all = |builder: Builder| builder.time_limit(Duration::from_secs(60));
    let stage = Stage::set(replies, settings, all).await;
    let mut turn = stage.say("Who is Tom?").await;
    let mut asked = Vec::new();
    let mut results = Vec::new();
    while let Some(event) = turn.next().await {
        match event {
            Event::ConfirmationNeeded {
                call_id,
                name,
                may_always_allow,
                ..
            } => {
                // Reading asks nothing unless it is set.
                assert!(may_always_allow);
                asked.push(name);
                assert!(stage.decide(&call_id, Decision::AlwaysAllow).await);
            }
            Event::CallFinished { result, .. } => results.push(result),
            _ => {}
        }
    }
    assert_eq!(asked, ["getAnimal", "waitFor"]);
    assert_eq!(results[0], "Tom is a cat");
    assert!(
        results[1].contains("no complete answer within 1s"),
        "{results:?}"
    );
}

#[test]
fn what_is_wrong_with_a_definition_is_said_at_once() {
    let animals = definition(operations(api("{}")));
    let wrong = Definition {
        name: " ",
        instructions: "Feed them.\nCall {{getAnimals}} or {{web_search}} first.",
        starters: &["Who is Tom?", "", "Who is Tom?"],
        tools: &[BuiltInTool::WebSearch, BuiltInTool::WebSearch],
        visibility: Visibility::Link,
        ..animals
    };
    let error = Service::builder(Zoo(leak(wrong))).build().unwrap_err();
    expect![[r#"
        the GPT ` ` is not defined well:
        - `name` is empty
          = help: write a text there
        - instructions, line 2: `{{getAnimals}}` is no tool here
          = help: write `{{getAnimal}}`, which is the nearest of its operations
        - starter is empty
        - duplicate starter `Who is Tom?`
        - duplicate tool `web_search`
        - visibility `link` with actions needs a privacy policy"#]]
    .assert_eq(&error.to_string());
}

#[tokio::test]
async fn instructions_name_operations_as_the_model_knows_them() {
    let api = api("{}");
    let mut renamed = support::operation(api);
    renamed.id = "animals/list all";
    renamed.tool.name = "animals_list_all";
    let mut dotted = support::operation(api);
    dotted.id = "animals.feed";
    dotted.tool.name = "animals_feed";
    let operations: Vec<&Described> = vec![
        leak(Described::of(leak(renamed))),
        leak(Described::of(leak(dotted))),
    ];
    let zoo = Definition {
        instructions: "First `{{animals_list_all}}`, then `{{animals.feed}}`: {{ not }} {this}.",
        ..definition(operations)
    };
    let script = Script::new([Reply::text("Yes.")]);
    let service = Service::builder(Zoo(leak(zoo)))
        .model(script.clone())
        .build()
        .unwrap();
    let id = service.start(Some("me")).await.unwrap();
    let mut turn = service.say("me", &id, "Hello").await.unwrap();
    while turn.next().await.is_some() {}
    let told = &script.requests()[0].instructions;
    assert_eq!(
        told,
        "First `animals_list_all`, then `animals_feed`: {{ not }} {this}."
    );
}

#[tokio::test]
async fn a_long_conversation_is_shown_as_far_as_it_fits() {
    let call = || Reply::call("getAnimal", json!({ "id": "x".repeat(4_000) }));
    let replies = [call(), Reply::text("A cat."), Reply::text("Yes.")];
    let stage = Stage::with(replies, |builder| builder.max_context(1_500)).await;
    rest(stage.say("Who is it?").await).await;
    rest(stage.say("Sure?").await).await;
    let requests = stage.script.requests();
    // The call alone takes a thousand tokens, and so does its result, until it is shortened.
    let Some(Message::Tool { call_id, text, .. }) = requests[1].messages.last() else {
        panic!("a result is answered: {:?}", requests[1].messages);
    };
    assert_eq!(call_id, "call_1");
    assert!(text.len() < 2_000, "{text}");
    let end = "x\n[The rest of this result was left out because the conversation is too long.]";
    assert!(text.ends_with(end), "{text}");
    assert_eq!(requests[1].instructions, "You keep a zoo.");
    assert_eq!(requests[2].messages, [Message::user("Sure?")]);
    assert_eq!(
        requests[2].instructions,
        "You keep a zoo.\n\nEarlier messages of this conversation were left out because it is long."
    );
    // What is kept is whole.
    assert!(stage.history().await.contains(" is a cat"));
}
