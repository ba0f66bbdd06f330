use gpt_runtime::action;

/// Counts.
#[action]
fn count(of: impl ToString) -> usize {
    of.to_string().len()
}

fn main() {}
