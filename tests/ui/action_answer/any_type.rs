use gpt_runtime::action;

/// Orders.
#[action]
async fn order() -> impl ToString {
    1
}

fn main() {}
