use gpt_runtime::action;

/// Counts.
#[action]
fn count(of: &[String]) -> usize {
    of.len()
}

fn main() {}
