use gpt_runtime::action;

/// Counts.
#[action(name = 1)]
fn count() -> u32 {
    1
}

fn main() {}
