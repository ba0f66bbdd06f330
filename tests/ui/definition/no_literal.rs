use gpt_runtime::gpt;

/// Forecasts and alerts.
#[gpt(definition = include_str!("no_name.md"))]
struct WeatherDesk;

fn main() {}
