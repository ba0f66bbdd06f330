//! Writes the implementation of `Gpt`, and the assertions that only rustc can check.

use crate::ast::{Action, Gpt, Settings, Text, Word};
use crate::ctxt::Ctxt;
use crate::{check, fallback, parse};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Generics, ItemStruct};

/// Expands `#[gpt(attribute)] item`.
pub(crate) fn attribute(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let cx = Ctxt::new();
    let settings = parse::settings(&cx, attribute);
    let parsed = parse::item(&cx, item.clone());
    let strct = parsed
        .as_ref()
        .and_then(|item| check::check_item(&cx, item));
    let gpt = strct.and_then(|strct| check::check(&cx, strct, &settings));
    let errors = cx.finish();
    let implementation = match (&errors, strct, gpt) {
        (None, Some(strct), Some(gpt)) => implementation(strct, &settings, &gpt),
        _ => fallback::implementation(parsed.as_ref(), &settings),
    };
    quote!(#item #errors #implementation)
}

/// The struct's implementation:
///
/// ```text
/// const _: () = {
///     use ::gpt_runtime::__private as __gpt;
///     const __INSTRUCTIONS: &str = include_str!("instructions.md");
///     const _: () = __gpt::check::instructions(__INSTRUCTIONS);
///     const __ACTION_0: &[&__gpt::Operation] = weather::OPERATIONS;
///     impl __gpt::Gpt for WeatherDesk { ... }
/// };
/// ```
fn implementation(item: &ItemStruct, settings: &Settings, gpt: &Gpt) -> TokenStream {
    let name = gpt.name;
    let description = match &gpt.description {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Expression(_) => quote!(__DESCRIPTION),
    };
    let instructions = match gpt.instructions {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Expression(_) => quote!(__INSTRUCTIONS),
    };
    let starters = gpt.starters;
    let tools = gpt.tools.iter().map(Word::variant);
    let actions = (0..gpt.actions.len()).map(action_name);
    let visibility = match gpt.visibility {
        Some(word) => word.variant(),
        None => format_ident!("OnlyMe"),
    };
    let privacy_policy = gpt.privacy_policy.map_or_else(
        || quote!(::core::option::Option::None),
        |url| quote!(::core::option::Option::Some(#url)),
    );
    let definition = quote! {
        static __DEFINITION: __gpt::Definition = __gpt::Definition {
            name: #name,
            description: #description,
            instructions: #instructions,
            starters: &[#(#starters),*],
            tools: &[#(__gpt::BuiltInTool::#tools),*],
            actions: &[#(#actions),*],
            visibility: __gpt::Visibility::#visibility,
            privacy_policy: #privacy_policy,
        };
        &__DEFINITION
    };
    anonymous(
        settings,
        &item.attrs,
        &item.ident,
        &item.generics,
        &definition,
    )
}

/// An anonymous const with all that rustc checks, and an implementation with this body.
pub(crate) fn anonymous(
    settings: &Settings,
    attributes: &[Attribute],
    ident: &Ident,
    generics: &Generics,
    body: &TokenStream,
) -> TokenStream {
    let runtime = settings.runtime();
    let cfgs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    let constants = constants(settings);
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        // The supertraits of `Gpt`, which the parameters may or may not have.
        generics
            .make_where_clause()
            .predicates
            .push(syn::parse_quote! {
                Self: ::core::marker::Send + ::core::marker::Sync + 'static
            });
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #(#cfgs)*
        const _: () = {
            use #runtime::__private as __gpt;
            #constants
            #[automatically_derived]
            impl #impl_generics __gpt::Gpt for #ident #type_generics #where_clause {
                fn definition(&self) -> &'static __gpt::Definition {
                    #body
                }
            }
        };
    }
}

/// What the user wrote and rustc reads, each once, so that a mistake in it is one error; and the
/// assertions about it, at the places of what they are about.
fn constants(settings: &Settings) -> TokenStream {
    let description = text("description", settings.description.given());
    let instructions = text("instructions", settings.instructions.given());
    let tools: Vec<_> = settings.tools.items().iter().map(Word::variant).collect();
    let actions = settings
        .actions
        .items()
        .iter()
        .enumerate()
        .map(|(index, action)| {
            let name = action_name(index);
            let earlier = (0..index).map(action_name);
            let operations = operations(action);
            let check = at(
                action.path(),
                "action",
                &quote! {
                    &[#(#earlier),*], #name, &[#(__gpt::BuiltInTool::#tools),*]
                },
            );
            quote! {
                const #name: &[&__gpt::Operation] = #operations;
                #[allow(long_running_const_eval)]
                const _: () = #check;
            }
        });
    quote!(#description #instructions #(#actions)*)
}

/// A text that is an expression, and the assertion that it is neither empty nor too long.
fn text(key: &str, text: Option<&Text>) -> Option<TokenStream> {
    let Some(Text::Expression(expression)) = text else {
        return None;
    };
    let name = format_ident!("__{}", key.to_uppercase());
    let check = at(expression, key, &quote!(#name));
    Some(quote! {
        const #name: &::core::primitive::str = #expression;
        #[allow(long_running_const_eval)]
        const _: () = #check;
    })
}

/// The operations an action stands for; the path keeps its places, so that rustc and editors know
/// what the user wrote.
fn operations(action: &Action) -> TokenStream {
    match action {
        Action::Module(path) => {
            let span = path
                .segments
                .last()
                .map_or_else(Span::call_site, |s| s.ident.span());
            let operations = Ident::new("OPERATIONS", span.resolved_at(Span::call_site()));
            quote!(#path::#operations)
        }
        Action::Operation(path) => quote!(&[<#path as __gpt::Action>::OPERATION]),
    }
}

/// A call of `check::name(arguments)` that stands at the place of `tokens`: where an assertion
/// fails, rustc marks the call, from its first token to its last.
fn at(tokens: &impl ToTokens, name: &str, arguments: &TokenStream) -> TokenStream {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let name = Ident::new(name, first);
    let function = quote_spanned!(first=> __gpt::check::#name);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments.clone());
    arguments.set_span(last);
    quote!(#function #arguments)
}

fn action_name(index: usize) -> Ident {
    format_ident!("__ACTION_{index}")
}

#[cfg(test)]
mod tests {
    use super::attribute;
    use quote::quote;

    #[test]
    fn names_the_runtime_once() {
        let keys = quote!(
            name = "A",
            description = "B",
            instructions = C,
            tools = [web_search],
            actions = [d, e::F],
            visibility = link,
            privacy_policy = "https://example.com",
            crate = ::renamed,
        );
        let output = attribute(keys, &quote!(struct Desk;)).to_string();
        assert!(!output.contains("gpt_runtime"), "{output}");
        assert_eq!(output.matches("renamed").count(), 1, "{output}");
    }
}
