use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Call {{getAlerts}} for warnings.",
    actions = [weather::GetForecast],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
