//! Three mistakes: a visibility that there is not, and two that only rustc sees.

use gpt_runtime::gpt;

gpt_runtime::include_actions!(pets);

/// Knows all pets.
#[gpt(definition = "gpt.md", actions = [pets], visibility = shared)]
struct PetDesk;

fn main() {
    let number: u8 = "one";
    println!("{number}");
    let _ = (PetDesk, pets::ListPet::default());
}
