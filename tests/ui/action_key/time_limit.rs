use gpt_runtime::action;

/// Counts.
#[action(time_limit = 0)]
fn count() -> u32 {
    1
}

fn main() {}
