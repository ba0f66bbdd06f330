use gpt_runtime::{actions, gpt};

#[path = "../actions.rs"]
mod support;
use support::serve;

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self])]
struct Desk;

#[actions]
impl Desk {
    /// Counts.
    pub fn count(&self) -> u32 {
        1
    }
}

fn main() {
    serve(Desk);
}
