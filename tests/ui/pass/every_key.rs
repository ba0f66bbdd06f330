#![deny(warnings)]

use gpt_runtime::gpt::{Category, Visibility};
use gpt_runtime::{Gpt, gpt};

use crate::actions::{pets, serve, weather};

#[gpt(
    name = "Weather Desk",
    description = "Forecasts and alerts.",
    instructions = include_str!("instructions.md"),
    starters = ["Will it rain in Denver?", "Any storms in Florida?"],
    tools = [web_search, image_generation, code_interpreter],
    actions = [weather, pets::ListPets],
    visibility = everyone,
    privacy_policy = "https://example.com/privacy",
    category = lifestyle,
    crate = ::gpt_runtime,
)]
struct WeatherDesk;

#[test]
fn it_works() {
    let definition = WeatherDesk.definition();
    assert_eq!(definition.name, "Weather Desk");
    assert_eq!(definition.description, "Forecasts and alerts.");
    assert_eq!(definition.instructions, include_str!("instructions.md"));
    assert_eq!(
        definition.starters,
        ["Will it rain in Denver?", "Any storms in Florida?"]
    );
    let tools: Vec<_> = definition.tools.iter().map(|tool| tool.name()).collect();
    assert_eq!(
        tools,
        ["web_search", "image_generation", "code_interpreter"]
    );
    let operations: Vec<_> = definition
        .operations()
        .map(|operation| operation.id)
        .collect();
    assert_eq!(operations, ["getForecast", "listAlerts", "listPets"]);
    assert_eq!(definition.visibility, Visibility::Everyone);
    assert_eq!(
        definition.privacy_policy,
        Some("https://example.com/privacy")
    );
    assert_eq!(definition.category, Some(Category::Lifestyle));
    serve(WeatherDesk);
}
