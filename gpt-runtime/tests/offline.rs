//! Conversations with the offline model: what is said, what it calls and what it answers.
//!
//! In each `.md` file a line `> …` is what a person says, an empty line before one begins a new
//! conversation, and the rest is what comes of it; `UPDATE_EXPECT=1` writes the rest anew. The tools
//! and what they return stand in the `.json` file of the same name.

use std::{fmt::Write, future::poll_fn, path::PathBuf};

use expect_test::expect_file;
use gpt_runtime::{
    message::{File, Message},
    model::{Chunk, Model, Request, ToolDefinition, offline::Offline},
};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[test]
fn weather() {
    check("weather");
}

#[test]
fn shop() {
    check("shop");
}

fn check(name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/offline");
    let read = |extension| {
        let file = folder.join(name).with_extension(extension);
        std::fs::read_to_string(file).unwrap()
    };
    let gpt: Value = serde_json::from_str(&read("json")).unwrap();
    let transcript = replay(&gpt, &read("md"));
    expect_file![folder.join(name).with_extension("md")].assert_eq(&transcript);
}

/// Says all of a transcript again.
fn replay(gpt: &Value, transcript: &str) -> String {
    let mut talk = Talk::new(gpt);
    let mut written = String::new();
    let mut is_new = true;
    for line in transcript.lines() {
        if line.is_empty() {
            is_new = true;
        } else if let Some(text) = line.strip_prefix("> ") {
            if std::mem::take(&mut is_new) {
                talk.request.messages.clear();
                written.push_str(if written.is_empty() { "" } else { "\n" });
            }
            for part in [line, "\n", &talk.say(text)] {
                written.push_str(part);
            }
        }
    }
    written
}

struct Talk<'a> {
    request: Request,
    results: &'a Value,
}

impl<'a> Talk<'a> {
    fn new(gpt: &'a Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let tools = gpt["tools"].as_array().unwrap().iter();
        Self {
            request: Request {
                instructions: text(&gpt["instructions"]),
                messages: Vec::new(),
                tools: tools
                    .map(|tool| ToolDefinition {
                        name: text(&tool["name"]),
                        description: text(&tool["description"]),
                        parameters: tool["parameters"].clone(),
                    })
                    .collect(),
                ..Request::default()
            },
            results: &gpt["results"],
        }
    }

    /// What is called and answered until nothing more is called.
    fn say(&mut self, text: &str) -> String {
        let mut written = String::new();
        let messages = &mut self.request.messages;
        messages.push(Message::user(text));
        loop {
            let (text, calls) = respond(&self.request);
            for line in text.lines() {
                // An empty line would begin a new conversation.
                written.push_str(if line.is_empty() { "   ." } else { "    " });
                written.push_str(line);
                written.push('\n');
            }
            let messages = &mut self.request.messages;
            messages.push(Message::assistant(text, calls.clone()));
            if calls.is_empty() {
                return written;
            }
            for call in calls {
                writeln!(written, "{} {}", call.name, call.arguments).unwrap();
                let result = &self.results[&call.name];
                let error = result.get("error");
                let result = error.unwrap_or(result);
                messages.push(Message::Tool {
                    call_id: call.id,
                    name: call.name,
                    text: result
                        .as_str()
                        .map_or_else(|| result.to_string(), str::to_owned),
                    is_error: error.is_some(),
                    files: Vec::new(),
                });
            }
        }
    }
}

#[test]
fn files_are_named() {
    let request = Request {
        messages: vec![Message::User {
            text: String::new(),
            is_retry: false,
            files: vec![File {
                id: "1".to_owned(),
                name: "*a*.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                size: 1,
            }],
        }],
        ..Request::default()
    };
    let (text, calls) = respond(&request);
    let first = text.lines().next();
    let expected = r"I got \*a\*.pdf, which only a language model can read.";
    assert_eq!((first, calls.len()), (Some(expected), 0));
}

fn respond(request: &Request) -> (String, Vec<gpt_runtime::message::ToolCall>) {
    let now = OffsetDateTime::parse("2026-11-23T18:30:00Z", &Rfc3339).unwrap();
    let model = Offline::new().at(now);
    let mut chunks = model.respond(request.clone());
    let mut text = String::new();
    let mut calls = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        while let Some(chunk) = poll_fn(|cx| chunks.as_mut().poll_next(cx)).await {
            match chunk.unwrap() {
                Chunk::Text(piece) => text.push_str(&piece),
                Chunk::Call(call) => calls.push(call),
                _ => {}
            }
        }
    });
    (text, calls)
}
