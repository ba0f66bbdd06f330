use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{market, serve, shop};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [chatgpt],
    actions = [shop::GetHours, market],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
