//! Items as text. Their shape is always the same, so only those with lines that are too long need
//! to be parsed and formatted as Rust, which takes longer than all else.

use std::{
    fmt::{self, Display, Write},
    str::FromStr,
};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Lines that are no longer are never broken.
const WIDTH: usize = 89;

/// A type or a comment. It becomes tokens in what is formatted.
#[derive(Clone, Debug, Default)]
pub(super) struct Code(String);

impl Code {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToTokens for Code {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(TokenStream::from_str(&self.0).unwrap_or_else(|error| {
            let error: syn::Error = error.into();
            error.to_compile_error()
        }));
    }
}

/// An item of the module.
#[derive(Debug)]
pub(super) enum Item {
    Text(String),
    Tokens(TokenStream),
}

/// The items in the order of the module.
#[derive(Debug, Default)]
pub(super) struct Items(Vec<Item>);

impl Items {
    pub(super) fn push(&mut self, item: TokenStream) {
        self.0.push(Item::Tokens(item));
    }

    /// Another name for a type.
    pub(super) fn alias(&mut self, comment: &Code, name: impl Display, ty: impl Display) {
        self.0
            .push(Item::Text(format!("{comment}pub type {name} = {ty};\n")));
    }

    /// A struct or an enum, from its head without the brace, and its fields or variants, each with
    /// its comment.
    pub(super) fn braced<T: Display>(
        &mut self,
        comment: &Code,
        head: impl Display,
        parts: impl IntoIterator<Item = (Code, T)>,
    ) {
        let mut text = format!("{comment}{head} {{");
        let mut is_empty = true;
        for (comment, part) in parts {
            if is_empty {
                text.push('\n');
                is_empty = false;
            }
            for line in comment.0.lines() {
                // Writing into a `String` cannot fail.
                let _ = writeln!(text, "    {line}");
            }
            let _ = writeln!(text, "    {part},");
        }
        text.push_str("}\n");
        self.0.push(Item::Text(text));
    }
}

impl IntoIterator for Items {
    type Item = Item;
    type IntoIter = std::vec::IntoIter<Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Appends items, an empty line before each.
pub(super) fn write_items(
    text: &mut String,
    items: impl IntoIterator<Item = Item>,
) -> Result<(), syn::Error> {
    for item in items {
        text.push('\n');
        match item {
            Item::Text(item) if fits(&item) => text.push_str(&item),
            Item::Text(item) => write_formatted(text, &syn::parse_file(&item)?),
            Item::Tokens(item) => write_formatted(text, &syn::parse2(item)?),
        }
    }
    Ok(())
}

/// Whether no line would be broken; comments never are.
fn fits(item: &str) -> bool {
    item.lines()
        .all(|it| it.len() <= WIDTH || it.trim_start().starts_with("///"))
}

fn write_formatted(text: &mut String, file: &syn::File) {
    const BETWEEN: &str = "\n    }\n    ///";
    const SEPARATED: &str = "\n    }\n\n    ///";

    // prettyplease sets functions without a line between them.
    text.push_str(&prettyplease::unparse(file).replace(BETWEEN, SEPARATED));
}
