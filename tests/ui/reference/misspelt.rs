use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Call {{getForcast}} for what is to come.",
    actions = [weather],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
