use gpt_runtime::action;

/// Counts.
#[action(reed_only)]
fn count() -> u32 {
    1
}

fn main() {}
