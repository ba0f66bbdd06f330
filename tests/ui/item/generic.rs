use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk<T>(T);

fn main() {
    serve(WeatherDesk(1));
}
