use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{outlook, serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather::GetForecast, outlook::GetForecast],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
