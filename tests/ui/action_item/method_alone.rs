use gpt_runtime::action;

struct Desk;

impl Desk {
    /// Counts.
    #[action]
    fn count(&self) -> u32 {
        1
    }
}

fn main() {
    Desk.count();
}
