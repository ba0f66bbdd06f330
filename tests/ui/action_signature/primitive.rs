use gpt_runtime::action;

/// Counts.
#[action]
fn str() -> usize {
    1
}

fn main() {}
