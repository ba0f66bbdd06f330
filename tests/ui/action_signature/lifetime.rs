use gpt_runtime::action;

/// Counts.
#[action]
fn count<'a>(of: String) -> usize {
    of.len()
}

fn main() {}
