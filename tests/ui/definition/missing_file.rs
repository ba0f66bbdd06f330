use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "nowhere.md", actions = [weather], visibility = link)]
struct WeatherDesk;

fn main() {}
