//! The rules of a function that is to be an action.

use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Ident, Pat, PatType, PathArguments, Receiver,
    ReceiverKind, ReturnType, Safety, Signature, Type, ext::IdentExt,
};

use super::{
    ast::{Function, Parameter, Settings, State},
    parse::is_name,
};
use crate::{
    ctxt::Ctxt,
    docs::{self, Reader},
    limits::TOOLS,
};

/// Types that every program names without importing them, which a function of their name would
/// hide.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

const READER: Reader<'static> = Reader {
    attribute: "action",
    instead: "write the comment out, as `/// Converts an amount.`",
};

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Anywhere but in an `impl` block.
    Free,
    /// In a block with `#[actions]`.
    Methods,
}

/// Checks every rule; `None` when one of them is broken.
pub(crate) fn check(
    cx: &Ctxt,
    attributes: &[Attribute],
    signature: &Signature,
    settings: &Settings,
    place: Place,
) -> Option<Function> {
    let errors = cx.count();
    check_signature(cx, signature);
    check_name(cx, &signature.ident, settings, place);
    check_output(cx, &signature.output);
    let description = description(cx, attributes, &signature.ident);
    let mut state = State::Nothing;
    let mut parameters = Vec::new();
    for (position, input) in signature.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(receiver) => {
                check_receiver(cx, receiver, place);
                state = State::Receiver;
            }
            FnArg::Typed(input) => match &*input.ty {
                Type::Reference(reference)
                    if position == 0 && !is_borrowed_data(&reference.elem) =>
                {
                    check_reference(cx, reference);
                    state = State::Reference(reference.elem.clone());
                }
                _ => parameters.extend(parameter(cx, input)),
            },
        }
    }
    let function = Function {
        ident: signature.ident.clone(),
        description: description?,
        is_async: signature.asyncness.is_some(),
        state,
        parameters,
        output: signature.output.clone(),
    };
    (cx.count() == errors).then_some(function)
}

/// The model calls one function, with JSON: it can choose no types and keep no promises.
fn check_signature(cx: &Ctxt, signature: &Signature) {
    if !signature.generics.params.is_empty() {
        let mut parameters = signature.generics.params.iter();
        let help = if parameters.all(|it| matches!(it, GenericParam::Lifetime(_))) {
            "take and return values of their own, without lifetimes"
        } else {
            "name the types"
        };
        cx.error(
            &signature.generics,
            "an action has no generic parameters",
            help,
        );
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        let help = "write a safe function around it";
        cx.error(unsafety, "an action is not `unsafe`: models call it", help);
    }
    if let Some(abi) = &signature.abi {
        cx.error(abi, "an action is a Rust function", "remove this");
    }
    if let Some(variadic) = &signature.variadic {
        cx.error(
            variadic,
            "an action takes a fixed number of arguments",
            "remove this",
        );
    }
}

/// The function is known to the model, in addresses and to the compiler by its name.
fn check_name(cx: &Ctxt, ident: &Ident, settings: &Settings, place: Place) {
    let name = ident.unraw().to_string();
    if place == Place::Free && PRIMITIVES.contains(&name.as_str()) {
        let message = format!("an action cannot be called like the type `{name}`");
        let help = format!("rename the function, and write `#[action(name = \"{name}\")]`");
        cx.error(ident, &message, &help);
        return;
    }
    let (name, place) = match &settings.name {
        Some(name) => (name.value(), name.to_token_stream()),
        None => (name, ident.to_token_stream()),
    };
    if TOOLS.iter().any(|(tool, _)| *tool == name) {
        let message = format!("`{name}` is the name of a built-in tool");
        cx.error(place, &message, "choose another name");
    } else if !is_name(&name) {
        let help = "add `name = \"...\"` with at most 64 letters, digits, `_` and `-`";
        cx.error(place, "models do not take this name", help);
    }
}

