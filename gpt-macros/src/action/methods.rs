//! Expands `#[actions]` on a block of methods.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, ImplItem, Item, ItemImpl, Meta, spanned::Spanned};

use super::{
    check::{self, Place},
    expand::{describe, owner, tidy},
    parse,
};
use crate::{ctxt::Ctxt, parse as item};

/// Expands `#[actions(attribute)] impl Desk { ... }`; the block stays as it is, but for `#[action]`
/// on its methods.
///
/// ```text
/// impl Desk { ... }
///
/// impl ::gpt_runtime::__private::Methods for Desk {
///     const OPERATIONS: &'static [&'static Described] = &[&Described::function_of(...), ...];
/// }
/// const _: () = check::methods(<Desk as Methods>::ARE_LISTED, ...);
/// ```
pub(crate) fn attribute(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let cx = Ctxt::new();
    let runtime = parse::actions(&cx, attribute).runtime();
    let rt = quote!(#runtime::__private);
    let mut block = match item::item(&cx, item.clone()) {
        Some(Item::Impl(block)) => block,
        parsed => {
            if parsed.is_some() {
                let help = "write `impl WeatherDesk { ... }` below the attribute";
                cx.error_at(
                    Span::call_site(),
                    "`#[actions]` goes on a block of methods",
                    help,
                );
            }
            let errors = cx.finish();
            return quote!(#item #errors);
        }
    };
    let is_one = check_block(&cx, &block);
    let described = methods(&cx, &runtime, &mut block);
    let errors = cx.finish();
    if !is_one && !block.generics.params.is_empty() {
        return quote!(#block #errors);
    }
    let owner = &block.self_ty;
    let operations = if errors.is_some() {
        &[][..]
    } else {
        &described
    };
    let assertion = errors.is_none().then(|| {
        let owner = self::owner(&runtime, owner);
        // It fails at the place of the attribute.
        let span = Span::call_site();
        quote_spanned!(span=> const _: () = #rt::check::methods(#owner);)
    });
    quote! {
        #block
        #errors
        #[automatically_derived]
        impl #rt::function::Methods for #owner {
            const OPERATIONS: &'static [&'static #rt::Described] = &[#(#operations),*];
        }
        #assertion
    }
}

/// A GPT is one type; `false` where nothing can be implemented for this one.
fn check_block(cx: &Ctxt, block: &ItemImpl) -> bool {
    let errors = cx.count();
    if let Some((path, _)) = &block.trait_ {
        let help = "put the methods in a block of the type itself";
        cx.error(path, "`#[actions]` does not go on a trait's methods", help);
    }
    if !block.generics.params.is_empty() {
        let help = "name the types";
        cx.error(
            &block.generics,
            "`#[actions]` goes on a type without parameters",
            help,
        );
    }
    cx.count() == errors
}

/// The descriptions of the methods with `#[action]`.
fn methods(cx: &Ctxt, runtime: &syn::Path, block: &mut ItemImpl) -> Vec<TokenStream> {
    let mut described = Vec::new();
    let mut are_any = false;
    for member in &mut block.items {
        let ImplItem::Fn(method) = member else {
            continue;
        };
        let Some(attribute) = take(&mut method.attrs) else {
            continue;
        };
        are_any = true;
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        let settings = parse::method(cx, tokens);
        let checked = check::check(cx, &method.attrs, &method.sig, &settings, Place::Methods);
        tidy(&mut method.attrs, &mut method.sig);
        if let Some(checked) = checked {
            let ident = &checked.ident;
            let callee = quote!(Self::#ident);
            let receiver = Some(&*block.self_ty);
            described.push(describe(&settings, runtime, &checked, &callee, receiver));
        }
    }
    if !are_any {
        let help = "write `#[action]` on those that the model may call";
        cx.error_at(
            block.impl_token.span(),
            "no method here has `#[action]`",
            help,
        );
    }
    described
}

/// Takes `#[action]` off a method.
fn take(attributes: &mut Vec<Attribute>) -> Option<Attribute> {
    let is_action = |it: &Attribute| {
        let last = it.path().segments.last();
        last.is_some_and(|it| it.ident == "action")
    };
    let position = attributes.iter().position(is_action)?;
    Some(attributes.remove(position))
}
