//! Tools of one's own that run here: checked, bounded, side by side, and with what they make.

mod tooling;

use std::{sync::Arc, time::Duration};

use gpt_runtime::{
    conversation::Event,
    gpt::BuiltInTool,
    message::{Citation, Message},
    model::{
        Model,
        script::{Reply, Script},
    },
    service::Service,
    tool::{Answer, Context, MadeFile, Output, Tool},
};
use serde_json::{Map, Value, json};
use tokio::sync::Barrier;
use tooling::{Desk, Stage};

/// A tool that does what it is asked to.
struct Clerk {
    name: &'static str,
    both: Arc<Barrier>,
}

impl Clerk {
    fn new() -> Self {
        Self::named("clerk")
    }

    fn named(name: &'static str) -> Self {
        Self {
            name,
            both: Arc::new(Barrier::new(2)),
        }
    }
}

impl Tool for Clerk {
    fn name(&self) -> &str {
        self.name
    }

    fn description(&self) -> &'static str {
        "Does what it is asked to."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "work": { "type": "string" },
                "times": { "type": "integer", "minimum": 1 }
            },
            "required": ["work"],
            "additionalProperties": false
        })
    }

    fn time_limit(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a> {
        Box::pin(async move {
            match arguments["work"].as_str().unwrap() {
                "talk" => Output::text("x".repeat(300_000)),
                "wait" => std::future::pending().await,
                "meet" => {
                    self.both.wait().await;
                    Output::text("met")
                }
                "count" => Output::text(arguments["times"].to_string()),
                "cite" => Output {
                    citations: vec![cited("a"), cited("b"), cited("a")],
                    ..Output::text("cited")
                },
                "make" => Output {
                    files: vec![made("../plan.txt", 3), made("large.bin", 30_000_000)],
                    ..Output::text("made")
                },
                "read" => {
                    let files = context.files().await.unwrap();
                    let found = context.read(&files[0].id).await.unwrap().unwrap();
                    Output::text(format!("{} {found:?}", files[0].name))
                }
                other => Output::error(format!("cannot {other}")),
            }
        })
    }
}

fn cited(name: &str) -> Citation {
    Citation {
        url: format!("https://{name}.example/"),
        title: name.to_owned(),
    }
}

fn made(name: &str, size: usize) -> MadeFile {
    MadeFile {
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        content: vec![b'x'; size].into(),
    }
}

async fn stage<const N: usize>(works: [Value; N]) -> Stage {
    let calls = works.map(|work| ("clerk", work));
    Stage::new(calls, |it| it.tool(Clerk::new())).await
}

#[tokio::test]
async fn the_model_is_shown_it_as_a_function() {
    let stage = stage([json!({ "work": "count", "times": 2.0 })]).await;
    let outcome = stage.next().await;
    // As the schema has it.
    assert_eq!(outcome.text, "2");
    let request = &stage.script.requests()[0];
    assert_eq!(request.tools.len(), 1);
    assert_eq!(request.tools[0].name, "clerk");
    assert_eq!(request.tools[0].parameters, Clerk::new().parameters());
    let is_asked = |event: &Event| matches!(event, Event::ConfirmationNeeded { .. });
    assert!(!outcome.events.iter().any(is_asked));
}

#[tokio::test]
async fn arguments_are_checked() {
    let cases = [
        (json!({}), "- `work`: is missing"),
        (json!({ "work": 1 }), "- `work`: "),
        (json!({ "work": "count", "times": 0 }), "- `times`: "),
        (json!({ "work": "count", "more": 0 }), "- `more`: "),
    ];
    let stage = stage(cases.clone().map(|(arguments, _)| arguments)).await;
    for (_, expected) in cases {
        let outcome = stage.next().await;
        assert!(outcome.is_error);
        let start = "not made, because the arguments are not as described:\n";
        let rest = outcome.text.strip_prefix(start).unwrap();
        assert!(rest.starts_with(expected), "{rest}");
    }
}

#[tokio::test]
async fn calls_are_bounded() {
    let works = ["talk", "wait", "dance"].map(|it| json!({ "work": it }));
    let stage = stage(works).await;
    let talked = stage.next().await;
    assert!(talked.text.len() <= 100_000, "{}", talked.text.len());
    let waited = stage.next().await;
    assert_eq!(waited.text, "stopped: it took longer than 1 s");
    assert!(waited.is_error);
    let danced = stage.next().await;
    assert_eq!(
        (danced.text.as_str(), danced.is_error),
        ("cannot dance", true)
    );
}

#[tokio::test]
async fn calls_run_side_by_side() {
    let meet = || json!({ "work": "meet" });
    let both = Reply::call("clerk", meet()).and_call("clerk", meet());
    let script = Script::new([both, Reply::text("Done.")]);
    let builder = Service::builder(Desk(&[])).model(script);
    let service = builder.tool(Clerk::new()).build().unwrap();
    let id = service.start(Some("someone")).await.unwrap();
    let mut turn = service.say("someone", &id, "Go.").await.unwrap();
    let mut results = Vec::new();
    while let Some(event) = turn.next().await {
        if let Event::CallFinished { result, .. } = event {
            results.push(result);
        }
    }
    assert_eq!(results, ["met", "met"]);
}

