#![deny(warnings)]

use gpt_runtime::gpt;

/// Forecasts.
#[gpt(name = "Weather Desk", instructions = include_str!("eight_thousand.md"))]
struct WeatherDesk;

fn main() {
    fn serve(_: impl gpt_runtime::Gpt) {}
    serve(WeatherDesk);
}
