#![deny(warnings)]

extern crate gpt_runtime as renamed;
use renamed::gpt;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = TEXT,
    tools = [web_search],
    visibility = link,
    privacy_policy = "http://localhost:8000/privacy",
    crate = crate::renamed,
)]
struct WeatherDesk;

const TEXT: &str = "Answer briefly.";

fn main() {
    fn serve(_: impl renamed::Gpt) {}
    serve(WeatherDesk);
}
