#![deny(warnings)]

use crate::actions::serve;

mod inner {
    use gpt_runtime::gpt;

    /// Forecasts.
    #[gpt(
        name = "Weather Desk",
        instructions = super::TEXT,
        actions = [super::super::actions::weather::GetForecast, crate::actions::pets],
    )]
    pub struct WeatherDesk;

    mod actions {
        pub const OPERATIONS: &[&gpt_runtime::action::Described] = &[];

        /// Nothing.
        #[gpt_runtime::gpt(name = "Nothing", instructions = "Nothing.", actions = [self])]
        pub struct Nothing;
    }
    pub use actions::Nothing;
}

const TEXT: &str = concat!("Answer ", "briefly.");

#[test]
fn it_works() {
    serve(inner::WeatherDesk);
    serve(inner::Nothing);
}
