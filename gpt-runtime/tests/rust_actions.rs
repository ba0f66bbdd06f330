//! Actions that are functions: in a conversation, tried by the owner, and called by other hosts.

mod site;

use std::{
    fmt::Write as _,
    future::pending,
    io,
    sync::{Arc, Mutex},
};

use expect_test::{Expect, expect, expect_file};
use gpt_runtime::{
    ActionError, Gpt, action, actions,
    conversation::{Decision, Event, Turn},
    gpt,
    gpt::{ActionSet, Definition},
    model::script::{Reply, Script},
    service::Service,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use site::{Seen, Site};

const TOKEN: &str = "authorization=Bearer\u{a0}the-token-of-the-owner";

/// Money of a place.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Currency {
    /// Of Europe.
    Eur,
    Usd,
}

#[derive(Debug, JsonSchema, Serialize)]
struct Converted {
    amount: f64,
    currency: Currency,
    note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Line {
    item: String,
    #[schemars(range(min = 1, max = 9))]
    count: u32,
    #[serde(default)]
    parts: Vec<Line>,
}

/// An error with a text of its own, and one for models.
struct Full {
    secret: &'static str,
}

impl From<Full> for ActionError {
    fn from(full: Full) -> Self {
        assert!(!full.secret.is_empty());
        Self::new("the book is full: forget something first")
    }
}

/// Changes money, and keeps a book.
#[gpt(
    name = "Bureau",
    instructions = "Use {{convert}}, then {{remember}}.",
    actions = [convert, order, misbehave, Self],
    visibility = everyone,
    privacy_policy = "https://bureau.example/privacy",
)]
struct Bureau {
    rate: f64,
    book: Arc<Mutex<Vec<String>>>,
}

/// Converts an amount of money from euros.
///
/// # Errors
///
/// The amount is negative.
#[action(read_only, title = "Convert money")]
async fn convert(
    bureau: &Bureau,
    /// The amount in euros.
    amount: f64,
    to: Currency,
    note: Option<String>,
) -> Result<Converted, ActionError> {
    tokio::task::yield_now().await;
    if amount < 0.0 {
        return Err(ActionError::new("the amount must not be negative"));
    }
    let rate = match to {
        Currency::Eur => 1.0,
        Currency::Usd => bureau.rate,
    };
    Ok(Converted {
        amount: amount * rate,
        currency: to,
        note,
    })
}

