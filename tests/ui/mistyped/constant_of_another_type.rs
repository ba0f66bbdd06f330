use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = LIMIT,
)]
struct WeatherDesk;

const LIMIT: u32 = 5;

fn main() {
    serve(WeatherDesk);
}
