//! The assertions that `#[gpt]` makes at compile time about what only rustc can read.
//!
//! Each fails at the place of its caller, which is what the user wrote.

use crate::action::Described;
use crate::gpt::{BuiltInTool, Definition};

/// Characters of instructions; `gpt_macros` holds the same number for literals.
const INSTRUCTIONS: usize = 8000;

/// Texts of more bytes are too long without being counted: const evaluation is slow.
const COUNTED: usize = 100_000;

/// Instructions are neither empty nor too long.
#[track_caller]
pub const fn instructions(definition: &Definition) {
    let text = definition.instructions;
    not_blank("instructions", text);
    let (count, unit, allowed) = if text.len() > COUNTED {
        (text.len(), " bytes, ", " characters are allowed")
    } else {
        (characters(text), " characters, ", " are allowed")
    };
    if count > INSTRUCTIONS {
        Message::new("instructions have ")
            .number(count)
            .text(unit)
            .number(INSTRUCTIONS)
            .text(allowed)
            .text("\n= help: shorten them, or move details into the descriptions of the actions")
            .fail();
    }
}

/// A description is not empty.
#[track_caller]
pub const fn description(definition: &Definition) {
    not_blank("description", definition.description);
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
    Message::new("two operations have the tool name `")
        .text(operation.tool.name)
        .text("`: one of `")
        .text(earlier.api.name)
        .text("`, one of `")
        .text(operation.api.name)
        .text("`\n= help: name the operations you need one by one, and leave one of the two out")
        .fail()
}

#[track_caller]
const fn not_blank(key: &str, text: &str) {
    if text.trim_ascii().is_empty() {
        Message::new("`").text(key).text("` is empty").fail();
    }
}

const fn characters(text: &str) -> usize {
    let mut bytes = text.as_bytes();
    let mut count = 0;
    while let [byte, rest @ ..] = bytes {
        // Every byte but the continuations of UTF-8, `0b10xxxxxx`.
        if *byte & 0b1100_0000 != 0b1000_0000 {
            count += 1;
        }
        bytes = rest;
    }
    count
}

const fn equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b) {
        if *first_a != *first_b {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
}

const fn hash(text: &str) -> usize {
    let mut bytes = text.as_bytes();
    let mut hash = 0_usize;
    while let [byte, rest @ ..] = bytes {
        hash = hash.wrapping_mul(31).wrapping_add(*byte as usize);
        bytes = rest;
    }
    hash
}

/// A message under construction: `format!` is not const.
struct Message {
    bytes: [u8; 1024],
    length: usize,
}

impl Message {
    const fn new(text: &str) -> Self {
        let empty = Message {
            bytes: [0; 1024],
            length: 0,
        };
        empty.text(text)
    }

    /// Adds a text; one that does not fit is left out whole, so that the rest stays readable.
    const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.length + text.len() <= self.bytes.len() {
            let mut index = 0;
            while index < text.len() {
                self.bytes[self.length] = text[index];
                self.length += 1;
                index += 1;
            }
        }
        self
    }

    /// Adds a number.
    const fn number(self, number: usize) -> Self {
        const DIGITS: &str = "0123456789";
        let rest = if number >= 10 {
            self.number(number / 10)
        } else {
            self
        };
        let (_, digits) = DIGITS.split_at(number % 10);
        let (digit, _) = digits.split_at(1);
        rest.text(digit)
    }

    /// The message.
    const fn as_str(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "a check of `#[gpt]` failed",
        }
    }

    /// Stops the compilation.
    #[track_caller]
    const fn fail(&self) -> ! {
        panic!("{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, characters, equal};

    #[test]
    fn counts_characters_as_rust_does() {
        for text in ["", "a", "é", "日本", "🌧 rain", "e\u{301}"] {
            assert_eq!(characters(text), text.chars().count(), "{text}");
        }
    }

    #[test]
    fn compares() {
        assert!(equal("", ""));
        assert!(equal("getForecast", "getForecast"));
        assert!(!equal("getForecast", "getForecasT"));
        assert!(!equal("get", "getForecast"));
    }

    #[test]
    fn writes_messages() {
        let message = Message::new("a ").number(0).text(", ").number(8012);
        assert_eq!(message.as_str(), "a 0, 8012");
    }

    #[test]
    fn leaves_out_what_does_not_fit() {
        let long = "é".repeat(512);
        let message = Message::new("a").text(&long).text("b");
        assert_eq!(message.as_str(), "ab");
    }
}