/// Orders coins.
#[action(name = "order-coins", consequential = false)]
fn order(lines: Vec<Line>, r#where: Option<Currency>) -> String {
    let counts = lines.iter().map(|it| it.count).sum::<u32>();
    let parts = lines.iter().map(|it| it.parts.len()).sum::<usize>();
    format!("{counts} {} {parts} {:?}", lines[0].item, r#where)
}

/// Does what it is told, which is no good.
#[action(read_only, time_limit = 2)]
async fn misbehave(how: String) -> Result<Value, ActionError> {
    match how.as_str() {
        "panic" => panic!("a secret of the program"),
        "late" => {
            tokio::task::yield_now().await;
            panic!("later")
        }
        "wait" => pending().await,
        "talk" => Ok(json!(vec!["x".repeat(50); 10_000])),
        "fail" => {
            let inside = io::Error::other("a secret of the program");
            Err(inside).map_err(|_| ActionError::new("the disk is not there"))
        }
        other => Ok(other.into()),
    }
}

#[actions]
impl Bureau {
    /// Writes a line into the book.
    #[action]
    fn remember(
        &self,
        /// What to write.
        text: String,
    ) -> Result<(), Full> {
        let mut book = self.book.lock().unwrap();
        if book.len() == 2 {
            return Err(Full { secret: "key" });
        }
        book.push(text);
        Ok(())
    }

    /// Reads the book.
    #[action(read_only)]
    fn recall(&self) -> Vec<String> {
        self.lines()
    }

    fn lines(&self) -> Vec<String> {
        self.book.lock().unwrap().clone()
    }
}

fn bureau() -> (Bureau, Arc<Mutex<Vec<String>>>) {
    let book = Arc::default();
    let bureau = Bureau {
        rate: 1.25,
        book: Arc::clone(&book),
    };
    (bureau, book)
}

/// The events of calls that a model makes one by one, each with what happened to it.
async fn called(calls: Vec<(&'static str, Value)>, decision: Decision) -> Vec<String> {
    let replies = calls
        .into_iter()
        .map(|(tool, arguments)| Reply::call(tool, arguments))
        .chain([Reply::text("Done.")]);
    let service = Service::builder(bureau().0)
        .model(Script::new(replies))
        .max_rounds(100)
        .build()
        .unwrap();
    let id = service.start(Some("someone")).await.unwrap();
    let turn = service.say("someone", &id, "Go.").await.unwrap();
    seen(turn, decision).await
}

async fn seen(mut turn: Turn, decision: Decision) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(event) = turn.next().await {
        match event {
            Event::ConfirmationNeeded {
                call_id,
                name,
                may_always_allow,
                ..
            } => {
                seen.push(format!("{name} asks, always: {may_always_allow}"));
                assert!(turn.decide(&call_id, decision));
            }
            Event::CallFinished {
                result, is_error, ..
            } => {
                let mark = if is_error { "failed: " } else { "" };
                seen.push(format!("{mark}{result}"));
            }
            _ => {}
        }
    }
    seen
}

#[tokio::test]
async fn a_model_calls_functions() {
    let calls = vec![
        ("convert", json!({ "amount": 4, "to": "usd", "note": null })),
        (
            "convert",
            json!({ "amount": 4.5, "to": "EUR", "note": "n" }),
        ),
        ("remember", json!({ "text": "first" })),
        ("recall", json!({})),
        (
            "order-coins",
            json!({ "lines": [{ "item": "dime", "count": 2, "parts": [{ "item": "a", "count": 1 }] }] }),
        ),
    ];
    let seen = called(calls, Decision::AlwaysAllow).await;
    assert_eq!(
        seen,
        [
            r#"{"amount":5.0,"currency":"usd","note":null}"#,
            r#"{"amount":4.5,"currency":"eur","note":"n"}"#,
            "remember asks, always: false",
            "The call succeeded with an empty answer.",
            r#"["first"]"#,
            "order-coins asks, always: true",
            "2 dime 1 None",
        ]
    );
}

#[tokio::test]
async fn what_a_person_declines_is_not_called() {
    let calls = vec![("remember", json!({ "text": "x" })), ("recall", json!({}))];
    let seen = called(calls, Decision::Decline).await;
    assert_eq!(
        seen,
        [
            "remember asks, always: false",
            "failed: the person declined this call: do not try it again unless they ask",
            "[]",
        ]
    );
}

#[tokio::test]
async fn hostile_arguments_are_refused() {
    let mut deep = json!({ "item": "x", "count": 1 });
    for _ in 0..200 {
        deep = json!({ "item": "x", "count": 1, "parts": [deep] });
    }
    let calls = vec![
        ("convert", json!({})),
        ("convert", json!({ "amount": "4", "to": "yen" })),
        ("convert", json!({ "amount": 4, "to": "usd", "ammount": 5 })),
        ("convert", json!({ "amount": -4, "to": "usd" })),
        (
            "order-coins",
            json!({ "lines": [{ "item": "x", "count": 10 }] }),
        ),
        (
            "order-coins",
            json!({ "lines": [{ "item": "x", "count": -1 }] }),
        ),
        (
            "order-coins",
            json!({ "lines": [{ "item": "x".repeat(100_000), "count": 1 }] }),
        ),
        ("order-coins", json!({ "lines": [deep] })),
    ];
    let seen = called(calls, Decision::Allow).await;
    let seen: Vec<_> = seen
        .iter()
        .map(|it| it.chars().take(300).collect::<String>())
        .collect();
    check(
        &seen.join("\n"),
        &expect![[r#"
            failed: Not called: the arguments are not as described:
            - `amount`: is missing: The amount in euros.
            - `to`: is missing: Money of a place. `eur`: Of Europe.
            Correct this and call again.
            failed: Not called: the arguments are not as described:
            - `amount`: must be a number, not "4": write 4 without quotes
            - `to`: "yen" is not one of "usd", "eur"
            Correct this and call again.
            failed: Not called: the arguments are not as described:
            - `ammount`: is not an argument of convert; did you mean `amount`?
            Correct this and call again.
            failed: the amount must not be negative
            order-coins asks, always: true
            failed: Not called: the arguments are not as described:
            - `lines[0].count`: 10 is out of range: it must be at most 9
            Correct this and call again.
            order-coins asks, always: true
            failed: Not called: the arguments are not as described:
            - `lines[0].count`: -1 is out of range: it must be at least 1
            - `lines[0].count`: -1 is not a non-negative integer of 32 bits
            Correct this and call again.
            order-coins asks, always: true
            failed: Not called: the arguments have 100033 characters: at most 100000 are allowed.
            order-coins asks, always: true
            failed: Not called: the arguments are not as described:
            - the arguments are too long or too deep to be checked: send less at once
            Correct this and call again."#]],
    );
}

#[tokio::test(start_paused = true)]
async fn a_function_that_misbehaves_is_bounded() {
    let calls = ["fail", "panic", "late", "wait", "talk", "no harm"];
    let calls = calls.map(|how| ("misbehave", json!({ "how": how })));
    let seen = called(calls.into(), Decision::Allow).await;
    assert!(seen[4].len() <= 100_000 && seen[4].len() > 90_000);
    let shown: Vec<_> = seen
        .iter()
        .map(|it| it.chars().take(200).collect::<String>())
        .collect();
    check(
        &shown.join("\n"),
        &expect![[r#"
            failed: the disk is not there
            failed: The call failed: a mistake in this server; the action may have done a part of its work.
            failed: The call failed: a mistake in this server; the action may have done a part of its work.
            failed: The call failed: the action took longer than 2s, and may have done a part of its work.
            ["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
            no harm"#]],
    );
}

#[tokio::test]
async fn an_error_type_of_ones_own_says_what_it_wants() {
    let calls = ["a", "b", "c"].map(|text| ("remember", json!({ "text": text })));
    let seen = called(calls.into(), Decision::Allow).await;
    let last = "failed: the book is full: forget something first";
    assert_eq!(seen.last().unwrap(), last);
}

#[tokio::test]
async fn a_function_is_described_like_an_operation() {
    let (bureau, _) = bureau();
    let definition = bureau.definition();
    assert_eq!(
        definition.instructions_with_tool_names(),
        "Use convert, then remember."
    );
    let described: Vec<_> = definition
        .operations()
        .map(|it| {
            let parameters: Value = serde_json::from_str(it.tool.parameters).unwrap();
            json!({
                "id": it.id,
                "name": it.tool.name,
                "description": it.tool.description,
                "parameters": parameters,
                "example": it.tool.example,
                "request": format!("{} {}", it.method.as_str(), it.path),
                "consequential": it.consequential,
            })
        })
        .collect();
    expect_file!["rust_actions/operations.json"].assert_eq(&pretty(&json!(described)));
}

async fn serve(is_owner_known: bool) -> (Site, Arc<Mutex<Vec<String>>>) {
    let (bureau, book) = bureau();
    let service = Service::builder(bureau).model(Script::new([])).build();
    let site = Site::of(service.unwrap(), Seen::default(), |server| {
        if is_owner_known {
            server.owner_token("the-token-of-the-owner")
        } else {
            server
        }
    });
    (site.await, book)
}

#[tokio::test]
async fn other_hosts_call_functions() {
    let (site, book) = serve(false).await;
    let mut answers = String::new();
    for request in [
        r#"POST /actions/convert {"amount":4,"to":"usd"}"#,
        r#"POST /actions/remember {"text":"from afar"}"#,
        r#"POST /actions/recall {}"#,
        r#"POST /actions/convert {"amount":-1,"to":"usd"}"#,
        r#"POST /actions/convert {"to":"yen"}"#,
        r#"POST /actions/misbehave {"how":"panic"}"#,
        r#"POST /actions/order {"lines":[]}"#,
        r#"POST /actions/convert content-type=text/plain {"amount":4,"to":"usd"}"#,
        r#"POST /actions/remember origin=https://evil.example {"text":"x"}"#,
        "GET /actions/convert",
    ] {
        writeln!(answers, "> {request}\n{}\n", site.ask(request).await).unwrap();
    }
    check(
        &answers,
        &expect![[r#"
            > POST /actions/convert {"amount":4,"to":"usd"}
            200 OK
            content-type: application/json

            {"amount":5.0,"currency":"usd","note":null}

            > POST /actions/remember {"text":"from afar"}
            204 No Content



            > POST /actions/recall {}
            200 OK
            content-type: application/json

            ["from afar"]

            > POST /actions/convert {"amount":-1,"to":"usd"}
            422 Unprocessable Entity
            content-type: application/problem+json

            {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the amount must not be negative"}

            > POST /actions/convert {"to":"yen"}
            422 Unprocessable Entity
            content-type: application/problem+json

            {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the arguments are not as described:\n- `amount`: is missing: The amount in euros.\n- `to`: \"yen\" is not one of \"usd\", \"eur\""}

            > POST /actions/misbehave {"how":"panic"}
            500 Internal Server Error
            content-type: application/problem+json

            {"type":"about:blank","title":"Internal Server Error","status":500,"detail":"a mistake in this server; the action may have done a part of its work"}

            > POST /actions/order {"lines":[]}
            404 Not Found
            content-type: application/problem+json

            {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no action of this name: `GET /actions/openapi.json` lists them"}

            > POST /actions/convert content-type=text/plain {"amount":4,"to":"usd"}
            415 Unsupported Media Type
            content-type: application/problem+json

            {"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"send a JSON body and the header `Content-Type: application/json`"}

            > POST /actions/remember origin=https://evil.example {"text":"x"}
            403 Forbidden
            content-type: application/problem+json

            {"type":"about:blank","title":"Forbidden","status":403,"detail":"of pages in a browser only the GPT's own and those of `GPT_ALLOWED_ORIGINS` may send this"}

            > GET /actions/convert
            405 Method Not Allowed
            content-type: application/problem+json
            allow: POST

            {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this path has other methods: the header `Allow` names them"}

        "#]],
    );
    assert_eq!(*book.lock().unwrap(), ["from afar"]);
}

#[tokio::test]
async fn the_document_is_within_the_rules() {
    let (site, _) = serve(false).await;
    let answer = site.ask("GET /actions/openapi.json").await;
    let (head, body) = answer.split_once("\n\n").unwrap();
    assert_eq!(head, "200 OK\ncontent-type: application/json");
    let document: Value = serde_json::from_str(body).unwrap();
    expect_file!["rust_actions/openapi.json"].assert_eq(&pretty(&document));
}

#[tokio::test]
async fn the_owner_sees_and_tries_functions() {
    let (site, _) = serve(true).await;
    let shown = site.ask(&format!("GET /api/configuration {TOKEN}")).await;
    let (_, body) = shown.split_once("\n\n").unwrap();
    let mut shown: Value = serde_json::from_str(body).unwrap();
    let mut set = shown["action_sets"][0].take();
    set["operations"].as_array_mut().unwrap().truncate(1);
    set["operations"][0]["parameters"].take();
    check(
        &format!("{set:#}"),
        &expect![[r#"
            {
              "name": "functions",
              "title": "This server",
              "version": "0.1.0",
              "server": "http://ADDRESS",
              "problem": null,
              "authentication": [],
              "operations": [
                {
                  "tool": "convert",
                  "method": "QUERY",
                  "path": "/actions/convert",
                  "description": "Converts an amount of money from euros.",
                  "consequential": false,
                  "asks_once": false,
                  "time_limit": null,
                  "server": null,
                  "deprecated": false,
                  "parameters": null,
                  "example": {
                    "amount": 1,
                    "to": "usd"
                  }
                }
              ]
            }"#]],
    );
    let request =
        format!(r#"POST /api/operations/remember/test {TOKEN} {{"arguments":{{"text":"x"}}}}"#);
    let tried = site.ask(&request).await;
    assert!(
        tried.contains("The call succeeded with an empty answer."),
        "{tried}"
    );
}

#[test]
fn a_function_belongs_to_one_gpt() {
    struct Other;

    impl Gpt for Other {
        fn definition(&self) -> &'static Definition {
            const {
                &Definition {
                    actions: &[ActionSet::new(convert::OPERATIONS)],
                    ..Definition::new("Other", "Another one.", "Convert.")
                }
            }
        }
    }

    let refused = Service::builder(Other).build().unwrap_err().to_string();
    let expected = "the GPT `Other` is not defined well:\n- action `convert` belongs to `Bureau`";
    assert_eq!(refused, expected);
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(text);
}
