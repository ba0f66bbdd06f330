//! A GPT with what the conformance suite looks for: operations that ask first, and tools that run
//! here, under the names that the suite has for them.

use gpt_runtime::{
    action::{
        Body, BodyArguments, Described, MediaType, Method, Operation, Response, Status,
        Tool as Shown,
    },
    gpt::{ActionSet, Definition},
    tool::{Answer, Context, MadeFile, Output, Tool},
};
use serde_json::{Map, Value, json};

use crate::{
    site::{API, DEFINITION},
    support::{self, leak},
};

/// What the suite calls tools that ask a person, or want to.
const ASKING: [&str; 5] = [
    "test_input_required_result_elicitation",
    "test_input_required_result_request_state",
    "test_input_required_result_tampered_state",
    "test_missing_capability",
    "test_streaming_elicitation",
];

/// The GPT. Its API is that of [`crate::site`].
pub(crate) fn definition() -> &'static Definition {
    let operations = ASKING.map(|name| leak(Described::of(asking(name))) as &'static _);
    leak(Definition {
        starters: &["test_simple_prompt"],
        actions: leak([ActionSet::new(leak(operations))]),
        ..DEFINITION
    })
}

/// An operation that asks before each call.
fn asking(name: &'static str) -> &'static Operation {
    leak(Operation {
        id: name,
        tool: Shown {
            name,
            description: "Reports something, once a person has allowed it.",
            parameters: r#"{"type":"object","properties":{},"additionalProperties":false}"#,
            example: "{}",
        },
        method: Method::Post,
        path: "/reports",
        body: Some(Body {
            required: true,
            media_types: leak([MediaType::new("application/json")]),
            by_media_type: false,
            arguments: BodyArguments::Properties(&[], false),
        }),
        answers: leak([Response::new(Status::Code(200), Some("application/json"))]),
        consequential: true,
        asks_once: false,
        time_limit: None,
        ..support::operation(&API)
    })
}

/// The tools that run here.
pub(crate) fn tools() -> Vec<Fixture> {
    [
        "test_simple_text",
        "test_image_content",
        "test_audio_content",
        "test_embedded_resource",
        "test_multiple_content_types",
        "test_error_handling",
        "test_tool_with_progress",
        "test_logging_tool",
    ]
    .map(Fixture)
    .to_vec()
}

/// A tool that does what its name says.
#[derive(Clone, Copy)]
pub(crate) struct Fixture(&'static str);

fn file(name: &str, media_type: &str, content: &'static [u8]) -> MadeFile {
    MadeFile {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        content: content.into(),
    }
}

fn image() -> MadeFile {
    file("dot.png", "image/png", b"\x89PNG\r\n\x1a\n")
}

impl Tool for Fixture {
    fn name(&self) -> &str {
        self.0
    }

    fn description(&self) -> &'static str {
        "Does what its name says."
    }

    fn parameters(&self) -> Value {
        json!({ "type": "object", "properties": {}, "additionalProperties": false })
    }

    fn call<'a>(&'a self, _: &'a Map<String, Value>, context: Context<'a>) -> Answer<'a> {
        Box::pin(async move {
            let files = |text: &str, files: Vec<MadeFile>| Output {
                text: text.to_owned(),
                files,
                ..Output::default()
            };
            match self.0 {
                "test_simple_text" => Output::text("This is a simple text response for testing."),
                "test_image_content" => files("", vec![image()]),
                "test_audio_content" => files("", vec![file("a.wav", "audio/wav", b"RIFF")]),
                "test_embedded_resource" => {
                    let words = b"This is an embedded resource content.";
                    files("", vec![file("a.txt", "text/plain", words)])
                }
                "test_multiple_content_types" => {
                    let data = file("a.json", "application/json", br#"{"test":"data"}"#);
                    files("Multiple content types test:", vec![image(), data])
                }
                "test_error_handling" => {
                    Output::error("This tool intentionally returns an error for testing")
                }
                "test_tool_with_progress" => {
                    for done in [0.0, 50.0, 100.0] {
                        context.progress(done, Some(100.0), format!("{done} of 100"));
                        tokio::task::yield_now().await;
                    }
                    Output::text("Done.")
                }
                _ => Output::text("It tells nobody."),
            }
        })
    }
}
