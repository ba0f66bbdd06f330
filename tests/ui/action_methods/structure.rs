use gpt_runtime::{actions, gpt};

#[path = "../actions.rs"]
mod support;
use support::serve;

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self])]
struct Desk;

#[actions]
struct Other;

fn main() {
    serve(Desk);
}
