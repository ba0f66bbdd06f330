//! Keywords of one Schema Object that leave no value, or mean nothing.

use super::pattern;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    node::{Mapping, Node, Value},
};

/// Limits that go together, the lower one first.
const LIMITS: [(&str, &str); 4] = [
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
];

/// Reports what contradicts itself. Values of a wrong kind are reported where they are read.
pub(super) fn check(cx: &mut Diagnostics, entries: &Mapping) {
    for (low, high) in LIMITS {
        let (Some(least), Some(most)) = (entries.get(low), entries.get(high)) else {
            continue;
        };
        if let (Some(from), Some(to)) = (number(&least.node), number(&most.node))
            && from > to
        {
            let (lower, upper) = (written(&least.node), written(&most.node));
            cx.report(
                Diagnostic::error(
                    "impossible-schema",
                    least.node.span,
                    format!("no value fits: `{low}` is {lower} and `{high}` is {upper}"),
                )
                .label(format!("more than `{high}`"))
                .related(most.node.span, "less than that")
                .help("exchange them"),
            );
        }
    }
    if let Some(values) = entries.get("enum")
        && values.node.as_sequence().is_some_and(<[_]>::is_empty)
    {
        cx.report(
            Diagnostic::error(
                "impossible-schema",
                values.node.span,
                "no value fits: `enum` has none",
            )
            .label("empty")
            .help("list the values, or leave `enum` out"),
        );
    }
    if let Some(entry) = entries.get("pattern")
        && let Some(text) = entry.node.as_str()
        && let Err(wrong) = pattern::check(text)
    {
        cx.report(
            Diagnostic::error(
                "invalid-pattern",
                entry.node.span,
                format!("this `pattern` is no regular expression: {wrong}"),
            )
            .label("nothing matches it")
            .note("patterns are regular expressions of JavaScript, ECMA-262"),
        );
    }
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}

fn written(node: &Node) -> &str {
    match &node.value {
        Value::Number(text) => text,
        _ => "",
    }
}
