#![deny(warnings)]

use gpt_runtime::{Gpt, gpt};

use crate::actions::{pets, serve, weather};

macro_rules! desk {
    ($ident:ident, $name:literal, $text:expr, $word:ident, [$($action:path),*], $starters:expr) => {
        #[gpt(
            name = $name,
            description = $name,
            instructions = $text,
            visibility = $word,
            actions = [$($action),*],
            starters = $starters,
            privacy_policy = "https://example.com/privacy",
        )]
        struct $ident;
    };
}

desk!(
    WeatherDesk,
    "Weather Desk",
    "Answer briefly.",
    link,
    [weather, pets::GetPet],
    ["Rain?"]
);
desk!(
    TideDesk,
    "Tide Desk",
    concat!("Answer ", "briefly."),
    only_me,
    [],
    []
);

#[test]
fn it_works() {
    assert_eq!(WeatherDesk.definition().starters, ["Rain?"]);
    assert_eq!(WeatherDesk.definition().operations().count(), 3);
    serve(WeatherDesk);
    serve(TideDesk);
}
