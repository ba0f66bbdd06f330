//! What a type says of itself, as the text that `data/table.rs` of the runtime reads.

use std::fmt::Write;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The table of a type under construction.
pub(super) struct Table(String);

impl Table {
    /// A table without entries: the kind of type, its name, and what becomes of what is not listed.
    pub(super) fn new(kind: char, name: &str, rest: char) -> Self {
        Self(format!("{kind}{name}{rest}"))
    }

    /// Adds a text, and what it is.
    pub(super) fn entry(&mut self, mark: char, text: &str) {
        // Writing into a `String` cannot fail.
        let _ = write!(self.0, " {}{mark}{text}", text.len());
    }
}

impl ToTokens for Table {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let text = &self.0;
        tokens.extend(quote!(const TABLE: &'static str = #text;));
    }
}
