use gpt_runtime::action;

/// Orders.
#[action]
fn order(desk: &Desk) -> &str {
    &desk.0
}
struct Desk(String);

fn main() {}
