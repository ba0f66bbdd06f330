//! The `#[gpt]` attribute of `gpt-runtime`.
use proc_macro::TokenStream;

/// Declares a GPT.
#[proc_macro_attribute]
pub fn gpt(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    item
}
