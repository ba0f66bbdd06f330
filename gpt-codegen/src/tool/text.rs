//! JSON as people read it: what fits on a line stands on one.

use serde_json::Value;

/// Lines are filled up to this width.
const WIDTH: usize = 100;

/// JSON text without characters that change the direction of text or cannot be seen: they only
/// stand in its strings, where an escape says the same.
pub(crate) fn to_text(value: &Value) -> String {
    let mut json = String::new();
    write(value, 0, &mut json);
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

fn write(value: &Value, indent: usize, text: &mut String) {
    let column = text.len() - text.rfind('\n').map_or(0, |it| it + 1);
    if let Some(line) = on_one_line(value, WIDTH.saturating_sub(column)) {
        text.push_str(&line);
        return;
    }
    let inner = indent + 2;
    let new_line = |text: &mut String, index: usize| {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(inner));
    };
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(text, index);
                write(item, inner, text);
            }
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                new_line(text, index);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push_str(": ");
                write(value, inner, text);
            }
        }
        _ => {
            text.push_str(&value.to_string());
            return;
        }
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(if value.is_array() { ']' } else { '}' });
}

fn on_one_line(value: &Value, width: usize) -> Option<String> {
    let mut line = String::new();
    match value {
        Value::Array(items) => {
            line.push('[');
            for item in items {
                line.push_str(if line.len() > 1 { ", " } else { "" });
                line.push_str(&on_one_line(item, width.checked_sub(line.len())?)?);
            }
            line.push(']');
        }
        Value::Object(entries) if entries.is_empty() => line.push_str("{}"),
        Value::Object(entries) => {
            line.push('{');
            for (key, value) in entries {
                line.push_str(if line.len() > 1 { ", " } else { " " });
                line.push_str(&Value::from(key.as_str()).to_string());
                line.push_str(": ");
                line.push_str(&on_one_line(value, width.checked_sub(line.len())?)?);
            }
            line.push_str(" }");
        }
        scalar => line = scalar.to_string(),
    }
    (line.chars().count() <= width).then_some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::to_text;

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
