use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "misspelt_name.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
