use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "no_instructions.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
