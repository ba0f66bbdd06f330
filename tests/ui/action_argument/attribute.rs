use gpt_runtime::action;

/// Counts.
#[action]
fn count(#[allow(unused)] of: u32) -> u32 {
    1
}

fn main() {}
