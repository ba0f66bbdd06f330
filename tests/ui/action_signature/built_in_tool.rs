use gpt_runtime::action;

/// Counts.
#[action]
fn web_search(words: String) -> usize {
    words.len()
}

fn main() {}
