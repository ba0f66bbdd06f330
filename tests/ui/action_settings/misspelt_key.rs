use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather(time_limt = 10)],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
