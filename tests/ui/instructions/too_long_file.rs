use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = include_str!("too_long.md"),
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
