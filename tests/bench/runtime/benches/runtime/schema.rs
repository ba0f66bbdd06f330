//! What a model is shown of a tool.

use divan::black_box;
use gpt_bench_runtime::orders::PlaceOrder;
use gpt_runtime::{action::Action, schema};

/// After the first time, which parses it.
#[divan::bench]
fn parameters() -> serde_json::Value {
    schema::parameters(black_box(PlaceOrder::operation()))
}

/// As a text, which is what is sent to a model.
#[divan::bench]
fn parameters_as_text() -> String {
    schema::parameters(black_box(PlaceOrder::operation())).to_string()
}
