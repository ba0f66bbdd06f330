//! What stands in for a wrong definition, so that one mistake is one error: the type is a GPT all the
//! same.

use crate::ast::{Gpt, Setting, Settings, Text};
use crate::place::Written;
use proc_macro2::Span;
use syn::LitStr;

/// The definition as far as it could be read, with blanks for the rest; it is never run.
///
/// It keeps the expressions and paths that were read: a mistake in them is another mistake, and
/// editors complete them while the rest is being written.
pub(crate) fn gpt(settings: &Settings) -> Gpt<'_> {
    Gpt {
        name: blank(),
        description: expression(&settings.description),
        instructions: expression(&settings.instructions),
        starters: &[],
        tools: settings.tools.items(),
        actions: settings.actions.items(),
        visibility: None,
        privacy_policy: None,
        category: None,
        hosts: &[],
        max_tokens: None,
    }
}

fn expression(setting: &Setting<Text>) -> Text {
    match setting.given() {
        Some(text @ Text::Expression(_)) => text.clone(),
        _ => Text::Literal(blank()),
    }
}

fn blank() -> Written {
    LitStr::new("", Span::call_site()).into()
}
