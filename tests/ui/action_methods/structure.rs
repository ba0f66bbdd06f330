use gpt_runtime::{actions, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.")]
struct Desk;

#[actions]
struct Other;

fn main() {
    serve(Desk);
}
