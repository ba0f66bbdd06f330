use gpt_runtime::actions;

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
    Desk.count();
}
