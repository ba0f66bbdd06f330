use gpt_runtime::{actions, gpt};

fn serve(_: impl gpt_runtime::Gpt) {}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self])]
struct Desk;

#[actions]
impl Desk {
    /// Counts.
    #[action]
    fn count(&self) -> u32 {
        1
    }
}

#[actions]
impl Desk {
    /// Counts more.
    #[action]
    fn count_more(&self) -> u32 {
        2
    }
}

fn main() {
    serve(Desk);
}
