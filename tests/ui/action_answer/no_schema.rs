use gpt_runtime::{ActionError, action};

/// Orders.
#[action]
async fn order(amount: u32) -> Result<Order, ActionError> {
    if amount == 0 {
        return Err(ActionError::new("order something"));
    }
    Ok(Order { amount })
}

struct Order {
    amount: u32,
}

fn main() {}
