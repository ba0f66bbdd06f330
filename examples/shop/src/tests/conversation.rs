//! Each starter, answered by the offline model over the shop, for a customer who is signed in.

use std::fmt::Write as _;

use expect_test::expect_file;
use gpt_runtime::{
    Service,
    conversation::{Decision, Event},
    credential::Credential,
    model::offline::Offline,
};
use serde_json::Value;

use super::stage::{ADA, Stage, clock};

#[tokio::test]
async fn starters() {
    let stage = Stage::new().await;
    let tokens = stage.sign_in(ADA).await;
    let token = Credential::bearer(tokens["access_token"].as_str().unwrap());
    let service = crate::service(&stage.shop, &stage.client, clock)
        .unwrap()
        .credential(&crate::shop::API, "customer", token)
        .model(Offline::new().at(clock()))
        .build()
        .unwrap();
    let conversation = service.start(Some("someone")).await.unwrap();
    let mut transcript = String::new();
    let more = ["What is in my cart?", "Cancel my order"];
    for text in service.definition().starters.iter().chain(&more) {
        say(&service, &conversation, text, &mut transcript).await;
    }
    expect_file!["conversation/starters.txt"].assert_eq(&transcript);
}

/// Says one thing, allows what is asked, and writes down what happens.
async fn say(service: &Service, conversation: &str, text: &str, transcript: &mut String) {
    let mut turn = service
        .say("someone", conversation, text.to_owned())
        .await
        .unwrap();
    writeln!(transcript, "> {text}").unwrap();
    // The ids of files that came are others each time.
    let mut files = Vec::new();
    while let Some(event) = turn.next().await {
        match event {
            Event::ConfirmationNeeded {
                call_id,
                name,
                may_always_allow,
                ..
            } => {
                let always = if may_always_allow { ", or always" } else { "" };
                writeln!(transcript, "asks for {name}{always}").unwrap();
                assert!(turn.decide(&call_id, Decision::Allow));
            }
            Event::CallStarted {
                name, arguments, ..
            } => writeln!(transcript, "calls {name} {arguments}").unwrap(),
            Event::CallFinished {
                result, is_error, ..
            } => {
                assert!(!is_error, "{text}: {result}");
                let result: Value = serde_json::from_str(&result).unwrap();
                let file = result.pointer("/openaiFileResponse/0/id");
                files.extend(file.and_then(Value::as_str).map(str::to_owned));
            }
            Event::Finished { mut text, .. } => {
                for file in &files {
                    text = text.replace(file, "FILE");
                }
                writeln!(transcript, "\n{text}\n").unwrap();
            }
            Event::Failed { message, .. } => panic!("{text}: {message}"),
            _ => {}
        }
    }
}
