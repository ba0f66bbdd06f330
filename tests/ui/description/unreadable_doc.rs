use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

#[doc = include_str!("../pass/description.md")]
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
