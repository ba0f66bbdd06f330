//! Each starter, answered by the offline model over the stand-in.

use std::fmt::Write as _;

use expect_test::expect_file;
use gpt_runtime::{Service, conversation::Event, model::offline::Offline};

use super::clock;
use crate::{WeatherDesk, stand_in, weather};

#[tokio::test]
async fn starters() {
    let url = stand_in::start(clock).await.unwrap();
    let service = Service::builder(WeatherDesk)
        .model(Offline::new().at(clock()))
        .base_url(&weather::API, url)
        .build()
        .unwrap();
    let mut transcript = String::new();
    for starter in service.definition().starters {
        say(&service, starter, &mut transcript).await;
    }
    say(
        &service,
        "Which stations are near 47.61, -122.33?",
        &mut transcript,
    )
    .await;
    expect_file!["conversation/starters.txt"].assert_eq(&transcript);
}

/// Says one thing in a conversation of its own and writes down what happens.
async fn say(service: &Service, text: &str, transcript: &mut String) {
    let conversation = service.start(Some("someone")).await.unwrap();
    let mut turn = service
        .say("someone", &conversation, text.to_owned())
        .await
        .unwrap();
    let mut calls = 0;
    writeln!(transcript, "> {text}").unwrap();
    while let Some(event) = turn.next().await {
        match event {
            Event::TextDelta { .. } => {}
            Event::CallStarted {
                name, arguments, ..
            } => {
                writeln!(transcript, "calls {name} {arguments}").unwrap();
            }
            Event::CallFinished {
                result, is_error, ..
            } => {
                assert!(!is_error, "{text}: {result}");
                calls += 1;
            }
            Event::Finished { text, .. } => writeln!(transcript, "\n{text}\n").unwrap(),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert!(calls > 0, "{text}: no call was made");
}
