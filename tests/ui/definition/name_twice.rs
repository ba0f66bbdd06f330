use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(
    name = "Weather Desk",
    definition = "name_twice.md",
    actions = [weather],
)]
struct WeatherDesk;

fn main() {}
