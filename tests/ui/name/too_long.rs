use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk Weather Desk Weather Desk Weather Desk Weather Desk Weather Desk Weather Desk Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
