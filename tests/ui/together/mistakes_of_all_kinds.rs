use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{outlook, serve, weather};

#[gpt(
    nmae = "Weather Desk",
    instructions = concat!(""),
    instructions = "Twice.",
    tools = [web_serch],
    actions = [weather, outlook::GetForecast, weather],
    visibility = everyone,
    starters = [""],
    privacy_policy = 7,
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
