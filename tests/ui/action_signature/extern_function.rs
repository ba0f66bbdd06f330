use gpt_runtime::action;

/// Counts.
#[action]
extern "C" fn count() -> usize {
    1
}

fn main() {}
