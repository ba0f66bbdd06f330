#[path = "../actions.rs"]
mod actions;
use actions::serve;

struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
