use gpt_runtime::action;

/// Counts.
#[action]
async fn count(of: Strin) -> usize {
    of.len()
}

fn main() {}
