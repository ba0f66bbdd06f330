use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, shop, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    max_tokens = 1000,
    actions = [weather, shop],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
