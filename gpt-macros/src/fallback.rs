//! What wrong input expands to, so that one mistake is one error: the type is a GPT all the same.

use crate::ast::Settings;
use crate::expand;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

/// An implementation that is never run, for the kinds of item that can have one.
///
/// It holds the expressions and paths that could be read: a mistake in them is another mistake,
/// and editors complete them while the rest is being written.
pub(crate) fn implementation(item: Option<&Item>, settings: &Settings) -> TokenStream {
    let (attributes, ident, generics) = match item {
        Some(Item::Struct(item)) => (&item.attrs, &item.ident, &item.generics),
        Some(Item::Enum(item)) => (&item.attrs, &item.ident, &item.generics),
        Some(Item::Union(item)) => (&item.attrs, &item.ident, &item.generics),
        _ => return TokenStream::new(),
    };
    let body = quote!(::core::unreachable!(
        "the definition of this GPT does not compile"
    ));
    expand::anonymous(settings, attributes, ident, generics, &body)
}
