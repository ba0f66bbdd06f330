//! A GPT that an action of another module takes by reference.

use gpt_runtime::gpt;

/// A desk.
#[gpt(name = "Desk", instructions = "Use {{everything}}.", actions = [super::actions_in_rust::everything])]
pub(crate) struct Desk;

#[test]
fn it_is_listed_under_its_own_name() {
    use gpt_runtime::Gpt;
    let instructions = Desk.definition().instructions_with_tool_names();
    assert_eq!(instructions, "Use all-of-it.");
}
