use gpt_runtime::action;

/// Orders.
#[action]
async fn order(name: String) -> std::io::Result<String> {
    std::fs::read_to_string(name)
}

fn main() {}
