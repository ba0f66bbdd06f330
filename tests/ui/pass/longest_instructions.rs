#![deny(warnings)]

use crate::actions::serve;
use gpt_runtime::gpt;

/// Forecasts.
#[gpt(name = "Weather Desk", instructions = include_str!("eight_thousand.md"))]
struct WeatherDesk;

#[test]
fn it_works() {
    serve(WeatherDesk);
}
