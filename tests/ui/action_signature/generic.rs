use gpt_runtime::action;

/// Counts.
#[action]
fn count<T: Default>(of: Vec<T>) -> usize {
    of.len()
}

fn main() {}
