use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather],
    visibility = link,
    privacy_polcy = "https://example.com/privacy",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
