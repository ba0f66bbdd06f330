use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk(std::cell::Cell<u8>);

fn main() {
    serve(WeatherDesk(0.into()));
}
