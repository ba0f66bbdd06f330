use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{bank, serve, shop};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [shop, bank],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
