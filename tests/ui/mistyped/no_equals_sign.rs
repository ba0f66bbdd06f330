use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name,
    instructions = "Answer briefly.",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
