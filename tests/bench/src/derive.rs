//! Renders the types of a generated module as people write them by hand: with serde's derive.
//!
//! Only the types: no operations, no client, no tools. Dates, UUIDs and bytes become texts. Both
//! make the derived version cheaper than a client would be, so the comparison is on the safe side.

mod wire;

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, File, Item, ItemEnum, ItemStruct, Type};

use self::wire::{Union, Wire};

/// The module with the same types, derived.
pub(crate) fn derive(generated: &File) -> Result<String, String> {
    let types = wire::read(generated)?;
    let arguments = wire::arguments(generated);
    let mut items = Vec::new();
    for item in &generated.items {
        match item {
            Item::Struct(item) => {
                let is_read = !arguments.contains(&item.ident.to_string());
                items.extend(derive_struct(item, &types, is_read));
            }
            Item::Enum(item) => items.push(derive_enum(item, &types)),
            Item::Type(item) => {
                let (docs, name, ty) = (docs(&item.attrs), &item.ident, plain(&item.ty));
                items.push(quote!(#(#docs)* pub type #name = #ty;));
            }
            _ => {}
        }
    }
    if items.is_empty() {
        return Err("no types found in the generated module".into());
    }
    let file = syn::parse2(quote! {
        #![allow(missing_docs, clippy::all)]
        #(#items)*
    })
    .map_err(|error| error.to_string())?;
    Ok(prettyplease::unparse(&file))
}

/// A struct that holds data; the client is none. The arguments of a call are written and never
/// read.
fn derive_struct(
    item: &ItemStruct,
    types: &HashMap<String, Wire>,
    is_read: bool,
) -> Option<TokenStream> {
    let name = &item.ident;
    let Some(Wire::Record(properties)) = types.get(&name.to_string()) else {
        return None;
    };
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let docs = docs(&item.attrs);
    let fields = fields.named.iter().enumerate().map(|(index, field)| {
        let (ident, docs, ty) = (&field.ident, self::docs(&field.attrs), plain(&field.ty));
        let attributes = match properties.get(index) {
            None => quote!(#[serde(flatten)]),
            Some(property) => {
                let name = &property.name;
                let optional = property
                    .is_optional
                    .then(|| quote!(, default, skip_serializing_if = "Option::is_none"));
                quote!(#[serde(rename = #name #optional)])
            }
        };
        quote!(#(#docs)* #attributes pub #ident: #ty)
    });
    let read = is_read.then(|| quote!(, PartialEq, serde::Deserialize));
    Some(quote! {
        #(#docs)*
        #[derive(Clone, Debug, serde::Serialize #read)]
        pub struct #name { #(#fields,)* }
    })
}

fn derive_enum(item: &ItemEnum, types: &HashMap<String, Wire>) -> TokenStream {
    let name = &item.ident;
    let docs = docs(&item.attrs);
    let (attribute, mut wire) = match types.get(&name.to_string()) {
        Some(Wire::Union(union)) => union_attributes(union),
        Some(Wire::Values(values)) => {
            let values = values.iter().map(|value| quote!(#[serde(rename = #value)]));
            (quote!(), values.collect())
        }
        // An enum without a table is told apart by what its variants hold.
        Some(Wire::Record(_)) | None => (quote!(#[serde(untagged)]), Vec::new()),
    };
    let beyond = match types.get(&name.to_string()) {
        Some(Wire::Values(_)) => quote!(#[serde(untagged)]),
        _ => quote!(),
    };
    wire.resize(item.variants.len(), beyond);
    let variants = item.variants.iter().zip(wire).map(|(variant, wire)| {
        let (ident, docs) = (&variant.ident, self::docs(&variant.attrs));
        let payload = match &variant.fields {
            Fields::Unnamed(fields) => {
                let types = fields.unnamed.iter().map(|field| plain(&field.ty));
                quote!((#(#types),*))
            }
            _ => quote!(),
        };
        quote!(#(#docs)* #wire #ident #payload)
    });
    quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #attribute
        pub enum #name { #(#variants,)* }
    }
}

/// The attribute of a union and those of its variants.
fn union_attributes(union: &Union) -> (TokenStream, Vec<TokenStream>) {
    let Some(tag) = &union.tag else {
        return (quote!(#[serde(untagged)]), Vec::new());
    };
    let last = union.tags.len().saturating_sub(1);
    let tags = union.tags.iter().enumerate();
    let variants = tags.map(|(index, tags)| match tags.split_first() {
        Some((first, more)) => quote!(#[serde(rename = #first, #(alias = #more),*)]),
        None if union.is_open && index == last => quote!(#[serde(untagged)]),
        None => quote!(),
    });
    (quote!(#[serde(tag = #tag)]), variants.collect())
}

fn docs(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|it| it.path().is_ident("doc"))
        .collect()
}

/// The type without the runtime.
fn plain(ty: &Type) -> TokenStream {
    let Type::Path(path) = ty else {
        return ty.to_token_stream();
    };
    let Some(last) = path.path.segments.last() else {
        return ty.to_token_stream();
    };
    let in_runtime = path.path.segments.len() > 1;
    let arguments = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            let types = arguments.args.iter().map(|argument| match argument {
                syn::GenericArgument::Type(ty) => plain(ty),
                other => other.to_token_stream(),
            });
            quote!(<#(#types),*>)
        }
        _ => quote!(),
    };
    let ident = &last.ident;
    match ident.to_string().as_str() {
        "Value" if in_runtime => quote!(serde_json::Value),
        "BTreeMap" if in_runtime => quote!(std::collections::BTreeMap #arguments),
        "Bytes" if in_runtime => quote!(Vec<u8>),
        _ if in_runtime => quote!(String),
        _ => quote!(#ident #arguments),
    }
}
