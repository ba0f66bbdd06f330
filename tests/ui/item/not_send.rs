use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
)]
struct WeatherDesk(std::rc::Rc<str>);

fn main() {
    serve(WeatherDesk("".into()));
}
