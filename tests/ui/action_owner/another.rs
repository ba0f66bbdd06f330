use gpt_runtime::{action, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// Counts.
#[action]
fn count(shop: &Shop) -> u32 {
    shop.0
}

/// A shop.
#[gpt(name = "Shop", instructions = "Count.", actions = [count])]
struct Shop(u32);

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [count])]
struct Desk;

fn main() {
    serve(Shop(1));
    serve(Desk);
}
