//! The assertions that `#[gpt]` makes at compile time about what only rustc can read.
//!
//! Each fails at the place of its caller, which is what the user wrote.

mod address;
mod described;
mod hosts;
mod near;
mod problems;
mod reference;
mod settings;
mod text;
mod tokens;

use crate::action::Described;
use crate::function::Owner;
use crate::gpt::{ActionSet, BuiltInTool, Definition};

pub(crate) use problems::problems;
pub(crate) use reference::next as next_reference;
use text::{Message, characters, equal, hash};
pub(crate) use tokens::cost;

/// Characters of instructions; `gpt_macros` holds these numbers for literals.
const INSTRUCTIONS: usize = 8000;

/// Characters of a name: a list of GPTs has it on one line.
const NAME: usize = 100;

/// Characters of a description: a list of GPTs shows it whole.
const DESCRIPTION: usize = 1000;

/// Characters of a starter: it is a button.
const STARTER: usize = 1000;

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

/// A name is not too long for the hosts.
#[track_caller]
pub const fn name(definition: &Definition) {
    fail_with(hosts::name(definition));
}

/// A function that takes a reference to a GPT is listed by that GPT alone.
#[track_caller]
pub const fn belongs(definition: &Definition, entry: usize, name: &str, place: &str) {
    let mut operations = definition.actions[entry].operations;
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

/// A description is neither empty nor too long.
#[track_caller]
pub const fn description(definition: &Definition) {
    fail_with(described_badly(definition));
    fail_with(hosts::description(definition));
}

/// People find the GPT where its hosts list it.
#[track_caller]
pub const fn visibility(definition: &Definition) {
    fail_with(hosts::visibility(definition));
}

/// A name or description is set for one operation.
#[track_caller]
pub const fn one_operation(definition: &Definition, entry: usize) {
    fail_with(settings::one_operation(&definition.actions[entry]));
}

/// Calls of an entry of `actions` ask no less than their descriptions demand.
#[track_caller]
pub const fn confirm(definition: &Definition, entry: usize) {
    fail_with(settings::confirm(definition, entry));
}

/// Calls of an entry of `actions` are signed as their descriptions allow.
#[track_caller]
pub const fn authentication(definition: &Definition, entry: usize) {
    fail_with(settings::authentication(definition, entry));
}

/// Instructions and tools cost no more than is allowed.
#[track_caller]
pub const fn tokens(definition: &Definition) {
    fail_with(tokens::wrong(definition));
}

const fn described_badly(definition: &Definition) -> Option<Message> {
    let wrong = blank("description", definition.description);
    if wrong.is_some() {
        return wrong;
    }
    too_long("`description`", definition.description, DESCRIPTION)
}

const fn too_long(what: &str, text: &str, limit: usize) -> Option<Message> {
    if text.len() <= limit {
        return None;
    }
    let count = characters(text);
    if count <= limit {
        return None;
    }
    let message = Message::new(what)
        .text(" has ")
        .number(count)
        .text(" characters, ")
        .number(limit)
        .text(" are allowed\n= help: shorten it");
    Some(message)
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
        let message = Message::new("`").text(key).text("` is empty");
        return Some(message.text("\n= help: write a text there"));
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
    while let [set, rest @ ..] = entries {
        room += 2 * set.operations.len();
        entries = rest;
    }
    room
}

/// The operations of one entry of `actions` have tool names that neither the entries before it nor
/// the built-in tools have, can be signed, and are what the hosts take.
#[track_caller]
pub const fn action<const ROOM: usize>(definition: &Definition, entry: usize) {
    fail_with(clash::<ROOM>(definition, entry));
    fail_with(settings::place(&definition.actions[entry]));
    fail_with(hosts::action(definition, entry));
}

/// Operations are found by the hash of their names: comparing each with each takes rustc many
/// seconds for two modules of 500.
const fn clash<const ROOM: usize>(definition: &Definition, entry: usize) -> Option<Message> {
    let mut table: [Option<Named>; ROOM] = [None; ROOM];
    let mut index = 0;
    while index <= entry {
        let set = &definition.actions[index];
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            let named = Named::of(set, operation);
            let place = find(&table, named.name);
            if index == entry {
                if is_tool(named.name, definition.tools) {
                    return Some(like_a_tool(&named));
                }
                if let Some(other) = &table[place] {
                    return Some(twice(other, &named));
                }
            }
            table[place] = Some(named);
            operations = rest;
        }
        index += 1;
    }
    None
}

/// An operation and what the model calls it.
#[derive(Clone, Copy)]
struct Named {
    name: &'static str,
    operation: &'static Described,
}

impl Named {
    const fn of(set: &ActionSet, operation: &'static Described) -> Self {
        Self {
            name: set.tool_name(operation),
            operation,
        }
    }
}

/// The place of the operation with this tool name, or the free one where it belongs.
const fn find(table: &[Option<Named>], name: &str) -> usize {
    let mut place = hash(name) % table.len();
    while let Some(other) = &table[place] {
        if equal(other.name, name) {
            break;
        }
        place = (place + 1) % table.len();
    }
    place
}

const fn is_tool(name: &str, mut tools: &[BuiltInTool]) -> bool {
    while let [tool, rest @ ..] = tools {
        if equal(name, tool.name()) {
            return true;
        }
        tools = rest;
    }
    false
}

const fn like_a_tool(named: &Named) -> Message {
    settings::of(Message::new(""), named.operation)
        .text(" has the name of a built-in tool")
        .text("\n= help: list one of the two, or set another `name` for the operation")
}

const fn twice(earlier: &Named, named: &Named) -> Message {
    let (first, second) = (earlier.operation, named.operation);
    if equal(first.api.name, second.api.name) && equal(first.id, second.id) {
        return settings::of(Message::new(""), second)
            .text(" is listed twice")
            .text("\n= help: name the module or single operations, not both");
    }
    if first.function().is_some() && second.function().is_some() {
        return Message::new("actions `")
            .text(first.id)
            .text("` and `")
            .text(second.id)
            .text("` are both `")
            .text(named.name)
            .text("` to the model\n= help: give one another name: `#[action(name = \"...\")]`");
    }
    let message = Message::new("two operations are called `")
        .text(named.name)
        .text("`\n= help: leave one out, or set another `name` for it\n= note: they are ");
    settings::of(settings::of(message, first).text(" and "), second)
}
