use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

#[gpt(
    nmae = "Weather Desk",
    instructions = MISSING,
    instructions = "Twice.",
    tools = [web_serch],
    actions = [wether, weather::GetForcast],
    visibility = everyone,
    starters = [""],
    privacy_policy = 7,
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
