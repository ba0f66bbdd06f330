#![deny(warnings)]
#![no_implicit_prelude]

use crate::actions::serve;
use ::gpt_runtime::gpt;

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = TEXT,
    starters = ["Will it rain?"],
    tools = [web_search],
    actions = [actions::all, actions::all_the_rest],
    visibility = link,
    privacy_policy = "https://example.com/privacy",
)]
struct WeatherDesk;

const TEXT: &::core::primitive::str = "Answer briefly.";

#[allow(non_camel_case_types, dead_code)]
struct str;
#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
trait Send {}

mod actions {
    pub mod all {
        pub const OPERATIONS: &[&::gpt_runtime::action::Described] = &[];
    }
    pub use all as all_the_rest;
}

#[::core::prelude::v1::test]
fn it_works() {
    serve(WeatherDesk);
}
