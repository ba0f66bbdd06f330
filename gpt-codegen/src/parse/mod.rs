//! Text into nodes: YAML or JSON, within limits.

mod json;
mod scalar;
mod tree;
mod yaml;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    lint::read_levels,
    node::{Node, Value},
    source::{SourceId, Span},
};

/// How deep values may be nested. Real descriptions end at about 40.
const MAX_DEPTH: usize = 200;

/// How many values a document may hold, those that aliases repeat included.
const MAX_NODES: usize = 2_000_000;

/// Reads a text whole. `None` after a report that says why not.
pub(crate) fn parse(cx: &mut Diagnostics, id: SourceId) -> Option<Node> {
    let source = cx.sources.share(id);
    let text = source.text.as_str();
    if text.trim().is_empty() {
        cx.report(empty(id));
        return None;
    }
    let is_json_file = source
        .path
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("json"));
    let node = if is_json_file {
        json::parse(id, text)
    } else if text.trim_start().starts_with(['{', '[']) {
        // JSON under another name; YAML's flow style begins alike, and its reader says more then.
        json::parse(id, text).or_else(|_| yaml::parse(id, text))
    } else {
        yaml::parse(id, text)
    };
    match node {
        Ok((node, reports)) => {
            read_levels(cx, &node, text);
            for report in reports {
                cx.report(report);
            }
            if matches!(node.value, Value::Null) {
                cx.report(empty(id));
                return None;
            }
            Some(node)
        }
        Err(report) => {
            cx.report(*report);
            None
        }
    }
}

fn empty(id: SourceId) -> Diagnostic {
    Diagnostic::fatal(
        "empty-document",
        Span::new(id, 0, 0),
        "the document is empty",
    )
    .label("expected an OpenAPI description")
    .help("begin with `openapi: 3.1.0`")
}
