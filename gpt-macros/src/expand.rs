//! Writes the implementation of `Gpt`, and the assertions that only rustc can check.

use crate::ast::{
    Action, ActionSettings, Authentication, Gpt, Listed, Setting, Settings, Text, Word,
};
use crate::ctxt::Ctxt;
use crate::place::Written;
use crate::{check, definition, editor, fallback, parse};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Generics, Item, Path};

/// Expands `#[gpt(attribute)] item`; the item stays as it is.
pub(crate) fn attribute(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let cx = Ctxt::new();
    let mut settings = parse::settings(&cx, attribute);
    definition::read(&cx, &mut settings);
    let parsed = parse::item(&cx, item.clone());
    let strct = parsed
        .as_ref()
        .and_then(|item| check::check_item(&cx, item));
    let gpt = strct.and_then(|strct| check::check(&cx, strct, &settings));
    let mentions = cx.take_mentions();
    let errors = cx.finish();
    let (gpt, is_whole) = match gpt {
        Some(gpt) if errors.is_none() => (gpt, true),
        _ => (fallback::gpt(&settings), false),
    };
    let (ident, generics, attributes) = match &parsed {
        Some(Item::Struct(item)) => (&item.ident, &item.generics, &item.attrs),
        Some(Item::Enum(item)) => (&item.ident, &item.generics, &item.attrs),
        Some(Item::Union(item)) => (&item.ident, &item.generics, &item.attrs),
        _ => return quote!(#item #errors),
    };
    let implementation = implementation(ident, generics, attributes, &settings, &gpt, is_whole);
    let runtime = settings.runtime();
    let mentions = editor::expand(&quote!(#runtime::__private), &mentions);
    // First, where what is being written moves nothing: the errors repeat it.
    quote!(#mentions #item #errors #implementation)
}

/// The type's implementation:
///
/// ```text
/// impl ::gpt_runtime::__private::Define for WeatherDesk {
///     const DEFINITION: &'static Definition = &Definition {
///         name: "Weather Desk",
///         instructions: include_str!("instructions.md"),
///         actions: &[weather::OPERATIONS, &[<pets::ListPets as Action>::OPERATION]],
///         ...
///     };
/// }
/// impl ::gpt_runtime::Gpt for WeatherDesk { ... }
/// const _: () = check::instructions(<WeatherDesk as Define>::DEFINITION);
/// const _: () = check::action(<WeatherDesk as Define>::DEFINITION, 0);
/// ```
///
/// Whatever the user wrote stands there once, so that a mistake in it is one error. It stands
/// outside of blocks with items of their own, in which rustc would not look for modules with a
/// similar name.
fn implementation(
    ident: &Ident,
    generics: &Generics,
    attributes: &[Attribute],
    settings: &Settings,
    gpt: &Gpt,
    is_whole: bool,
) -> TokenStream {
    let runtime = settings.runtime();
    let rt = quote!(#runtime::__private);
    let cfgs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    let cfgs = quote!(#(#cfgs)*);
    let definition = definition(&rt, gpt);
    let name = ident.unraw().to_string();
    let is_methods = |listed: &Listed| matches!(listed.action, Action::Methods(_));
    // Of what could not be read nobody knows.
    let lists_methods = !is_whole || gpt.actions.iter().any(is_methods);
    // So that cargo builds anew when the file changes.
    let file = settings.file.iter().map(|file| &file.name);
    let (impl_generics, type_generics, _) = generics.split_for_impl();
    let mut where_clause = TokenStream::new();
    let mut assertions = assertions(&rt, ident, settings, gpt, is_whole);
    if !generics.params.is_empty() {
        // A fallback: nothing may be wrong beyond the parameters.
        where_clause = quote!(where Self: ::core::marker::Send + ::core::marker::Sync + 'static);
        assertions.clear();
    }
    quote! {
        #cfgs
        #[automatically_derived]
        impl #impl_generics #rt::Define for #ident #type_generics #where_clause {
            const DEFINITION: &'static #rt::Definition = &#definition;
            const NAME: &'static ::core::primitive::str = #name;
            const PLACE: &'static ::core::primitive::str = ::core::concat!(
                ::core::module_path!(), ":", ::core::line!(), ":", ::core::column!(), ":", #name
            );
            const LISTS_METHODS: ::core::primitive::bool = #lists_methods;
        }
        #cfgs
        #[automatically_derived]
        impl #impl_generics #rt::Gpt for #ident #type_generics #where_clause {
            fn definition(&self) -> &'static #rt::Definition {
                <Self as #rt::Define>::DEFINITION
            }
        }
        #(
            #cfgs
            const _: &[u8] = ::core::include_bytes!(#file);
        )*
        #(
            #cfgs
            #[allow(long_running_const_eval)]
            const _: () = #assertions;
        )*
    }
}

fn definition(rt: &TokenStream, gpt: &Gpt) -> TokenStream {
    let name = &gpt.name.literal;
    let description = &gpt.description;
    let instructions = &gpt.instructions;
    let starters = gpt.starters.iter().map(|starter| &starter.literal);
    let tools = gpt.tools.iter().map(Word::variant);
    let actions = gpt.actions.iter().map(|listed| action_set(rt, listed));
    let visibility = match gpt.visibility {
        Some(word) => word.variant(),
        None => format_ident!("OnlyMe"),
    };
    let privacy_policy = gpt.privacy_policy.map_or_else(
        || quote!(::core::option::Option::None),
        |url| {
            let url = &url.literal;
            quote!(::core::option::Option::Some(#url))
        },
    );
    let category = gpt.category.map_or_else(
        || quote!(::core::option::Option::None),
        |word| {
            let variant = word.variant();
            quote!(::core::option::Option::Some(#rt::Category::#variant))
        },
    );
    let hosts = gpt.hosts.iter().map(Word::variant);
    let max_tokens = option(gpt.max_tokens, |limit| quote!(#limit));
    quote! {
        #rt::Definition {
            name: #name,
            description: #description,
            instructions: #instructions,
            starters: &[#(#starters),*],
            tools: &[#(#rt::BuiltInTool::#tools),*],
            actions: &[#(#actions),*],
            hosts: &[#(#rt::Host::#hosts),*],
            max_tokens: #max_tokens,
            visibility: #rt::Visibility::#visibility,
            privacy_policy: #privacy_policy,
            category: #category,
        }
    }
}

fn action_set(rt: &TokenStream, listed: &Listed) -> TokenStream {
    let operations = operations(rt, &listed.action);
    let settings = if listed.has_settings {
        action_settings(rt, &listed.settings)
    } else {
        quote!(#rt::ActionSettings::NONE)
    };
    quote!(#rt::ActionSet { operations: #operations, settings: #settings })
}

fn action_settings(rt: &TokenStream, settings: &ActionSettings) -> TokenStream {
    fn given<T>(setting: &Setting<T>, value: impl Fn(&T) -> TokenStream) -> TokenStream {
        option(setting.given(), value)
    }
    let name = given(&settings.name, ToTokens::to_token_stream);
    let description = given(&settings.description, ToTokens::to_token_stream);
    let confirm = given(&settings.confirm, |word| {
        let variant = word.variant();
        quote!(#rt::Confirm::#variant)
    });
    let time_limit = given(
        &settings.time_limit,
        |seconds| quote!(::core::time::Duration::from_secs(#seconds)),
    );
    let base_url = given(&settings.base_url, ToTokens::to_token_stream);
    let authentication = given(&settings.authentication, |it| match it {
        Authentication::Unsigned(_) => quote!(#rt::Authentication::Unsigned),
        Authentication::Scheme(name) => quote!(#rt::Authentication::Scheme(#name)),
    });
    quote! {
        #rt::ActionSettings {
            name: #name,
            description: #description,
            confirm: #confirm,
            time_limit: #time_limit,
            base_url: #base_url,
            authentication: #authentication,
        }
    }
}

fn option<T>(value: Option<&T>, tokens: impl Fn(&T) -> TokenStream) -> TokenStream {
    if let Some(value) = value {
        let value = tokens(value);
        return quote!(::core::option::Option::Some(#value));
    }
    quote!(::core::option::Option::None)
}

/// The operations an action stands for; the path keeps its places, so that rustc and editors know
/// what the user wrote.
fn operations(rt: &TokenStream, action: &Action) -> TokenStream {
    match action {
        Action::Module(path) => {
            let span = last_segment(path).map_or_else(Span::call_site, Ident::span);
            let operations = Ident::new("OPERATIONS", span.resolved_at(Span::call_site()));
            quote!(#path::#operations)
        }
        Action::Methods(path) => quote!(<#path as #rt::function::Methods>::OPERATIONS),
        Action::Operation(path) => quote!(&[<#path as #rt::Action>::OPERATION]),
    }
}

/// What is asserted about texts that are expressions, and about each action.
fn assertions(
    rt: &TokenStream,
    ident: &Ident,
    settings: &Settings,
    gpt: &Gpt,
    is_whole: bool,
) -> Vec<TokenStream> {
    let definition = quote!(<#ident as #rt::Define>::DEFINITION);
    let texts = [
        (quote!(description), &gpt.description),
        (quote!(instructions), &gpt.instructions),
    ];
    let texts = texts.into_iter().filter_map(|(check, text)| match text {
        Text::Expression(expression) => {
            let check = quote!(#rt::check::#check);
            Some(call_at(expression, check, definition.clone()))
        }
        Text::Literal(_) => None,
    });
    let references = match &gpt.instructions {
        // Without all actions and tools nobody knows what instructions may refer to.
        _ if !is_whole => Vec::new(),
        Text::Literal(Written {
            part: Some(part), ..
        }) => definition::references(part)
            .iter()
            .map(|(name, place)| {
                let excerpt = place.excerpt();
                let arguments = quote!(#definition, #name, #excerpt);
                call_at(&place.file.name, quote!(#rt::check::reference), arguments)
            })
            .collect(),
        Text::Literal(text) if !text.value().contains("{{") => Vec::new(),
        text => {
            let check = quote!(#rt::check::references);
            vec![call_at(text, check, definition.clone())]
        }
    };
    // rustc knows the source file, unless the code is in none; not every editor tells.
    let unread = match settings.definition.given() {
        Some(name) if settings.is_unread => {
            let name = &name.literal;
            Some(call_at(name, quote!(#rt::check::unread), quote!(#name)))
        }
        _ => None,
    };
    // Names that could not be read might not clash.
    let are_known = is_whole || !gpt.actions.iter().any(|it| it.has_settings);
    let actions = gpt.actions.iter().enumerate().filter(|_| are_known);
    let actions = actions.map(|(index, listed)| {
        let check = quote!(#rt::check::action::<{ #rt::check::room(#definition) }>);
        call_at(listed.action.path(), check, quote!(#definition, #index))
    });
    let owners = gpt
        .actions
        .iter()
        .enumerate()
        .filter_map(|(index, listed)| {
            let Action::Module(path) = &listed.action else {
                return None;
            };
            let check = quote!(#rt::check::belongs);
            let owner = quote!(<#ident as #rt::Define>::NAME, <#ident as #rt::Define>::PLACE);
            Some(call_at(path, check, quote!(#definition, #index, #owner)))
        });
    let mut all: Vec<TokenStream> = texts
        .chain(unread)
        .chain(references)
        .chain(actions)
        .chain(owners)
        .collect();
    if is_whole {
        all.extend(of_settings(rt, &definition, gpt));
        all.extend(of_hosts(rt, &definition, gpt));
    }
    all
}

/// What is asserted about what is set for actions, and about what all of them cost.
fn of_settings(rt: &TokenStream, definition: &TokenStream, gpt: &Gpt) -> Vec<TokenStream> {
    let mut all = Vec::new();
    for (index, Listed { settings, .. }) in gpt.actions.iter().enumerate() {
        let arguments = quote!(#definition, #index);
        for text in [&settings.name, &settings.description] {
            if let Some(text) = text.given() {
                let check = quote!(#rt::check::one_operation);
                all.push(call_at(text, check, arguments.clone()));
            }
        }
        if let Some(confirm) = settings.confirm.given() {
            let check = quote!(#rt::check::confirm);
            all.push(call_at(confirm, check, arguments.clone()));
        }
        if let Some(authentication) = settings.authentication.given() {
            let check = quote!(#rt::check::authentication);
            all.push(call_at(authentication, check, arguments));
        }
    }
    if let Some(limit) = gpt.max_tokens {
        let check = quote!(#rt::check::tokens);
        all.push(call_at(limit, check, definition.clone()));
    }
    all
}

/// What is asserted where hosts are named; the rest of it is part of what is asserted of actions.
fn of_hosts(rt: &TokenStream, definition: &TokenStream, gpt: &Gpt) -> Vec<TokenStream> {
    if gpt.hosts.is_empty() {
        return Vec::new();
    }
    let name = call_at(
        &gpt.name.literal,
        quote!(#rt::check::name),
        definition.clone(),
    );
    let description = match &gpt.description {
        Text::Literal(text) => {
            let check = quote!(#rt::check::description);
            Some(call_at(&text.literal, check, definition.clone()))
        }
        Text::Expression(_) => None,
    };
    let visibility = gpt.visibility.map(|word| {
        let check = quote!(#rt::check::visibility);
        call_at(word, check, definition.clone())
    });
    [name]
        .into_iter()
        .chain(description)
        .chain(visibility)
        .collect()
}

/// A call that stands at the place of `tokens`: where an assertion fails, rustc marks the call,
/// from its first token to its last.
pub(crate) fn call_at(
    tokens: &impl ToTokens,
    function: TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let mut function = Group::new(Delimiter::Parenthesis, function);
    function.set_span(first);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote!(#function #arguments)
}

fn last_segment(path: &Path) -> Option<&Ident> {
    path.segments.last().map(|segment| &segment.ident)
}

#[cfg(test)]
mod tests {
    use super::attribute;
    use quote::quote;

    #[test]
    fn names_the_runtime_as_asked() {
        let keys = quote!(
            name = "A",
            description = "B",
            instructions = C,
            tools = [web_search],
            actions = [
                d,
                e::F(
                    confirm = always,
                    time_limit = 9,
                    name = "f",
                    authentication = g
                )
            ],
            visibility = link,
            privacy_policy = "https://example.com",
            category = research,
            hosts = [chatgpt],
            max_tokens = 9,
            crate = ::renamed,
        );
        let output = attribute(
            keys,
            &quote!(
                struct Desk;
            ),
        )
        .to_string();
        assert!(!output.contains("gpt_runtime"), "{output}");
        assert!(output.contains(":: renamed :: __private"), "{output}");
    }

    #[test]
    fn reports_anything_odd_once() {
        for keys in [
            "=",
            "= =",
            "'a",
            "_",
            "\"Desk\"",
            "#[name]",
            "name == \"A\"",
            "name = 'A'",
            "name = starters = [\"A\"]",
            "instructions = if",
            "instructions = b\"A\"",
            "starters = [[\"A\"]]",
            "starters = [\"A\" \"B\"]",
            "starters = \"A\", \"B\"",
            "tools = [r#web_search::A]",
            "tools = {}",
            "actions = [::]",
            "actions = [a::]",
            "actions = [a::<B>]",
            "actions = [a b]",
            "actions = [a()]",
            "actions = [a()()]",
            "actions = [a[confirm = always]]",
            "actions = [a(=)]",
            "actions = [a(1)]",
            "actions = [a(,)]",
            "actions = [a(confirm)]",
            "actions = [a(confirm =)]",
            "actions = [a(confirm = b::c)]",
            "actions = [a(confirm = never)]",
            "actions = [a(confirm = \"always\")]",
            "actions = [a(time_limit = -1)]",
            "actions = [a(time_limit = 1.5)]",
            "actions = [a(time_limit = 0)]",
            "actions = [a(time_limit = 3601)]",
            "actions = [a(time_limit = 99999999999999999999999)]",
            "actions = [a(time_limit = 10s)]",
            "actions = [a(base_url = b)]",
            "actions = [a(base_url = \"/v1\")]",
            "actions = [a(base_url = \"https://user:word@a.example\")]",
            "actions = [a(authentication = b-c)]",
            "actions = [a(authentication = [b])]",
            "actions = [a::B(name = \"b c\")]",
            "actions = [a::B(name = \"\")]",
            "actions = [a::B(description = \" \")]",
            "actions = [a(confirm = always time_limit = 9)]",
            "actions = [a(confirm = always, confirm = once)]",
            "hosts = []=",
            "hosts = chatgpt",
            "hosts = [chatgpt, chatgpt]",
            "max_tokens = \"9\"",
            "max_tokens = 9k",
            "visibility = ",
            "visibility = [link]",
            "category = ",
            "category = [research]",
            "privacy_policy = \"https://\"",
            "privacy_policy = \"https:///privacy\"",
            "privacy_policy = \"https://exa mple.com\"",
            "privacy_policy = \"javascript:alert(1)\"",
            "crate = \"a\"",
            "crate",
        ] {
            let mut input = String::from(keys);
            for other in [
                "name = \"A\"",
                "description = \"B\"",
                "instructions = \"C\"",
            ] {
                if !keys.starts_with(other.split(' ').next().unwrap()) {
                    input = format!("{input}, {other}");
                }
            }
            let output = attribute(
                input.parse().unwrap(),
                &quote!(
                    struct Desk;
                ),
            )
            .to_string();
            assert_eq!(
                output.matches("compile_error").count(),
                1,
                "{keys}: {output}"
            );
        }
    }

    #[test]
    fn counts_the_characters_of_literal_instructions() {
        for (count, message) in [
            (8000, None),
            (
                8001,
                Some("instructions have 8001 characters, 8000 are allowed"),
            ),
        ] {
            let text = "ü".repeat(count);
            let keys = quote!(name = "A", description = "B", instructions = #text);
            let output = attribute(
                keys,
                &quote!(
                    struct Desk;
                ),
            )
            .to_string();
            assert_eq!(output.contains("compile_error"), message.is_some());
            assert!(output.contains(message.unwrap_or_default()));
        }
    }
}
