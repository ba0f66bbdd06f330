use gpt_runtime::action;

/// Counts.
#[action(name = "code_interpreter")]
fn count() -> u32 {
    1
}

fn main() {}
