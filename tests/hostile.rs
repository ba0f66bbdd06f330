//! What a document says never leaves its literals: nasty texts in every place yield code of the
//! same structure as plain ones do.

use std::{fmt::Write as _, fs};

use gpt_codegen::Config;
use proc_macro2::{TokenStream, TokenTree};

/// A document with a text in every place that reaches the code.
const DOCUMENT: &str = r##"{
  "openapi": "3.1.0",
  "info": { "title": "@", "version": "@", "description": "@" },
  "servers": [{ "url": "https://example.com/{v}", "variables": { "v": { "default": "@" } } }],
  "security": [{ "@": ["@"] }],
  "paths": { "/x": { "post": {
    "operationId": "@", "summary": "@", "description": "@", "tags": ["@"],
    "callbacks": { "@": { "{$request.query.@}": { "post": { "description": "@",
      "requestBody": { "content": { "application/json": {
        "schema": { "type": "object", "properties": { "@": { "type": "string" } } } } } } } } } },
    "parameters": [
      { "name": "@", "in": "query", "description": "@", "schema": { "const": "@" } },
      { "name": "limit", "in": "query", "schema": {
        "type": "string", "format": "@", "pattern": "@", "default": "@", "example": "@" } }
    ],
    "requestBody": { "required": true, "description": "@",
      "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } },
    "responses": { "200": { "description": "@",
      "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } } }
  } } },
  "webhooks": { "@": { "post": { "summary": "@",
    "requestBody": { "content": { "application/json": {
      "schema": { "$ref": "#/components/schemas/A" } } } } } } },
  "components": {
    "securitySchemes": { "@": { "type": "http", "scheme": "bearer", "description": "@" } },
    "schemas": {
      "Body": { "type": "object", "title": "@", "description": "@",
        "propertyNames": { "pattern": "@", "maxLength": 1000 },
        "dependentRequired": { "@": ["kind"] },
        "patternProperties": { "@": { "type": "string", "description": "@" } },
        "properties": {
          "@": { "type": "string", "description": "@" },
          "kind": { "enum": ["@", 1], "description": "@" },
          "whole": { "const": { "@": ["@"] } },
          "pair": { "type": "array", "items": false, "minItems": 2, "description": "@",
            "prefixItems": [{ "type": "string", "title": "@", "pattern": "@" }, { "const": "@" }] },
          "bytes": { "type": "string", "contentEncoding": "@", "description": "@" },
          "shape": {
            "discriminator": { "propertyName": "@", "mapping": {
              "@": "#/components/schemas/A", "b": "#/components/schemas/B" } },
            "oneOf": [{ "$ref": "#/components/schemas/A" }, { "$ref": "#/components/schemas/B" }] }
        } },
      "A": { "type": "object", "description": "@", "properties": { "a": { "type": "string" } } },
      "B": { "type": "object", "properties": { "b": { "type": "integer" } } }
    }
  }
}"##;

const NASTY: &[&str] = &[
    "\"",
    "\\",
    "\"#",
    "\"##\"###",
    "*/",
    "/*",
    "//",
    "\n",
    "\r\n",
    "\0",
    "{}",
    "{0}",
    "}",
    "#[x]",
    "#![x]",
    "```\npanic!()\n```",
    "\"; panic!(); \"",
    "'; fn main() {} //",
    "r#type",
    "self",
    "$crate",
    "\u{202e}",
    "\u{2028}",
    "include!(\"/etc/passwd\")",
    "<script>",
    "[Vec](x)",
    "$(",
    "?.*+(",
    "\u{feff}x",
];

#[test]
fn nasty_texts_change_nothing_but_literals_and_names() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let plain = structure(folder, "plain");
    assert!(plain.len() > 500);
    for text in NASTY {
        assert_eq!(structure(folder, text), plain, "{text:?}");
    }
}

/// The tokens of what is generated, without comments and with one word for each name.
fn structure(folder: &std::path::Path, text: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    let inside = &text[1..text.len() - 1];
    let document = DOCUMENT.replace('@', inside);
    let path = folder.join("hostile.json");
    fs::write(&path, document).unwrap();
    // Some of the texts are no regular expressions.
    let config = Config::new().warn("invalid-pattern");
    let generated = config.generate(&path);
    let generated = generated.unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let tokens: TokenStream = generated.code.parse().unwrap();
    let mut words = String::new();
    write(tokens, &mut words);
    words
}

fn write(tokens: TokenStream, words: &mut String) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && is_comment(tokens.peek()) => {
                tokens.next();
            }
            // The formatter ends long lists with one.
            TokenTree::Punct(mark) if mark.as_char() == ',' => {}
            TokenTree::Punct(mark) => words.push(mark.as_char()),
            TokenTree::Literal(_) => words.push_str(" literal "),
            TokenTree::Ident(name) => words.push_str(word(&name.to_string())),
            TokenTree::Group(group) => {
                write!(words, "{:?}[", group.delimiter()).unwrap();
                write(group.stream(), words);
                words.push(']');
            }
        }
    }
}

fn is_comment(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.stream().to_string().starts_with("doc ="))
}

/// Words that mean something to the compiler stay, names become one. A macro shows by its mark.
fn word(name: &str) -> &'static str {
    const WORDS: &[&str] = &[
        "as",
        "const",
        "derive",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "match",
        "mod",
        "pub",
        "rt",
        "static",
        "struct",
        "trait",
        "type",
        "unsafe",
        "use",
    ];
    WORDS
        .iter()
        .find(|it| **it == name)
        .copied()
        .unwrap_or("name ")
}
