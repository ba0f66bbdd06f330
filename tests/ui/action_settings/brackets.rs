use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather[confirm = always]],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
