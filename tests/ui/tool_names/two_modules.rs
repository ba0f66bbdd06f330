use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{outlook, pets, serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather, pets, outlook],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
