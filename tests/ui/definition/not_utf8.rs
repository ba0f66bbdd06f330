use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "not_utf8.txt", actions = [weather])]
struct WeatherDesk;

fn main() {}
