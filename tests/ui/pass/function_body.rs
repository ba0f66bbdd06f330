#![deny(warnings)]

use gpt_runtime::gpt;

use crate::actions::serve;

#[test]
fn it_works() {
    mod local {
        pub use crate::actions::weather;
    }
    use local::weather as forecasts;
    const TEXT: &str = "Answer briefly.";

    /// Forecasts.
    #[gpt(
        name = "Weather Desk",
        instructions = TEXT,
        actions = [forecasts::GetForecast, local::weather::ListAlerts, crate::actions::pets],
    )]
    struct WeatherDesk;

    serve(WeatherDesk);
}
