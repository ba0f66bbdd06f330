use gpt_runtime::{actions, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self::count])]
struct Desk;

#[actions]
impl Desk {
    /// Counts.
    #[action]
    fn count(&self) -> u32 {
        1
    }
}

fn main() {
    serve(Desk);
}
