#![deny(warnings)]
#![allow(non_camel_case_types)]

use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

mod r#type {
    pub use crate::actions::weather as r#match;
}

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [r#type::r#match],
)]
struct r#struct;

fn main() {
    serve(r#struct);
}
