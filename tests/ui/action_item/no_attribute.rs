use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::serve;

/// Counts.
fn count() -> u32 {
    1
}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [count])]
struct Desk;

fn main() {
    count();
    serve(Desk);
}
