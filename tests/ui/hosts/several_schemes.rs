use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, shop};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [chatgpt],
    actions = [shop::ListGoods(authentication = apiKey), shop::BuyGoods],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
