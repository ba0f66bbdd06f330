//! A service with tools that run here, a scripted model and a conversation.
#![allow(dead_code, reason = "each test uses some of it")]

use gpt_runtime::{
    conversation::Event,
    gpt::{BuiltInTool, Definition, Gpt, Visibility},
    message::{File, Message},
    model::script::{Reply, Script},
    service::{Builder, Service},
};
use serde_json::Value;

/// A GPT with all built-in tools, as far as `tools` names them.
pub(crate) struct Desk(pub(crate) &'static [BuiltInTool]);

impl Gpt for Desk {
    fn definition(&self) -> &'static Definition {
        Box::leak(Box::new(Definition {
            name: "Desk",
            description: "Has tools.",
            instructions: "Use them.",
            starters: &[],
            tools: self.0,
            actions: &[],
            visibility: Visibility::Everyone,
            category: None,
            hosts: &[],
            max_tokens: None,
            privacy_policy: None,
        }))
    }
}

/// A conversation of which the model makes one call after the other.
pub(crate) struct Stage {
    pub(crate) service: Service,
    pub(crate) script: Script,
    pub(crate) conversation: String,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) is_error: bool,
    pub(crate) files: Vec<File>,
    pub(crate) events: Vec<Event>,
}

impl Stage {
    /// One for each of these calls.
    pub(crate) async fn new(
        calls: impl IntoIterator<Item = (&'static str, Value)>,
        change: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let replies = calls
            .into_iter()
            .flat_map(|(tool, arguments)| [Reply::call(tool, arguments), Reply::text("Done.")]);
        let script = Script::new(replies);
        let builder = Service::builder(Desk(&[])).model(script.clone());
        let service = change(builder).build().unwrap();
        let conversation = service.start(Some("someone")).await.unwrap();
        Self {
            service,
            script,
            conversation,
        }
    }

    /// Says something, so that the next call is made.
    pub(crate) async fn next(&self) -> Outcome {
        let said = self.service.say("someone", &self.conversation, "Go.");
        let mut turn = said.await.unwrap();
        let mut events = Vec::new();
        while let Some(event) = turn.next().await {
            events.push(event);
        }
        assert!(
            matches!(events.last(), Some(Event::Finished { .. })),
            "{events:?}"
        );
        let messages = self.messages().await;
        let result = messages.into_iter().rev().find_map(|it| match it {
            Message::Tool {
                text,
                is_error,
                files,
                ..
            } => Some((text, is_error, files)),
            _ => None,
        });
        let (text, is_error, files) = result.unwrap();
        Outcome {
            text,
            is_error,
            files,
            events,
        }
    }

    pub(crate) async fn messages(&self) -> Vec<Message> {
        let messages = self.service.messages("someone", &self.conversation).await;
        messages.unwrap().unwrap()
    }

    /// What a file holds.
    pub(crate) async fn content(&self, file: &File) -> Vec<u8> {
        let found = self.service.store().file(&self.conversation, &file.id);
        found.await.unwrap().unwrap().1.to_vec()
    }
}
