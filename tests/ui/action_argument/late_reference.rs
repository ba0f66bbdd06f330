use gpt_runtime::action;

/// Counts.
#[action]
fn count(more: u32, desk: &Desk) -> u32 {
    more + desk.0
}
struct Desk(u32);

fn main() {}
