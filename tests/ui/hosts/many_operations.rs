use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{archive, serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [chatgpt],
    actions = [weather, archive],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
