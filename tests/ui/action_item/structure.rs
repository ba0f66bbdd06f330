use gpt_runtime::action;

/// A desk.
#[action]
struct Desk;

fn main() {}
