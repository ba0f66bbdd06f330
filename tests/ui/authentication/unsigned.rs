use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, shop};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [shop::GetHours(authentication = none), shop::ListGoods(authentication = none)],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
