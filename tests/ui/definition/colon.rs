use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "colon.md", actions = [weather], visibility = link)]
struct WeatherDesk;

fn main() {}
