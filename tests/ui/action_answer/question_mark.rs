use gpt_runtime::{ActionError, action};

/// Orders.
#[action]
async fn order(name: String) -> Result<String, ActionError> {
    Ok(std::fs::read_to_string(name)?)
}

fn main() {}
