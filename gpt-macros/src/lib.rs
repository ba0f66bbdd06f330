//! The `#[gpt]` attribute of `gpt-runtime`; use it from there.

mod ast;
mod check;
mod ctxt;
mod docs;
mod expand;
mod fallback;
mod limits;
mod parse;
mod suggest;
mod value;

use proc_macro::TokenStream;

/// DOCS
#[proc_macro_attribute]
pub fn gpt(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), &item.into()).into()
}
