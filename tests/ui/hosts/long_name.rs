use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk of the United States and its Territories",
    instructions = "Answer briefly.",
    hosts = [mcp, chatgpt],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
