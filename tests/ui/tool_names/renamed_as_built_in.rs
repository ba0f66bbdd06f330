use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{pets, serve};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    tools = [web_search],
    actions = [pets::ListPets(name = "web_search")],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
