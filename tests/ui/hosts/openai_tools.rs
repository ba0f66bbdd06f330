use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{library, serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [openai],
    actions = [weather, library],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
