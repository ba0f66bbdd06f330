use gpt_runtime::action;

#[doc = include_str!("../pass/description.md")]
#[action]
fn count() -> u32 {
    1
}

fn main() {}
