//! References of instructions to tools: `{{getForecast}}`.

use super::{
    near::distance,
    text::{Message, equal},
};
use crate::gpt::{BuiltInTool, Definition};

/// How many operations are listed where none is near.
const LISTED: usize = 10;

/// The next reference of a text from a byte on: where its name begins and ends. The braces stand
/// two bytes before and after.
///
/// A name has letters, digits, `_`, `-` and `.`; other braces are text.
pub(crate) const fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = from + 2;
    while start < bytes.len() {
        if bytes[start - 2] == b'{' && bytes[start - 1] == b'{' {
            let mut end = start;
            while end < bytes.len() && is_name(bytes[end]) {
                end += 1;
            }
            if end > start && end + 1 < bytes.len() && bytes[end] == b'}' && bytes[end + 1] == b'}'
            {
                return Some((start, end));
            }
        }
        start += 1;
    }
    None
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The first reference to what the GPT does not have.
pub(super) const fn wrong(definition: &Definition) -> Option<Message> {
    let text = definition.instructions;
    let mut from = 0;
    while let Some((start, end)) = next(text, from) {
        let (before, rest) = text.split_at(start);
        let (name, _) = rest.split_at(end - start);
        if !is_known(definition, name) {
            let message = Message::new("instructions, line ")
                .number(line(before))
                .text(": `{{")
                .text(name)
                .text("}}` is no tool here\n= help: ");
            return Some(with_help(message, definition, name));
        }
        from = end;
    }
    None
}

/// A reference at a place in the file of a definition, when the GPT does not have what it names.
pub(super) const fn wrong_in_file(
    definition: &Definition,
    name: &str,
    place: &str,
) -> Option<Message> {
    if is_known(definition, name) {
        return None;
    }
    let message = Message::new("`{{")
        .text(name)
        .text("}}` is no tool here\n")
        .text(place);
    Some(with_help(message, definition, name))
}

/// Adds what to write instead.
const fn with_help(message: Message, definition: &Definition, name: &str) -> Message {
    if is_tool(&BuiltInTool::ALL, name) {
        return message.text("add it to `tools`, or leave the braces out");
    }
    match nearest(definition, name) {
        Some(near) => message
            .text("write `{{")
            .text(near)
            .text("}}`, which is the nearest of its operations"),
        None => with_operations(message, definition),
    }
}

/// Adds which operations there are, as many as a line holds.
const fn with_operations(mut message: Message, definition: &Definition) -> Message {
    let mut count = 0;
    let mut entries = definition.actions;
    while let [set, rest @ ..] = entries {
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            if count < LISTED {
                let lead = if count == 0 {
                    "its operations are `{{"
                } else {
                    ", `{{"
                };
                message = message.text(lead).text(operation.id).text("}}`");
            }
            count += 1;
            operations = rest;
        }
        entries = rest;
    }
    if count == 0 {
        message.text("it has no actions: list them in `actions`, or leave the braces out")
    } else if count > LISTED {
        message.text(" and ").number(count - LISTED).text(" more")
    } else {
        message
    }
}

const fn line(before: &str) -> usize {
    let mut bytes = before.as_bytes();
    let mut line = 1;
    while let [byte, rest @ ..] = bytes {
        if *byte == b'\n' {
            line += 1;
        }
        bytes = rest;
    }
    line
}

/// Whether a name is that of a built-in tool, or the id or tool name of an operation.
const fn is_known(definition: &Definition, name: &str) -> bool {
    if is_tool(definition.tools, name) {
        return true;
    }
    let mut entries = definition.actions;
    while let [set, rest @ ..] = entries {
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            if equal(operation.id, name) || equal(set.tool_name(operation), name) {
                return true;
            }
            operations = rest;
        }
        entries = rest;
    }
    false
}

const fn is_tool(mut tools: &[BuiltInTool], name: &str) -> bool {
    while let [tool, rest @ ..] = tools {
        if equal(tool.name(), name) {
            return true;
        }
        tools = rest;
    }
    false
}

/// The operation whose id was perhaps meant.
const fn nearest(definition: &Definition, name: &str) -> Option<&'static str> {
    let mut best: Option<&'static str> = None;
    let mut least = name.len() / 3 + 1;
    let mut entries = definition.actions;
    while let [set, rest @ ..] = entries {
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            let distance = distance(operation.id, name);
            if distance < least {
                least = distance;
                best = Some(operation.id);
            }
            operations = rest;
        }
        entries = rest;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn references_are_names_in_two_braces() {
        let found = |text: &'static str| {
            let mut found = Vec::new();
            let mut from = 0;
            while let Some((start, end)) = next(text, from) {
                found.push(&text[start..end]);
                from = end;
            }
            found
        };
        assert_eq!(
            found("Call {{getPoint}}, then {{get-forecast.v2}}."),
            ["getPoint", "get-forecast.v2"]
        );
        assert_eq!(found("{{a}}{{b}}"), ["a", "b"]);
        assert_eq!(found("{{{a}}}"), ["a"]);
        for text in [
            "", "{{", "{{}}", "{{a", "{{a}", "{a}", "{{ a }}", "{{#if}}", "{{ü}}",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
