use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    hosts = [chatgpt],
    description = "Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts. Forecasts.",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
