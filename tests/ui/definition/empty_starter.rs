use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "empty_starter.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
