use gpt_runtime::action;

/// Counts.
#[action(= 1)]
fn count() -> u32 {
    1
}

fn main() {}
