use gpt_runtime::action;

/// Counts.
#[action]
async fn count(of: Vec<Order>) -> usize {
    of.iter().map(|it| it.amount).sum()
}

struct Order {
    amount: usize,
}

fn main() {}
