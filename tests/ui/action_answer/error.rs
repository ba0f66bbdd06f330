use gpt_runtime::action;

/// Orders.
#[action]
async fn order(name: String) -> Result<String, std::io::Error> {
    std::fs::read_to_string(name)
}

fn main() {}
