use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [chatgpt],
    actions = [weather(base_url = "https://weather.example:8443")],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
