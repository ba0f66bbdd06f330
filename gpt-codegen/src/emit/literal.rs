//! Texts as literals of the generated code.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::ToTokens;
use serde_json::Value;

/// Lines of JSON are filled up to this width.
const WIDTH: usize = 100;

/// A name that `Names` decided: raw where it is a keyword.
pub(super) fn ident(name: &str) -> Ident {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield",
    ];
    if KEYWORDS.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// JSON text as a raw string literal.
pub(super) fn json(value: &Value) -> TokenStream {
    let mut text = String::new();
    write_json(value, 0, &mut text);
    let text = shown(&text);
    // Raw strings are read with as many marks as the text makes necessary, 255 at the most.
    let marks = "#".repeat(longest_ending(&text) + 1);
    let literal: Result<Literal, _> = format!("r{marks}\"{text}\"{marks}").parse();
    match literal {
        Ok(literal) if marks.len() <= 255 => literal.into_token_stream(),
        _ => Literal::string(&text).into_token_stream(),
    }
}

/// The longest run of `#` behind a quote.
fn longest_ending(text: &str) -> usize {
    text.split('"')
        .skip(1)
        .map(|rest| rest.bytes().take_while(|it| *it == b'#').count())
        .max()
        .unwrap_or(0)
}

/// With characters that change the direction of text, or cannot be seen, as JSON escapes: they
/// only stand in its strings.
fn shown(json: &str) -> String {
    let mut text = String::new();
    for character in json.chars() {
        if character.is_control() && character != '\n'
            || matches!(character,
                '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            text.push(character);
        }
    }
    text
}

/// Writes what fits on a line on one.
fn write_json(value: &Value, indent: usize, text: &mut String) {
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
                write_json(item, inner, text);
            }
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                new_line(text, index);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push_str(": ");
                write_json(value, inner, text);
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

    use super::json as literal;

    #[test]
    fn json_is_filled_and_harmless() {
        let value = json!({ "a": ["\"#", "\"##\u{202e}\n"], "b": { "c": "x".repeat(90) } });
        let text = literal(&value).to_string();
        assert!(text.starts_with("r###\"{\n  \"a\": [\""), "{text}");
        assert!(text.contains("\\u202e"), "{text}");
        assert_eq!(
            literal(&json!({ "a": {} })).to_string(),
            r###"r#"{ "a": {} }"#"###
        );
    }
}
