use gpt_runtime::action;

struct Desk;

#[action]
impl Desk {}

fn main() {}
