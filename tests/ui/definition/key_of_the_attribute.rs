use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(definition = "key_of_the_attribute.md", actions = [weather])]
struct WeatherDesk;

fn main() {}
