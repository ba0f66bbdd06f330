use gpt_runtime::gpt;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
fn weather_desk() {}

fn main() {}
