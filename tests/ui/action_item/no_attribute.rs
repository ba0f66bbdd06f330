use gpt_runtime::gpt;

fn serve(_: impl gpt_runtime::Gpt) {}

/// Counts.
fn count() -> u32 {
    1
}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [count])]
struct Desk;

fn main() {
    count();
    serve(Desk);
}
