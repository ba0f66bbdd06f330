use gpt_runtime::gpt;

#[macro_use]
#[path = "../actions.rs"]
mod actions;
use actions::serve;

module!(weather: GetForecast = "getForecast");

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [wether::GetForecast],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
