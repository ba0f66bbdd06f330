use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather],
    crate = ::gpt_runtme,
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
