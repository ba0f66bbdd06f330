use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather(base_url = "staging.example.com")],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
