//! Starts a server with 1,000 operations, says what that took, and ends.

use std::time::Instant;

use gpt_runtime::gpt;

gpt_runtime::include_actions!(many);

/// Knows resources.
#[gpt(name = "Resources", instructions = "Answer briefly.", actions = [many])]
struct Resources;

#[tokio::main]
async fn main() -> Result<(), gpt_runtime::Error> {
    gpt_bench_runtime::startup::run(Resources, Instant::now()).await
}
