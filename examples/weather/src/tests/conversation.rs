//! Conversations about the weather: with a model that follows a script, and each starter with the
//! offline one.

use std::fmt::Write as _;

use expect_test::expect_file;
use gpt_runtime::{
    model::offline::Offline,
    testing::{Answer, Reply, Test},
};
use serde_json::json;

use super::clock;
use crate::{
    WeatherDesk, stand_in,
    weather::{self, GetActiveAlerts, GetForecast, GetPoint},
};

/// As in the README.
#[tokio::test]
async fn it_looks_for_alerts() -> Result<(), gpt_runtime::Error> {
    let mut gpt = Test::new(WeatherDesk)
        .script([
            Reply::action(GetActiveAlerts::default()),
            Reply::text("There are none."),
        ])
        .answer(|call: GetActiveAlerts| {
            assert!(call.area.is_none());
            json!({
                "type": "FeatureCollection",
                "title": "Current alerts",
                "updated": "2026-06-03T15:20:00Z",
                "features": [],
            })
        })
        .start()
        .await?;
    let turn = gpt.say("Any alerts?").await?;
    turn.assert_calls(["getActiveAlerts"]);
    turn.assert_says("none");
    gpt.assert_all_used();
    Ok(())
}

#[tokio::test]
async fn a_forecast_is_looked_up_by_its_point() {
    let mut gpt = Test::new(WeatherDesk)
        .script([
            Reply::action(GetPoint::new(39.74, -104.99)),
            Reply::action(GetForecast::new("BOU".to_owned(), 63, 62)),
            Reply::text("No forecast can be had for Denver now."),
        ])
        .answer(|_: GetPoint| {
            json!({
                "type": "Feature",
                "geometry": null,
                "properties": {
                    "gridId": "BOU",
                    "gridX": 63,
                    "gridY": 62,
                    "timeZone": "America/Denver",
                    "relativeLocation": {
                        "type": "Feature",
                        "geometry": null,
                        "properties": { "city": "Denver", "state": "CO" },
                    },
                },
            })
        })
        .answer(|_: GetForecast| {
            Answer::json(json!({ "title": "Unexpected Problem" })).with_status(500)
        })
        .start()
        .await
        .unwrap();
    let turn = gpt.say("Will it rain in Denver?").await.unwrap();
    turn.assert_calls(["getPoint", "getForecast"]);
    assert_eq!(turn.call::<GetForecast>().grid_x, 63);
    turn.assert_says("Denver");
    gpt.assert_all_used();
}

#[tokio::test]
async fn starters() {
    let url = stand_in::start(clock).await.unwrap();
    let mut gpt = Test::new(WeatherDesk)
        .model(Offline::new().at(clock()))
        .service(|it| it.base_url(&weather::API, url))
        .start()
        .await
        .unwrap();
    let mut transcript = String::new();
    let more = "Which stations are near 47.61, -122.33?";
    let starters = gpt.service().definition().starters;
    for text in starters.iter().copied().chain([more]) {
        gpt.restart().await.unwrap();
        let turn = gpt.say(text).await.unwrap();
        assert!(!turn.calls().is_empty(), "{text}: no call was made");
        writeln!(transcript, "{turn}").unwrap();
    }
    expect_file!["conversation/starters.txt"].assert_eq(&transcript);
}
