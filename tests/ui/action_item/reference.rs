use gpt_runtime::{action, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

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
