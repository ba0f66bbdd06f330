//! Writes what makes an action of a function.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Attribute, FnArg, GenericArgument, Item, ItemFn, PathArguments, ReturnType, Signature, Type,
    ext::IdentExt, parse_quote,
};

use super::{
    ast::{Asks, Function, Settings, State},
    check::{self, Place},
    parse,
};
use crate::{check::kind_of, ctxt::Ctxt, parse as item};

/// Expands `#[action(attribute)] item`; the function stays as it is, but for the doc comments of its
/// parameters, which Rust does not take there.
///
/// ```text
/// async fn convert(amount: f64) -> Result<f64, ActionError> { ... }
///
/// enum convert {}
/// impl convert {
///     pub const OPERATIONS: &'static [&'static Described] = &[&Described::function_of(...)];
/// }
/// ```
///
/// Types have names of their own beside functions, so that `convert` means both, and what stands in
/// `actions = [convert]` is read as it is for a module: `convert::OPERATIONS`.
pub(crate) fn attribute(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let cx = Ctxt::new();
    let settings = parse::action(&cx, attribute);
    let Some(parsed) = item::item(&cx, item.clone()) else {
        let errors = cx.finish();
        return quote!(#item #errors);
    };
    let Item::Fn(mut function) = parsed else {
        not_a_function(&cx, &parsed);
        let errors = cx.finish();
        return quote!(#item #errors);
    };
    let checked = check::check(&cx, &function.attrs, &function.sig, &settings, Place::Free);
    tidy(&mut function.attrs, &mut function.sig);
    if let Some(errors) = cx.finish() {
        // A method would not take an `enum` beside it.
        let is_method = function.sig.receiver().is_some();
        let nothing = (!is_method).then(|| operations(&settings, &function, &quote!(&[])));
        return quote!(#function #errors #nothing);
    }
    let described = checked.map(|checked| {
        let ident = &checked.ident;
        describe(
            &settings,
            &settings.runtime(),
            &checked,
            &quote!(#ident),
            None,
        )
    });
    let operations = operations(&settings, &function, &quote!(&[#described]));
    quote!(#function #operations)
}

/// The type of the name of a function, with its operations.
fn operations(settings: &Settings, function: &ItemFn, operations: &TokenStream) -> TokenStream {
    let runtime = settings.runtime();
    let rt = quote!(#runtime::__private);
    let ItemFn {
        attrs, vis, sig, ..
    } = function;
    let ident = &sig.ident;
    let cfgs: Vec<_> = attrs
        .iter()
        .filter(|it| it.path().is_ident("cfg"))
        .collect();
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub, clippy::allow_attributes)]
        #vis enum #ident {}
        #(#cfgs)*
        #[automatically_derived]
        impl #ident {
            #[doc(hidden)]
            #[allow(unreachable_pub)]
            pub const OPERATIONS: &'static [&'static #rt::Described] = #operations;
        }
    }
}

fn not_a_function(cx: &Ctxt, item: &Item) {
    let (kind, place) = kind_of(item);
    let message = format!("`#[action]` goes on a function, not on {kind}");
    let help = match item {
        Item::Impl(_) => "write `#[actions]` here, and `#[action]` on its methods",
        _ => "write `async fn` below the attribute",
    };
    cx.error(place, &message, help);
}

/// Removes the doc comments of parameters, and allows what an action cannot help: its arguments are
/// values, whether or not it keeps them.
pub(super) fn tidy(attributes: &mut Vec<Attribute>, signature: &mut Signature) {
    attributes.push(parse_quote!(#[allow(clippy::needless_pass_by_value)]));
    for input in &mut signature.inputs {
        let (FnArg::Typed(syn::PatType { attrs, .. })
        | FnArg::Receiver(syn::Receiver { attrs, .. })) = input;
        attrs.retain(|it| !it.path().is_ident("doc"));
    }
}

/// The GPT that a type is, at the place of that type.
pub(super) fn owner(runtime: &syn::Path, ty: &Type) -> TokenStream {
    let span = first_span(ty);
    let rt = at(span, quote!(#runtime::__private));
    quote_spanned!(span=> #rt::function::Owner::of::<#ty>())
}

/// The description of a function that is called as `callee`, and takes a `receiver` where it is a
/// method. What the user wrote keeps its place, and what is demanded of it stands there too, so that
/// rustc points there.
pub(super) fn describe(
    settings: &Settings,
    runtime: &syn::Path,
    function: &Function,
    callee: &TokenStream,
    receiver: Option<&Type>,
) -> TokenStream {
    let rt = quote!(#runtime::__private);
    let id = function.ident.unraw().to_string();
    let name = settings
        .name
        .as_ref()
        .map_or_else(|| id.clone(), syn::LitStr::value);
    let description = &function.description;
    let title = optional(settings.title.as_ref());
    let time_limit = optional(settings.time_limit.as_ref());
    let asks = match settings.asks {
        Asks::Never => format_ident!("Never"),
        Asks::Once => format_ident!("Once"),
        Asks::EachTime => format_ident!("EachTime"),
    };
    let state = match &function.state {
        State::Nothing => None,
        State::Receiver => receiver,
        State::Reference(ty) => Some(&**ty),
    };
    let owner = optional(state.map(|ty| owner(runtime, ty)));
    let state = state.map(|ty| quote!(#rt::function::state::<#ty>(state)?,));
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| {
            let (ty, description) = (&parameter.ty, &parameter.description);
            let name = parameter.ident.unraw().to_string();
            let span = first_span(ty);
            let rt = at(span, rt.clone());
            quote_spanned!(span=> #rt::function::Parameter::<#ty>::new(#name, #description))
        })
        .collect();
    let returned = function.returned();
    let (value_span, error_span) = spans_of_output(function);
    let returns = at(value_span, quote!(#rt::function::Returns));
    let value = quote_spanned!(value_span=> #returns::<#returned>::new().value());
    let finish = Ident::new("finish", error_span);
    let wait = function.is_async.then(|| quote!(.await));
    quote! {
        &#rt::Described::function_of(#id, #name, #description, &#rt::function::Function {
            owner: #owner,
            title: #title,
            asks: #rt::function::Asks::#asks,
            time_limit: #time_limit,
            describe: |description| {
                #[allow(unused_imports)]
                use #rt::function::Plain as _;
                #(#parameters.describe(description);)*
                #value.describe(description);
            },
            call: |state, mut arguments| #rt::function::Box::pin(async move {
                #[allow(unused_imports)]
                use #rt::function::Plain as _;
                let _ = (&state, &mut arguments);
                #rt::function::Returns::<#returned>::new().#finish(
                    #callee(#state #(#parameters.take(&mut arguments)?),*)#wait,
                    #value
                )
            }),
        })
    }
}

fn optional<T: ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

/// The tokens at another place.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let at = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(at).collect()
}

/// Where to point when the value of an answer, and its error, cannot be one.
fn spans_of_output(function: &Function) -> (Span, Span) {
    let ReturnType::Type(_, ty) = &function.output else {
        let span = function.ident.span().resolved_at(Span::call_site());
        return (span, span);
    };
    let whole = first_span(ty);
    let mut inner = Vec::new();
    if let Type::Path(path) = &**ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
    {
        let types = arguments.args.iter();
        inner.extend(types.filter_map(|it| match it {
            GenericArgument::Type(ty) => Some(first_span(ty)),
            _ => None,
        }));
    }
    (
        inner.first().copied().unwrap_or(whole),
        inner.get(1).copied().unwrap_or(whole),
    )
}

/// The place of the last word of a path, or of the first token of anything else.
fn first_span(ty: &Type) -> Span {
    let span = match ty {
        Type::Path(path) => path.path.segments.last().map(|it| it.ident.span()),
        _ => None,
    };
    let first = || ty.to_token_stream().into_iter().next().map(|it| it.span());
    span.or_else(first)
        .unwrap_or_else(Span::call_site)
        .resolved_at(Span::call_site())
}
