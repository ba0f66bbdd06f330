use gpt_runtime::gpt;

gpt_runtime::include_actions!(greeter);

/// Greets people.
#[gpt(
    name = "Greeter",
    instructions = "Greet whoever asks.",
    starters = ["Greet Ada."],
    actions = [greeter],
)]
struct Greeter;

#[tokio::main]
async fn main() -> Result<(), gpt_runtime::Error> {
    gpt_runtime::serve(Greeter).await
}
