use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = FAR_TOO_LONG,
)]
struct WeatherDesk;

const FAR_TOO_LONG: &str = match std::str::from_utf8(&[b'a'; 1_000_000]) {
    Ok(text) => text,
    Err(_) => "",
};

fn main() {
    serve(WeatherDesk);
}
