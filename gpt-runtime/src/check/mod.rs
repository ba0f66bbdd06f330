//! The assertions that `#[gpt]` makes at compile time about what only rustc can read.
//!
//! Each fails at the place of its caller, which is what the user wrote.

mod reference;
mod text;

use crate::action::Described;
use crate::function::Owner;
use crate::gpt::{BuiltInTool, Definition, Visibility};

pub(crate) use reference::next as next_reference;
use text::{Message, characters, equal, hash};

/// Characters of instructions; `gpt_macros` holds the same number for literals.
const INSTRUCTIONS: usize = 8000;

/// Texts of more bytes are too long without being counted: const evaluation is slow.
const COUNTED: usize = 100_000;

/// Instructions are neither empty nor too long.
#[track_caller]
pub const fn instructions(definition: &Definition) {
    fail_with(length(definition));
}

/// What instructions refer to as `{{getForecast}}` is a tool of the GPT.
#[track_caller]
pub const fn references(definition: &Definition) {
    fail_with(reference::wrong(definition));
}

/// What the file of a definition refers to is a tool of the GPT; `place` shows the reference and
/// ends where a help text goes on.
#[track_caller]
pub const fn reference(definition: &Definition, name: &str, place: &str) {
    fail_with(reference::wrong_in_file(definition, name, place));
}

/// The file of a definition was found.
#[track_caller]
pub const fn unread(name: &str) {
    Message::new("`")
        .text(name)
        .text("` is looked for beside the source file, and this code is in none")
        .text("\n= help: write the definition into the attribute")
        .fail();
}

/// A description is not empty.
#[track_caller]
pub const fn description(definition: &Definition) {
    fail_with(blank("description", definition.description));
}

/// A function that takes a reference to a GPT is listed by that GPT alone.
#[track_caller]
pub const fn belongs(definition: &Definition, entry: usize, name: &str, place: &str) {
    let mut operations = definition.actions[entry];
    while let [operation, rest @ ..] = operations {
        if let Some(function) = operation.function()
            && let Some(owner) = function.owner
            && !equal(owner.place, place)
        {
            Message::new("action `")
                .text(operation.id)
                .text("` belongs to `")
                .text(owner.name)
                .text("`\n= help: list it there, or let it take `&")
                .text(name)
                .text("`")
                .fail();
        }
        operations = rest;
    }
}

/// The methods with `#[action]` are among the actions of their type.
#[track_caller]
pub const fn methods(owner: Owner) {
    if !owner.lists_methods {
        Message::new("the actions of `")
            .text(owner.name)
            .text("` are not listed\n= help: add `Self` to `actions` in its `#[gpt]`")
            .fail();
    }
}

/// What is wrong with a definition that was not written with `#[gpt]`, in the same words.
pub(crate) fn problems(definition: &Definition) -> Vec<String> {
    let mut problems: Vec<String> = [
        blank("name", definition.name),
        blank("description", definition.description),
        length(definition),
        reference::wrong(definition),
    ]
    .iter()
    .flatten()
    .map(|message| message.as_str().to_owned())
    .collect();
    for (position, starter) in definition.starters.iter().enumerate() {
        if starter.trim().is_empty() {
            problems.push("starter is empty".to_owned());
        } else if definition
            .starters
            .iter()
            .take(position)
            .any(|it| it == starter)
        {
            problems.push(format!("duplicate starter `{starter}`"));
        }
    }
    for (position, tool) in definition.tools.iter().enumerate() {
        if definition.tools.iter().take(position).any(|it| it == tool) {
            problems.push(format!("duplicate tool `{}`", tool.name()));
        }
    }
    let is_shared = definition.visibility != Visibility::OnlyMe;
    if is_shared && definition.operations().next().is_some() && definition.privacy_policy.is_none()
    {
        let visibility = definition.visibility.name();
        problems.push(format!(
            "visibility `{visibility}` with actions needs a privacy policy"
        ));
    }
    problems
}

