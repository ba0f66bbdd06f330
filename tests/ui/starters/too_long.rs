use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    starters = ["Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain? Will it rain?"],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
