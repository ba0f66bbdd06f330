//! Every version of the description becomes one shape, that of OpenAPI 3.1. Nothing after this
//! knows versions.

mod event_data;
mod schemas;
mod v2;
mod v3_0;
mod v3_1;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    nearest::nearest,
    node::{Node, Value},
};

enum Version {
    V2,
    V3_0,
    V3_1,
}

/// Brings a document to 3.1. `None` after a report that says why it cannot be.
pub(crate) fn upgrade(cx: &mut Diagnostics, mut root: Node) -> Option<Node> {
    match version(cx, &root)? {
        Version::V2 => {
            root = v2::upgrade(root);
            v3_0::upgrade(&mut root);
        }
        Version::V3_0 => v3_0::upgrade(&mut root),
        Version::V3_1 => {
            v3_1::upgrade(&mut root);
            event_data::upgrade(&mut root);
        }
    }
    Some(root)
}

fn version(cx: &mut Diagnostics, root: &Node) -> Option<Version> {
    let Some(entries) = root.as_mapping() else {
        cx.report(
            Diagnostic::error(
                "no-description",
                root.span,
                format!(
                    "the document is {}, not an OpenAPI description",
                    root.kind()
                ),
            )
            .label("expected a mapping that begins with `openapi`"),
        );
        return None;
    };
    let declared = ["openapi", "swagger"]
        .into_iter()
        .find_map(|key| Some((key, &entries.get(key)?.node)));
    let Some((key, node)) = declared else {
        let known = entries
            .iter()
            .find(|(key, _)| nearest(key, ["openapi", "swagger"]).is_some());
        cx.report(match known {
            Some((key, entry)) => Diagnostic::error(
                "unknown-key",
                entry.key,
                format!("an OpenAPI description has no key `{key}`"),
            )
            .label("unknown key")
            .help("did you mean `openapi`?"),
            None => Diagnostic::error(
                "missing-version",
                root.span.start_point(),
                "the document does not say which OpenAPI it is",
            )
            .label("expected `openapi`")
            .help("add `openapi: 3.1.0`"),
        });
        return None;
    };
    let found = match &node.value {
        Value::String(text) | Value::Number(text) => known(key, text),
        _ => None,
    };
    if found.is_none() {
        let written = match &node.value {
            Value::String(text) | Value::Number(text) => format!("`{text}`"),
            _ => node.kind().to_owned(),
        };
        cx.report(
            Diagnostic::error(
                "unsupported-version",
                node.span,
                format!("{written} is no version of OpenAPI that can be read"),
            )
            .label("expected 2.0, 3.0, 3.1 or 3.2")
            .help("write `3.1.0`"),
        );
    }
    found
}

fn known(key: &str, text: &str) -> Option<Version> {
    let mut parts = text.trim().split('.');
    let major = parts.next()?;
    let minor = parts.next().unwrap_or("0");
    match (key, major, minor) {
        ("swagger", "2", _) => Some(Version::V2),
        ("openapi", "3", "0") => Some(Version::V3_0),
        // What is new in 3.2 adds to 3.1; where it is met, it is reported.
        ("openapi", "3", "1" | "2") => Some(Version::V3_1),
        _ => None,
    }
}
