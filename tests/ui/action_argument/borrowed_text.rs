use gpt_runtime::action;

/// Counts.
#[action]
fn count(of: &str) -> usize {
    of.len()
}

fn main() {}