const fn length(definition: &Definition) -> Option<Message> {
    let text = definition.instructions;
    if let Some(message) = blank("instructions", text) {
        return Some(message);
    }
    let (count, unit, allowed) = if text.len() > COUNTED {
        (text.len(), " bytes, ", " characters are allowed")
    } else {
        (characters(text), " characters, ", " are allowed")
    };
    if count <= INSTRUCTIONS {
        return None;
    }
    let message = Message::new("instructions have ")
        .number(count)
        .text(unit)
        .number(INSTRUCTIONS)
        .text(allowed)
        .text("\n= help: shorten them, or move details into the descriptions of the actions");
    Some(message)
}

const fn blank(key: &str, text: &str) -> Option<Message> {
    if text.trim_ascii().is_empty() {
        return Some(Message::new("`").text(key).text("` is empty"));
    }
    None
}

#[track_caller]
const fn fail_with(message: Option<Message>) {
    if let Some(message) = message {
        message.fail();
    }
}

/// The room that [`action`] needs to find the operations of a definition.
pub const fn room(definition: &Definition) -> usize {
    let mut room = 1;
    let mut entries = definition.actions;
    while let [operations, rest @ ..] = entries {
        room += 2 * operations.len();
        entries = rest;
    }
    room
}

/// The operations of one entry of `actions` have tool names that neither the entries before it nor
/// the built-in tools have.
///
/// Operations are found by the hash of their names: comparing each with each takes rustc many
/// seconds for two modules of 500.
#[track_caller]
pub const fn action<const ROOM: usize>(definition: &Definition, entry: usize) {
    let mut table: [Option<&'static Described>; ROOM] = [None; ROOM];
    let mut index = 0;
    while index <= entry {
        let mut operations = definition.actions[index];
        while let [operation, rest @ ..] = operations {
            let place = find(&table, operation.tool.name);
            if index == entry {
                unlike_tools(operation, definition.tools);
                if let Some(other) = table[place] {
                    fail_twice(other, operation);
                }
            }
            table[place] = Some(operation);
            operations = rest;
        }
        index += 1;
    }
}

/// The place of the operation with this tool name, or the free one where it belongs.
const fn find(table: &[Option<&'static Described>], name: &str) -> usize {
    let mut place = hash(name) % table.len();
    while let Some(other) = table[place] {
        if equal(other.tool.name, name) {
            break;
        }
        place = (place + 1) % table.len();
    }
    place
}

#[track_caller]
const fn unlike_tools(operation: &Described, mut tools: &[BuiltInTool]) {
    while let [tool, rest @ ..] = tools {
        if equal(operation.tool.name, tool.name()) {
            Message::new("operation `")
                .text(operation.tool.name)
                .text("` of `")
                .text(operation.api.name)
                .text("` has the name of a built-in tool\n= help: list one of the two")
                .fail();
        }
        tools = rest;
    }
}

#[track_caller]
const fn fail_twice(earlier: &Described, operation: &Described) -> ! {
    let is_same = equal(earlier.api.name, operation.api.name) && equal(earlier.id, operation.id);
    if is_same {
        Message::new("operation `")
            .text(operation.tool.name)
            .text("` of `")
            .text(operation.api.name)
            .text("` is listed twice\n= help: name the module or single operations, not both")
            .fail();
    }
    if operation.function().is_some() && earlier.function().is_some() {
        Message::new("actions `")
            .text(earlier.id)
            .text("` and `")
            .text(operation.id)
            .text("` have the same name for the model, `")
            .text(operation.tool.name)
            .text("`\n= help: give one another name: `#[action(name = \"...\")]`")
            .fail();
    }
    Message::new("two operations have the tool name `")
        .text(operation.tool.name)
        .text("`: one of `")
        .text(earlier.api.name)
        .text("`, one of `")
        .text(operation.api.name)
        .text("`\n= help: name the operations you need one by one, and leave one of the two out")
        .fail()
}
