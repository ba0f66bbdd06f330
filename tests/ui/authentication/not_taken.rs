use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, shop};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [shop(authentication = apiKey)],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
