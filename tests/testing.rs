//! The test kit: what passes, and what a test that fails says.

#[path = "testing/assertions.rs"]
mod assertions;
#[path = "testing/recordings.rs"]
mod recordings;
#[path = "testing/turns.rs"]
mod turns;

use gpt_runtime::{gpt, testing::Answer};
use serde_json::{Value, json};

gpt_runtime::include_actions!(pub(crate) shop);

/// Mugs, plates and teapots.
#[gpt(
    name = "Corner Shop",
    instructions = "Look products up before you sell them.",
    actions = [shop],
)]
struct CornerShop;

/// A product of the shop, as its API has it.
fn mug() -> Value {
    json!({
        "productId": "mug-blue",
        "name": "Blue mug",
        "category": "mugs",
        "color": "blue",
        "price": "9.50",
        "stock": 12,
    })
}

/// What a search finds.
fn found() -> Answer {
    Answer::json(json!({ "products": [mug()] }))
}

/// An error without the line of the test that it points at.
fn shown(error: &gpt_runtime::Error) -> String {
    let text = error.to_string();
    let (place, rest) = text.split_once(": ").unwrap();
    let (file, line) = place.rsplit_once(':').unwrap();
    assert!(file.contains("testing"), "{text}");
    assert!(line.parse::<u32>().is_ok(), "{text}");
    rest.to_owned()
}
