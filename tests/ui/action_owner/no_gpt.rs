use gpt_runtime::{action, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

struct Shop(u32);

/// Counts.
#[action]
fn count(shop: &Shop) -> u32 {
    shop.0
}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [count])]
struct Desk;

fn main() {
    serve(Desk);
}
