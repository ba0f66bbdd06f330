use gpt_runtime::action;

/// Orders.
#[action]
fn order(amount: u32) -> Order {
    Order { amount }
}

struct Order {
    amount: u32,
}

fn main() {}
