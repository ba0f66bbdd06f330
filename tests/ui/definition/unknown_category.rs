use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "unknown_category.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
