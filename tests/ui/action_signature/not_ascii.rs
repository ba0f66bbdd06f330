use gpt_runtime::action;

/// Counts.
#[action]
fn zähle() -> usize {
    1
}

fn main() {}
