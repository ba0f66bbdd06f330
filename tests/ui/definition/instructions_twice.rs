use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::weather;

/// Forecasts and alerts.
#[gpt(
    definition = "instructions_twice.md",
    instructions = "Answer in one sentence.",
    actions = [weather],
)]
struct WeatherDesk;

fn main() {}
