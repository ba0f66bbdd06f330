use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    max_tokens = 4k,
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
