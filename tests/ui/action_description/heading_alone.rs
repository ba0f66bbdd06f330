use gpt_runtime::action;

/// # Panics
///
/// Never.
#[action]
fn count() -> u32 {
    1
}

fn main() {}
