#![deny(warnings)]

use gpt_runtime::gpt;

macro_rules! desk {
    ($ident:ident, $name:literal, $text:expr, $word:ident) => {
        #[gpt(name = $name, description = $name, instructions = $text, visibility = $word)]
        struct $ident;
    };
}

desk!(WeatherDesk, "Weather Desk", "Answer briefly.", link);
desk!(TideDesk, "Tide Desk", concat!("Answer ", "briefly."), only_me);

fn main() {
    fn serve(_: impl gpt_runtime::Gpt) {}
    serve(WeatherDesk);
    serve(TideDesk);
}
