//! Gathers errors, so that all mistakes are reported at once.

use crate::editor::Mention;
use crate::place::{Place, with_help};
use proc_macro2::TokenStream;
use std::cell::RefCell;
use std::thread;

/// The errors found so far. Dropping it without [`Ctxt::finish`] panics, so that no error is lost.
pub(crate) struct Ctxt {
    errors: RefCell<Option<Vec<syn::Error>>>,
    mentions: RefCell<Vec<Mention>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Ctxt {
            errors: RefCell::new(Some(Vec::new())),
            mentions: RefCell::default(),
        }
    }

    /// Reports `message` at `place`, with what to write instead.
    pub(crate) fn error(&self, place: impl Place, message: &str, help: &str) {
        self.push(place.error(message, help));
    }

    /// Reports `message` at one place, with what to write instead.
    pub(crate) fn error_at(&self, span: proc_macro2::Span, message: &str, help: &str) {
        self.push(syn::Error::new(span, with_help(message, help)));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(errors) = &mut *self.errors.borrow_mut() {
            errors.push(error);
        }
    }

    /// Notes something for editors.
    pub(crate) fn mention(&self, mention: Mention) {
        self.mentions.borrow_mut().push(mention);
    }

    /// What was noted for editors so far.
    pub(crate) fn take_mentions(&self) -> Vec<Mention> {
        self.mentions.take()
    }

    /// How many errors there are.
    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().as_ref().map_or(0, Vec::len)
    }

    /// The errors as `compile_error!` items; nothing when there were none.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        let errors = self.errors.take().unwrap_or_default();
        (!errors.is_empty()).then(|| errors.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        assert!(
            thread::panicking() || self.errors.borrow().is_none(),
            "errors of an attribute were not reported"
        );
    }
}
