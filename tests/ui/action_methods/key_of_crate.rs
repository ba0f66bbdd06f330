use gpt_runtime::{actions, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self])]
struct Desk;

#[actions]
impl Desk {
    /// Counts.
    #[action(crate = gpt_runtime)]
    fn count(&self) -> u32 {
        1
    }
}

fn main() {
    serve(Desk);
}
