use gpt_runtime::action;

/// Counts.
#[action(name = "a", name = "b")]
fn count() -> u32 {
    1
}

fn main() {}
