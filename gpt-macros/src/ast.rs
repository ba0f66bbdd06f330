//! What `#[gpt(...)]` means, with the places it was written at.

use crate::place::{File, Part, Written};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::rc::Rc;
use syn::{Expr, LitInt, LitStr, Path, parse_quote};

/// The keys of the attribute, as far as they could be read.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) runtime: Setting<Path>,
    pub(crate) name: Setting<Written>,
    pub(crate) description: Setting<Text>,
    pub(crate) instructions: Setting<Text>,
    pub(crate) starters: Setting<Vec<Written>>,
    pub(crate) tools: Setting<Vec<Word>>,
    pub(crate) actions: Setting<Vec<Listed>>,
    pub(crate) visibility: Setting<Word>,
    pub(crate) privacy_policy: Setting<Written>,
    pub(crate) category: Setting<Word>,
    pub(crate) hosts: Setting<Vec<Word>>,
    pub(crate) max_tokens: Setting<LitInt>,
    pub(crate) definition: Setting<Written>,
    /// The file that `definition` names.
    pub(crate) file: Option<Rc<File>>,
    /// Whether nobody told where the file of `definition` is looked for.
    pub(crate) is_unread: bool,
}

/// One key and its value.
#[derive(Default)]
pub(crate) enum Setting<T> {
    #[default]
    Absent,
    /// Something stands there, and what is wrong with it was reported.
    Wrong,
    Given(T),
}

/// A definition that can be expanded.
pub(crate) struct Gpt<'a> {
    pub(crate) name: Written,
    pub(crate) description: Text,
    pub(crate) instructions: Text,
    pub(crate) starters: &'a [Written],
    pub(crate) tools: &'a [Word],
    pub(crate) actions: &'a [Listed],
    pub(crate) visibility: Option<&'a Word>,
    pub(crate) privacy_policy: Option<&'a Written>,
    pub(crate) category: Option<&'a Word>,
    pub(crate) hosts: &'a [Word],
    pub(crate) max_tokens: Option<&'a LitInt>,
}

/// A text known here, or a constant expression that only rustc can read.
#[derive(Clone)]
pub(crate) enum Text {
    Literal(Written),
    Expression(Expr),
}

/// A word out of a fixed list: `web_search`, `link`.
pub(crate) struct Word {
    pub(crate) ident: Ident,
    /// The variant it stands for in `gpt_runtime::gpt`.
    pub(crate) variant: &'static str,
}

/// An item of `actions`.
pub(crate) struct Listed {
    pub(crate) action: Action,
    pub(crate) settings: ActionSettings,
    /// Whether parentheses stand behind the path.
    pub(crate) has_settings: bool,
}

/// What is set for an action.
#[derive(Default)]
pub(crate) struct ActionSettings {
    pub(crate) name: Setting<LitStr>,
    pub(crate) description: Setting<LitStr>,
    pub(crate) confirm: Setting<Word>,
    pub(crate) time_limit: Setting<LitInt>,
    pub(crate) base_url: Setting<LitStr>,
    pub(crate) authentication: Setting<Authentication>,
}

/// How calls are signed.
pub(crate) enum Authentication {
    /// `none`.
    Unsigned(Ident),
    /// The name of a security scheme, at its place.
    Scheme(LitStr),
}

/// What the model may call.
pub(crate) enum Action {
    /// A generated module, or a function with `#[action]`: all its operations.
    Module(Path),
    /// `Self`: the methods with `#[action]`.
    Methods(Path),
    /// One operation of it.
    Operation(Path),
}

impl Settings {
    /// The path of the runtime crate.
    pub(crate) fn runtime(&self) -> Path {
        match self.runtime.given() {
            Some(path) => path.clone(),
            None => parse_quote!(::gpt_runtime),
        }
    }

    /// The first line of the file that `definition` names.
    pub(crate) fn start_of_file(&self) -> Option<Part> {
        let file = self.file.as_ref()?;
        let line = file.text.lines().next().unwrap_or_default();
        Some(Part {
            file: Rc::clone(file),
            range: 0..line.len(),
        })
    }
}

impl<T> Setting<T> {
    pub(crate) fn given(&self) -> Option<&T> {
        match self {
            Setting::Given(value) => Some(value),
            Setting::Absent | Setting::Wrong => None,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Setting::Absent)
    }

    /// Says of what is absent that the mistake which made it so was reported.
    pub(crate) fn mark_as_wrong(&mut self) {
        if self.is_absent() {
            *self = Setting::Wrong;
        }
    }
}

impl<T> Setting<Vec<T>> {
    /// The items of a list that could be read.
    pub(crate) fn items(&self) -> &[T] {
        self.given().map_or(&[], Vec::as_slice)
    }
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Text::Literal(text) => text.literal.to_tokens(tokens),
            Text::Expression(expression) => expression.to_tokens(tokens),
        }
    }
}

impl ToTokens for Word {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.ident.to_tokens(tokens);
    }
}

impl ToTokens for Listed {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.action.path().to_tokens(tokens);
    }
}

impl ToTokens for Authentication {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Authentication::Unsigned(none) => none.to_tokens(tokens),
            Authentication::Scheme(name) => name.to_tokens(tokens),
        }
    }
}

impl Word {
    /// The variant, at the place of the word.
    pub(crate) fn variant(&self) -> Ident {
        Ident::new(
            self.variant,
            self.ident.span().resolved_at(Span::call_site()),
        )
    }
}

impl Action {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Action::Module(path) | Action::Methods(path) | Action::Operation(path) => path,
        }
    }
}
