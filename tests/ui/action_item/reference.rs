use gpt_runtime::{action, gpt};

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Counts.
#[action]
fn count() -> u32 {
    1
}

/// A desk.
#[gpt(name = "Desk", instructions = "Use {{cuont}}.", actions = [count])]
struct Desk;

fn main() {
    serve(Desk);
}
