//! JSON as people read it, where what fits on a line stands on one; and without spaces.

use std::fmt::Write;

use serde_json::Value;

/// Lines are filled up to this width.
const WIDTH: usize = 100;

/// JSON text without characters that change the direction of text or cannot be seen: they only
/// stand in its strings, where an escape says the same.
pub(crate) fn to_text(value: &Value) -> String {
    let mut json = String::new();
    write(value, 0, 0, &mut json);
    harmless(json)
}

/// The same without spaces, in lines that are filled: for what programs read.
pub(crate) fn to_dense_text(value: &Value) -> String {
    let (mut json, mut line) = (String::new(), 0);
    write_dense(value, &mut line, &mut json);
    harmless(json)
}

/// Escapes what cannot be seen.
fn harmless(json: String) -> String {
    // What is not ASCII and no control character needs no second look, and most texts are so.
    if json.is_ascii() && !json.contains('\u{7f}') {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        let is_hidden = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if is_hidden || (character.is_control() && character != '\n') {
            text.extend(["\\u", &format!("{:04x}", u32::from(character))]);
        } else {
            text.push(character);
        }
    }
    text
}

/// Writes a value behind what a line holds already.
fn write(value: &Value, indent: usize, column: usize, text: &mut String) {
    let start = text.len();
    if on_one_line(value, WIDTH.saturating_sub(column), start, text) {
        return;
    }
    text.truncate(start);
    let inner = indent + 2;
    let new_line = |text: &mut String, index: usize| {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', inner));
    };
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(text, index);
                write(item, inner, inner, text);
            }
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                new_line(text, index);
                let start = text.len();
                string(key, text);
                text.push_str(": ");
                let column = inner + text[start..].chars().count();
                write(value, inner, column, text);
            }
        }
        scalar => {
            self::scalar(scalar, text);
            return;
        }
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent));
    text.push(if value.is_array() { ']' } else { '}' });
}

/// Writes a value; the line that is written begins at `line`.
fn write_dense(value: &Value, line: &mut usize, text: &mut String) {
    let separate = |index: usize, line: &mut usize, text: &mut String| {
        if index == 0 {
            return;
        }
        text.push(',');
        if text.len() - *line > WIDTH {
            text.push('\n');
            *line = text.len();
        }
    };
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, line, text);
                write_dense(item, line, text);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                separate(index, line, text);
                string(key, text);
                text.push(':');
                write_dense(value, line, text);
            }
            text.push('}');
        }
        scalar => self::scalar(scalar, text),
    }
}

/// Writes a value without a line break. Gives up, in the middle, where the text since `start` gets
/// longer than `width`.
fn on_one_line(value: &Value, width: usize, start: usize, text: &mut String) -> bool {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                if !on_one_line(item, width, start, text) {
                    return false;
                }
            }
            text.push(']');
        }
        Value::Object(entries) if entries.is_empty() => text.push_str("{}"),
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { " " });
                string(key, text);
                text.push_str(": ");
                if !on_one_line(value, width, start, text) {
                    return false;
                }
            }
            text.push_str(" }");
        }
        Value::String(it) if it.len() > width && it.chars().count() > width => return false,
        scalar => self::scalar(scalar, text),
    }
    let line = &text[start..];
    line.len() <= width || line.chars().count() <= width
}

fn scalar(value: &Value, text: &mut String) {
    match value {
        Value::String(it) => string(it, text),
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        _ => text.push_str(&value.to_string()),
    }
}

fn string(value: &str, text: &mut String) {
    let start = text.len();
    // `Debug` escapes all that JSON does, and more. It is part of the standard library, which is
    // compiled with optimisation also where build scripts are not.
    let _ = write!(text, "{value:?}");
    if text.len() > start + value.len() + 2 {
        text.truncate(start);
        text.push_str(&Value::from(value).to_string());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{to_dense_text, to_text};

    #[test]
    fn dense_lines_end_behind_a_comma() {
        let value = json!({ "a": [1, {}, "\u{202e}"], "b": "x".repeat(90), "c": { "d": null } });
        let filled = "x".repeat(90);
        assert_eq!(
            to_dense_text(&value),
            format!("{{\"a\":[1,{{}},\"\\u202e\"],\"b\":\"{filled}\",\n\"c\":{{\"d\":null}}}}")
        );
    }

    #[test]
    fn lines_are_filled_and_harmless() {
        let value = json!({ "a": [1, {}, "\u{202e}\n"], "b": { "c": "x".repeat(90) } });
        let filled = "x".repeat(90);
        assert_eq!(
            to_text(&value),
            format!(
                "{{\n  \"a\": [1, {{}}, \"\\u202e\\n\"],\n  \"b\": {{\n    \"c\": \"{filled}\"\n  }}\n}}"
            )
        );
    }
}
