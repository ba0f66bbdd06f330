use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{search, serve};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    tools = [code_interpreter, web_search],
    actions = [search],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
