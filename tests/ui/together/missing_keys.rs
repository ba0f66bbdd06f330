use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

#[gpt]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
