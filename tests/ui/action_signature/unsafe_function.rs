use gpt_runtime::action;

/// Counts.
#[action]
unsafe fn count() -> usize {
    1
}

fn main() {}
