//! Rules over the whole [`Api`]: what is sound and still serves a model or its people badly.
//!
//! Each rule has a name by which the configuration sets its level. Some are off unless asked for.

mod operation;
mod schema;
mod server;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::Api,
    source::Span,
};

/// A rule.
#[derive(Clone, Copy, Debug)]
struct Lint {
    name: &'static str,
    level: Level,
    /// Why the rule exists.
    reason: &'static str,
}

/// The level of a rule that the configuration does not mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Allow,
    Warn,
}

/// Checks every rule.
pub(crate) fn check(cx: &mut Diagnostics, api: &Api) {
    operation::check(cx, api);
    schema::check(cx, api);
    server::check(cx, api);
}

impl Lint {
    fn is_on(self, cx: &Diagnostics) -> bool {
        self.level == Level::Warn || cx.is_asked_for(self.name)
    }

    fn found(self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(self.name, span, message).note(self.reason)
    }
}
