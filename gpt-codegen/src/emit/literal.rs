//! Texts as literals of the generated code.

use proc_macro2::{Ident, Span};
use serde_json::Value;

use crate::tool::{to_dense_text, to_text};

/// A name that `Names` decided: raw where it is a keyword.
pub(super) fn ident(name: &str) -> Ident {
    // In the order of the alphabet, to be searched.
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield",
    ];
    if KEYWORDS.binary_search(&name).is_ok() {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// JSON as a raw string literal.
pub(super) fn json(value: &Value) -> String {
    raw(&to_text(value))
}

/// The same in few characters.
pub(super) fn dense_json(value: &Value) -> String {
    raw(&to_dense_text(value))
}

fn raw(text: &str) -> String {
    // Raw strings are read with as many marks as the text makes necessary, 255 at the most.
    let marks = "#".repeat(longest_ending(text) + 1);
    if marks.len() <= 255 {
        format!("r{marks}\"{text}\"{marks}")
    } else {
        format!("{text:?}")
    }
}

/// The longest run of `#` behind a quote.
fn longest_ending(text: &str) -> usize {
    if !text.contains('#') {
        return 0;
    }
    text.split('"')
        .skip(1)
        .map(|rest| rest.bytes().take_while(|it| *it == b'#').count())
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::json as literal;

    #[test]
    fn nothing_ends_a_raw_string_early() {
        let text = literal(&json!(["\"#", "\"##"]));
        assert_eq!(text, r####"r###"["\"#", "\"##"]"###"####);
        let long = format!("\"{}", "#".repeat(300));
        assert!(literal(&json!(long)).starts_with("\"\\\""));
    }
}
