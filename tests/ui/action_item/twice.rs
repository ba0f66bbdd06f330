use gpt_runtime::{action, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// Counts.
#[action]
fn count() -> u32 {
    1
}

/// Counts too.
#[action(name = "count")]
fn count_all() -> u32 {
    1
}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [count, count_all])]
struct Desk;

fn main() {
    serve(Desk);
}
