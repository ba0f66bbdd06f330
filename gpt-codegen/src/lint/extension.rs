//! `x-gpt-lints`: the levels of lints within the part of a document that holds it.

use super::catalogue::{Group, LINTS, lint};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    nearest::nearest,
    node::{Entry, Mapping, Node, Value},
    settings::Setting,
    source::Span,
};

/// The key of the extension.
const KEY: &str = "x-gpt-lints";

/// Takes down the levels that a document sets for its parts. `text` is that of the document.
pub(crate) fn read_levels(cx: &mut Diagnostics, root: &Node, text: &str) {
    // One search in the text: documents with the extension are rare.
    if text.contains(KEY) {
        visit(cx, root);
    }
}

fn visit(cx: &mut Diagnostics, node: &Node) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| visit(cx, item)),
        Value::Mapping(entries) => {
            if let Some(levels) = entries.get(KEY) {
                set(cx, extent(node.span, entries), levels);
            }
            for entry in entries.values() {
                visit(cx, &entry.node);
            }
        }
        _ => {}
    }
}

fn set(cx: &mut Diagnostics, place: Span, levels: &Entry) {
    let Some(entries) = levels.node.as_mapping() else {
        cx.report(wrong(
            levels.node.span,
            format!("`{KEY}` must be a mapping, not {}", levels.node.kind()),
            "write `x-gpt-lints: {NAME: allow}`".to_owned(),
        ));
        return;
    };
    for (name, entry) in entries {
        let Some(lint) = lint(name) else {
            let help = if Group::ALL.iter().any(|group| group.name() == name) {
                "groups are set in the configuration; write the names of lints here".to_owned()
            } else if let Some(known) = nearest(name, LINTS.iter().map(|lint| lint.name)) {
                format!("did you mean `{known}`?")
            } else {
                "`cargo gpt explain` lists them".to_owned()
            };
            cx.report(wrong(entry.key, format!("there is no lint `{name}`"), help));
            continue;
        };
        let written = entry.node.as_str();
        let setting = Setting::ALL
            .into_iter()
            .find(|it| written == Some(it.name()));
        match setting {
            Some(setting) => cx.set_in(place, lint, setting),
            None => cx.report(wrong(
                entry.node.span,
                format!("the level of `{name}` is none"),
                "write `allow`, `warn` or `deny`".to_owned(),
            )),
        }
    }
}

fn wrong(span: Span, message: String, help: String) -> Diagnostic {
    Diagnostic::error("unknown-lint", span, message)
        .label("sets nothing")
        .help(help)
}

/// From the first key of a mapping to the end of its last value: the span of a mapping may be less.
fn extent(own: Span, entries: &Mapping) -> Span {
    entries.values().fold(own, |sum, entry| {
        let inner = match &entry.node.value {
            Value::Mapping(entries) => extent(entry.node.span, entries),
            _ => entry.node.span,
        };
        // An alias stands where it was defined, which may be elsewhere.
        let end = if inner.start >= entry.key.end {
            inner.end
        } else {
            entry.key.end
        };
        Span {
            source: sum.source,
            start: sum.start.min(entry.key.start),
            end: sum.end.max(end),
        }
    })
}
