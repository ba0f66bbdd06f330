//! The `cargo gpt` command.
fn main() {}
