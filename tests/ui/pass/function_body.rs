#![deny(warnings)]

use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

fn main() {
    mod local {
        pub use super::actions::weather;
    }
    use local::weather as forecasts;
    const TEXT: &str = "Answer briefly.";

    /// Forecasts.
    #[gpt(
        name = "Weather Desk",
        instructions = TEXT,
        actions = [forecasts::GetForecast, local::weather::ListAlerts, self::actions::pets],
    )]
    struct WeatherDesk;

    serve(WeatherDesk);
}
