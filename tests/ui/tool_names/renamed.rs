use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{pets, serve, weather};

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [weather::ListAlerts, pets::ListPets(name = "listAlerts")],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
