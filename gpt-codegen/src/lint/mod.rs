//! Rules over the whole [`Api`]: what is sound and still serves a model or its people badly.
//!
//! Each rule has a name by which the configuration sets its level; [`catalogue`] lists them, with
//! those that other passes check on their way.

pub(crate) mod budget;
pub(crate) mod catalogue;
pub(crate) mod chatgpt;
mod extension;
mod operation;
mod schema;
mod server;

pub(crate) use extension::read_levels;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::Api,
    source::Span,
};

/// A rule that is checked here.
#[derive(Clone, Copy, Debug)]
struct Rule {
    /// As in the catalogue.
    name: &'static str,
    /// Why the rule exists.
    reason: &'static str,
}

/// Checks every rule.
pub(crate) fn check(cx: &mut Diagnostics, api: &Api) {
    operation::check(cx, api);
    schema::check(cx, api);
    server::check(cx, api);
}

impl Rule {
    /// Whether anyone would see what it finds, so that looking is worth the time.
    fn is_on(self, cx: &Diagnostics) -> bool {
        cx.is_on(self.name)
    }

    fn found(self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(self.name, span, message).note(self.reason)
    }
}
