use gpt_runtime::action;

/// Counts.
#[action(read_only = true)]
fn count() -> u32 {
    1
}

fn main() {}
