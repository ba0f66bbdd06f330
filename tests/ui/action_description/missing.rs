use gpt_runtime::action;

#[action]
fn count() -> u32 {
    1
}

fn main() {}