/// The model decides by the description when to call it.
fn description(cx: &Ctxt, attributes: &[Attribute], ident: &Ident) -> Option<String> {
    let text = docs::text(cx, attributes, READER)?;
    // Sections such as `# Errors` are for readers of the code.
    let told = text.split("\n\n").take_while(|it| !it.starts_with("# "));
    let told = told.collect::<Vec<_>>().join("\n\n");
    if told.is_empty() {
        let message = format!("action `{}` has no description", ident.unraw());
        let help = "say in a doc comment what it does: the model reads it";
        cx.error(ident, &message, help);
        return None;
    }
    Some(told)
}

/// A GPT is shared by all its conversations.
fn check_receiver(cx: &Ctxt, receiver: &Receiver, place: Place) {
    let is_shared = matches!(receiver.kind, ReceiverKind::Reference(_, None, None));
    if place == Place::Free {
        let help = "write `#[actions]` above the `impl` block as well";
        cx.error(receiver, "`#[action]` on a method needs `#[actions]`", help);
    } else if !is_shared {
        let message = "an action takes the GPT as `&self`";
        let help = "write `&self`: all conversations share the GPT";
        cx.error(receiver, message, help);
    }
}

fn check_reference(cx: &Ctxt, reference: &syn::TypeReference) {
    if let Some(mutability) = &reference.mutability {
        let help = "write `&` alone: all conversations share the GPT";
        cx.error(
            mutability,
            "an action takes the GPT by a shared reference",
            help,
        );
    }
    if let Some(lifetime) = &reference.lifetime {
        cx.error(lifetime, "an action has no lifetimes", "remove this");
    }
}

/// A parameter that the model fills.
fn parameter(cx: &Ctxt, input: &PatType) -> Option<Parameter> {
    let ident = match &*input.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            pattern.ident.clone()
        }
        pattern => {
            let help = "write a name, and take it apart in the function";
            cx.error(pattern, "an argument of an action needs a name", help);
            return None;
        }
    };
    for attribute in input.attrs.iter().filter(|it| !it.path().is_ident("doc")) {
        let help = "write a doc comment here, and everything else on its type";
        cx.error(
            attribute,
            "an argument of an action has no attributes",
            help,
        );
    }
    match &*input.ty {
        Type::Reference(reference) => {
            let (message, help) = match owned(&reference.elem) {
                Some(owned) => (
                    "an argument of an action is a value of its own",
                    format!("write `{owned}`"),
                ),
                None => (
                    "only the first parameter of an action is a reference: to its GPT",
                    "put it first, or take a value".to_owned(),
                ),
            };
            cx.error(&input.ty, message, &help);
            return None;
        }
        Type::ImplTrait(ty) => {
            cx.error(ty, "an action has no generic parameters", "name the type");
            return None;
        }
        _ => {}
    }
    Some(Parameter {
        ident,
        ty: (*input.ty).clone(),
        description: docs::text(cx, &input.attrs, READER)?,
    })
}

/// Whether a reference to it is to data of a call, and not to a GPT.
fn is_borrowed_data(ty: &Type) -> bool {
    owned(ty).is_some()
}

/// What stands for borrowed data where it is owned.
fn owned(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => Some("String".to_owned()),
        Type::Slice(slice) => Some(format!("Vec<{}>", slice.elem.to_token_stream())),
        _ => None,
    }
}

/// What comes back is written as JSON after the call.
fn check_output(cx: &Ctxt, output: &ReturnType) {
    let ReturnType::Type(_, ty) = output else {
        return;
    };
    let mut types = vec![&**ty];
    if let Type::Path(path) = &**ty
        && let Some(last) = path.path.segments.last()
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
    {
        types.extend(arguments.args.iter().filter_map(|it| match it {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }));
    }
    for ty in types {
        match ty {
            Type::ImplTrait(_) => {
                cx.error(
                    ty,
                    "the answer of an action has a type of its own",
                    "name the type",
                );
            }
            Type::Reference(reference)
                if reference
                    .lifetime
                    .as_ref()
                    .is_none_or(|it| it.ident != "static") =>
            {
                let help = "return a `String`, a `Vec` or a clone";
                cx.error(ty, "an action returns a value of its own", help);
            }
            _ => {}
        }
    }
}
