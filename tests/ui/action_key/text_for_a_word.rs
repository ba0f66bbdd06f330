use gpt_runtime::action;

/// Counts.
#[action(consequential = "false")]
fn count() -> u32 {
    1
}

fn main() {}
