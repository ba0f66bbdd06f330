use gpt_runtime::action;

/// Counts.
#[action]
fn count(desk: &mut Desk) -> usize {
    std::mem::take(&mut desk.0)
}
struct Desk(usize);

fn main() {}
