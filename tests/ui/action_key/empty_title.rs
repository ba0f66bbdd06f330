use gpt_runtime::action;

/// Counts.
#[action(title = " ")]
fn count() -> u32 {
    1
}

fn main() {}
