//! What `#[action(...)]` and the function below it mean, with the places they were written at.

use proc_macro2::TokenStream;
use syn::{Ident, LitInt, LitStr, Path, ReturnType, Type, parse_quote};

/// The keys of the attribute, as far as they could be read.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
    pub(crate) asks: Asks,
    pub(crate) time_limit: Option<LitInt>,
    pub(crate) runtime: Option<Path>,
}

/// Before which calls a person is asked.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Asks {
    /// `read_only`.
    Never,
    /// `consequential = false`.
    Once,
    /// `consequential = true`, and where nothing is said.
    #[default]
    EachTime,
}

/// A function that can be an action.
pub(crate) struct Function {
    pub(crate) ident: Ident,
    /// What the model is told it does.
    pub(crate) description: String,
    pub(crate) is_async: bool,
    pub(crate) state: State,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: ReturnType,
}

/// What a function is called with beside its arguments.
pub(crate) enum State {
    Nothing,
    /// `&self`.
    Receiver,
    /// A reference to this type, the first parameter.
    Reference(Box<Type>),
}

/// A parameter that the model fills.
pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) description: String,
}

impl Settings {
    /// The path of the runtime crate.
    pub(crate) fn runtime(&self) -> Path {
        self.runtime
            .clone()
            .unwrap_or_else(|| parse_quote!(::gpt_runtime))
    }
}

impl Function {
    /// The type that it returns.
    pub(crate) fn returned(&self) -> TokenStream {
        match &self.output {
            ReturnType::Default => quote::quote!(()),
            ReturnType::Type(_, ty) => quote::quote!(#ty),
        }
    }
}
