#![deny(warnings)]
#![allow(non_camel_case_types)]

use gpt_runtime::gpt;

use crate::actions::serve;

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

#[test]
fn it_works() {
    serve(r#struct);
}
