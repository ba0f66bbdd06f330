#![deny(warnings)]

use gpt_runtime::gpt::Category;
use gpt_runtime::{Gpt, gpt};

use crate::actions::{serve, weather};

#[gpt(definition = "definition.md", actions = [weather])]
struct WeatherDesk;

/// Forecasts.
#[gpt(definition = "crlf.txt")]
struct Windows;

/// Forecasts.
#[gpt(name = "Plain", definition = "plain.md")]
struct Plain;

/// Forecasts.
#[gpt(definition = "keys.md", instructions = include_str!("instructions.md"))]
struct Keys;

#[test]
fn it_works() {
    let definition = WeatherDesk.definition();
    assert_eq!(definition.name, "Weather Desk");
    assert_eq!(
        definition.description,
        "Forecasts: for any place, and alerts."
    );
    assert_eq!(
        definition.instructions,
        "    # Indented\n\nCall {{getForecast}} first.\n\n---\n\nThen answer."
    );
    assert_eq!(
        definition.starters,
        [
            "Will it rain in Denver tomorrow?",
            "Any alerts in zone #12?",
            "It's \"wet\"",
            "42"
        ]
    );
    assert_eq!(
        definition.privacy_policy,
        Some("https://example.com/privacy")
    );
    assert_eq!(definition.category, Some(Category::Lifestyle));
    serve(WeatherDesk);
}

#[test]
fn lines_may_end_as_on_windows() {
    let definition = Windows.definition();
    assert_eq!(definition.name, "Wetter für alle");
    assert_eq!(definition.starters, ["Regnet es?"]);
    assert_eq!(definition.instructions, "One.\n\nTwo.");
}

#[test]
fn front_matter_and_instructions_are_optional() {
    assert_eq!(Plain.definition().instructions, "Answer in one sentence.");
    assert_eq!(Keys.definition().name, "Keys");
    assert_eq!(
        Keys.definition().instructions,
        include_str!("instructions.md")
    );
}
