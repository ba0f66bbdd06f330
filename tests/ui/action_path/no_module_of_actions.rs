use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, tides};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [tides],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
