use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "list_instead_of_text.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