#[tokio::test]
async fn a_cancelled_turn_drops_its_calls() {
    let stage = stage([json!({ "work": "meet" })]).await;
    let said = stage.service.say("someone", &stage.conversation, "Go.");
    let mut turn = said.await.unwrap();
    while let Some(event) = turn.next().await {
        if matches!(event, Event::CallStarted { .. }) {
            let cancelled = stage.service.cancel("someone", &stage.conversation);
            assert!(cancelled.await.unwrap());
        }
    }
    let messages = stage.messages().await;
    let Message::Tool { text, .. } = &messages[2] else {
        panic!("{messages:?}");
    };
    assert_eq!(
        text,
        "cancelled while the call ran: it may have taken effect"
    );
}

#[tokio::test]
async fn sources_are_named_once_and_come_with_the_answer() {
    let stage = stage([json!({ "work": "cite" })]).await;
    let outcome = stage.next().await;
    let added = outcome.events.iter().filter_map(|event| match event {
        Event::CitationAdded { citation } => Some(citation.clone()),
        _ => None,
    });
    assert_eq!(added.collect::<Vec<_>>(), [cited("a"), cited("b")]);
    let messages = stage.messages().await;
    let Some(Message::Assistant { citations, .. }) = messages.last() else {
        panic!("{messages:?}");
    };
    assert_eq!(*citations, [cited("a"), cited("b")]);
}

#[tokio::test]
async fn files_come_to_the_conversation() {
    let stage = stage([json!({ "work": "make" }), json!({ "work": "read" })]).await;
    let outcome = stage.next().await;
    assert_eq!(outcome.files.len(), 1);
    assert_eq!(outcome.files[0].name, "plan.txt");
    assert_eq!(stage.content(&outcome.files[0]).await, b"xxx");
    assert!(
        outcome.text.starts_with("made\n[not kept: large.bin: "),
        "{}",
        outcome.text
    );
    assert_eq!(stage.next().await.text, r#"plan.txt b"xxx""#);
}

/// A model whose provider brings a search.
struct Hosting(Script);

impl Model for Hosting {
    fn name(&self) -> &'static str {
        "hosting"
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        tool == BuiltInTool::WebSearch
    }

    fn respond(&self, request: gpt_runtime::model::Request) -> gpt_runtime::model::Chunks {
        self.0.respond(request)
    }
}

#[tokio::test]
async fn what_the_provider_brings_is_not_replaced() {
    const TOOLS: &[BuiltInTool] = &[BuiltInTool::WebSearch, BuiltInTool::ImageGeneration];
    let script = Script::new([Reply::text("Hello.")]);
    let service = Service::builder(Desk(TOOLS))
        .model(Hosting(script.clone()))
        .built_in_tool(BuiltInTool::WebSearch, Clerk::named("find"))
        .built_in_tool(BuiltInTool::ImageGeneration, Clerk::named("draw"))
        // The GPT has none of this.
        .built_in_tool(BuiltInTool::CodeInterpreter, Clerk::named("run"))
        .build()
        .unwrap();
    let id = service.start(Some("someone")).await.unwrap();
    let mut turn = service.say("someone", &id, "Go.").await.unwrap();
    while turn.next().await.is_some() {}
    let request = &script.requests()[0];
    assert_eq!(request.hosted_tools, [BuiltInTool::WebSearch]);
    let names: Vec<_> = request.tools.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["draw"]);
}

/// A tool whose schema is none.
struct Wrong(Value);

impl Tool for Wrong {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn description(&self) -> &'static str {
        ""
    }

    fn parameters(&self) -> Value {
        self.0.clone()
    }

    fn call<'a>(&'a self, _: &'a Map<String, Value>, _: Context<'a>) -> Answer<'a> {
        Box::pin(async { Output::text("never") })
    }
}

#[test]
fn mistakes_are_found_at_start() {
    let builder = || Service::builder(Desk(&[])).model(Script::new([]));
    for (builder, expected) in [
        (
            builder().tool(Clerk::new()).tool(Clerk::new()),
            "tool `clerk`: another tool or action has this name: leave one of them out",
        ),
        (
            builder().tool(Clerk::named("two words")),
            "tool `two words`: a name has 1 to 64 letters, digits, `_` and `-`",
        ),
        (
            builder().tool(Wrong(json!("string"))),
            "tool `wrong`: wrong: the schema of its arguments is no object",
        ),
        (
            builder().tool(Wrong(json!({ "$ref": "#/$defs/nothing" }))),
            "tool `wrong`: wrong: the reference `#/$defs/nothing` leads nowhere",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), expected);
    }
}
