use gpt_runtime::action;

/// Counts.
#[action(name = "count all")]
fn count() -> u32 {
    1
}

fn main() {}
