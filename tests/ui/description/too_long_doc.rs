use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
/// Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
