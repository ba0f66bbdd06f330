//! Renders the types of a generated module as people write them by hand: with serde's derive.
//!
//! Only the types: no operations, no client, no tools. Dates, UUIDs and bytes become texts. Both
//! make the derived version cheaper than a client would be, so the comparison is on the safe side.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Fields, File, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, Lit, Type};

/// The module with the same types, derived.
pub(crate) fn derive(generated: &File) -> Result<String, String> {
    let tables = Tables::read(generated)?;
    let mut items = Vec::new();
    for item in &generated.items {
        match item {
            Item::Struct(item) if tables.records.contains_key(&item.ident.to_string()) => {
                items.push(derive_struct(item, &tables)?);
            }
            Item::Enum(item) => items.push(derive_enum(item, &tables)?),
            Item::Type(item) => items.push(item.to_token_stream()),
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

/// What the tables of the generated module say.
#[derive(Default)]
struct Tables {
    /// Wire name and presence of each field, in order.
    records: HashMap<String, Vec<(String, String)>>,
    unions: HashMap<String, UnionTable>,
    /// The wire values in the order of the variants.
    enums: HashMap<String, Vec<String>>,
}

struct UnionTable {
    tag: Option<String>,
    /// Whether the last variant takes what fits no other.
    is_open: bool,
    /// The tags of each variant.
    tags: Vec<Vec<String>>,
}

impl Tables {
    fn read(generated: &File) -> Result<Self, String> {
        let mut tables = Self::default();
        for item in &generated.items {
            let Item::Impl(item) = item else { continue };
            let (Some(trait_), Some(name)) = (trait_name(item), type_name(&item.self_ty)) else {
                continue;
            };
            match trait_.as_str() {
                "Data" if constant(item, "TABLE").is_ok() => {
                    let fields = field(constant(item, "TABLE")?, "fields")?;
                    let fields = elements(fields)
                        .map(|pair| match pair {
                            Expr::Tuple(pair) => Ok((text(&pair.elems[0])?, last(&pair.elems[1])?)),
                            _ => Err("a field is no pair".to_owned()),
                        })
                        .collect::<Result<_, _>>()?;
                    tables.records.insert(name, fields);
                }
                "Data" => {
                    let table = constant(item, "UNION")?;
                    let tag = match field(table, "tag")? {
                        Expr::Call(call) => Some(text(&call.args[0])?),
                        _ => None,
                    };
                    let is_open = field(table, "open")?.to_token_stream().to_string() == "true";
                    let tags = elements(field(table, "variants")?)
                        .map(|variant| elements(field(variant, "tags")?).map(text).collect())
                        .collect::<Result<_, _>>()?;
                    tables
                        .unions
                        .insert(name, UnionTable { tag, is_open, tags });
                }
                "TextEnum" | "IntegerEnum" => {
                    let values = elements(constant(item, "VALUES")?)
                        .map(|pair| match pair {
                            Expr::Tuple(pair) => text(&pair.elems[0]),
                            _ => Err("a value is no pair".to_owned()),
                        })
                        .collect::<Result<_, _>>()?;
                    tables.enums.insert(name, values);
                }
                _ => {}
            }
        }
        Ok(tables)
    }
}

fn derive_struct(item: &ItemStruct, tables: &Tables) -> Result<TokenStream, String> {
    let name = &item.ident;
    let docs = docs(&item.attrs);
    let wire = tables
        .records
        .get(&name.to_string())
        .map_or(&[][..], Vec::as_slice);
    let Fields::Named(fields) = &item.fields else {
        return Err(format!("struct {name} has no named fields"));
    };
    let fields = fields.named.iter().enumerate().map(|(index, field)| {
        let (ident, docs, ty) = (&field.ident, self::docs(&field.attrs), plain(&field.ty));
        let attributes = match wire.get(index) {
            None => quote!(#[serde(flatten)]),
            Some((wire, presence)) if presence.starts_with("Optional") => {
                quote!(#[serde(rename = #wire, default, skip_serializing_if = "Option::is_none")])
            }
            Some((wire, _)) => quote!(#[serde(rename = #wire)]),
        };
        quote!(#(#docs)* #attributes pub #ident: #ty)
    });
    Ok(quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct #name { #(#fields,)* }
    })
}

fn derive_enum(item: &ItemEnum, tables: &Tables) -> Result<TokenStream, String> {
    let name = &item.ident;
    let docs = docs(&item.attrs);
    let (attribute, wire): (_, Vec<TokenStream>) =
        if let Some(UnionTable { tag, is_open, tags }) = tables.unions.get(&name.to_string()) {
            let attribute = if let Some(tag) = tag {
                quote!(#[serde(tag = #tag)])
            } else {
                quote!(#[serde(untagged)])
            };
            let last = tags.len().saturating_sub(1);
            let wire = tags
                .iter()
                .enumerate()
                .map(|(index, tags)| match (tag, tags.split_first()) {
                    (Some(_), Some((first, more))) => {
                        quote!(#[serde(rename = #first, #(alias = #more),*)])
                    }
                    (Some(_), None) if *is_open && index == last => quote!(#[serde(untagged)]),
                    _ => quote!(),
                })
                .collect();
            (attribute, wire)
        } else if let Some(values) = tables.enums.get(&name.to_string()) {
            let mut wire: Vec<_> = values
                .iter()
                .map(|value| quote!(#[serde(rename = #value)]))
                .collect();
            wire.resize_with(item.variants.len(), || quote!(#[serde(untagged)]));
            (quote!(), wire)
        } else {
            return Err(format!("enum {name} has no table"));
        };
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
    Ok(quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #attribute
        pub enum #name { #(#variants,)* }
    })
}

fn docs(attributes: &[syn::Attribute]) -> Vec<&syn::Attribute> {
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

fn trait_name(item: &ItemImpl) -> Option<String> {
    Some(item.trait_.as_ref()?.0.segments.last()?.ident.to_string())
}

fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn constant<'a>(item: &'a ItemImpl, name: &str) -> Result<&'a Expr, String> {
    item.items
        .iter()
        .find_map(|it| match it {
            ImplItem::Const(it) if it.ident == name => Some(&it.expr),
            _ => None,
        })
        .ok_or_else(|| format!("no constant {name}"))
}

fn field<'a>(expr: &'a Expr, name: &str) -> Result<&'a Expr, String> {
    let Expr::Struct(table) = expr else {
        return Err(format!("`{name}` of no struct"));
    };
    table
        .fields
        .iter()
        .find(|field| field.member.to_token_stream().to_string() == name)
        .map(|field| &field.expr)
        .ok_or_else(|| format!("no field {name}"))
}

fn elements(expr: &Expr) -> impl Iterator<Item = &Expr> {
    let array = match expr {
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Array(array) => Some(array),
            _ => None,
        },
        _ => None,
    };
    array.into_iter().flat_map(|array| array.elems.iter())
}

fn text(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Ok(text.value()),
            Lit::Int(integer) => Ok(integer.to_string()),
            _ => Err("a literal of another kind".into()),
        },
        Expr::Unary(negative) => Ok(format!("-{}", text(&negative.expr)?)),
        _ => Err(format!("no literal: {}", expr.to_token_stream())),
    }
}

fn last(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
        _ => None,
    }
    .ok_or_else(|| "no path".into())
}
