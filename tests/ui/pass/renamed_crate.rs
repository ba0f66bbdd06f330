#![deny(warnings)]

extern crate gpt_runtime as renamed;
use crate::actions::serve;
use renamed::gpt;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = TEXT,
    tools = [web_search],
    visibility = link,
    privacy_policy = "http://localhost:8000/privacy",
    crate = self::renamed,
)]
struct WeatherDesk;

const TEXT: &str = "Answer briefly.";

#[test]
fn it_works() {
    serve(WeatherDesk);
}
