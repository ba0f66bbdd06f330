use gpt_runtime::action;

/// Counts.
#[action]
fn count((of, more): (u32, u32)) -> u32 {
    of + more
}

fn main() {}
