use gpt_runtime::gpt;

fn serve(_: impl gpt_runtime::Gpt) {}

/// A desk.
#[gpt(name = "Desk", instructions = "Count.", actions = [Self])]
struct Desk;

fn main() {
    serve(Desk);
}
