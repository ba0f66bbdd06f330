use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Draw with {{image_generation}}.",
    tools = [web_search],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
