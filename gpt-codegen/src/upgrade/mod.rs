//! Every version of the description becomes one shape, that of OpenAPI 3.1. Nothing after this
//! knows versions.
//!
//! What a reference leads to in another file is brought along, as what it is referred to as.

mod event_data;
mod v2;
mod v3_0;
mod walk;

use std::collections::HashSet;

use walk::{Kind, Met, Walk};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    files::{Address, FileId, Files, Pointer},
    nearest::nearest,
    node::{Node, Value},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V2,
    V3,
}

/// Brings a description to 3.1, with all files that it refers to. `None` after a report that says
/// why it cannot be.
pub(crate) fn upgrade(cx: &mut Diagnostics, files: &mut Files) -> Option<()> {
    let version = version(cx, files.root())?;
    let defaults = description(files, Files::ROOT, version);
    let whole = (Files::ROOT, Pointer::default(), Kind::Description);
    let mut pending = walk(files, &whole, version);
    let mut done = HashSet::from([whole]);
    while let Some(met) = pending.pop() {
        let Some((file, is_new)) = files.open(cx, &met.reference, met.span) else {
            continue;
        };
        if is_new && let Some(own) = declared(files, file) {
            description(files, file, own);
            let whole = (file, Pointer::default(), Kind::Description);
            pending.extend(walk(files, &whole, own));
            done.insert(whole);
        }
        let fragment = Address::of(&met.reference).fragment;
        let pointer = files.pointer(
            file,
            if fragment.starts_with('/') {
                fragment
            } else {
                ""
            },
        );
        let part = (file, pointer, met.kind);
        if done.insert(part.clone()) {
            if let Some(defaults) = &defaults {
                swagger_part(files, &part, defaults);
            }
            pending.extend(walk(files, &part, version));
        }
    }
    if let Some(root) = files.get_mut(Files::ROOT).and_then(|it| it.root.as_mut()) {
        event_data::upgrade(root);
    }
    files.identify(cx);
    Some(())
}

/// A part of a file, and what it is.
type Part = (FileId, Pointer, Kind);

/// Brings a description to the places of 3.x; what Swagger 2.0 says for all its operations.
fn description(files: &mut Files, id: FileId, version: Version) -> Option<v2::Defaults> {
    let file = files.get_mut(id)?;
    if version != Version::V2 {
        return None;
    }
    file.was_swagger = true;
    let (root, defaults) = v2::upgrade(file.root.take()?);
    file.root = Some(root);
    defaults
}

/// Brings a part that a Swagger 2.0 description refers to along, unless its own file was one.
fn swagger_part(files: &mut Files, (file, pointer, kind): &Part, defaults: &v2::Defaults) {
    if let Some(file) = files.get_mut(*file)
        && !file.was_swagger
        && let Some(root) = &mut file.root
        && let Some(node) = pointer.get_mut(root)
    {
        v2::part(node, *kind, defaults);
    }
}

/// Rewrites the schemas of a part; the references that are met there.
fn walk(files: &mut Files, (file, pointer, kind): &Part, version: Version) -> Vec<Met> {
    let root = files.get_mut(*file).and_then(|it| it.root.as_mut());
    let Some(node) = root.and_then(|root| pointer.get_mut(root)) else {
        return Vec::new();
    };
    let mut rewrite = |schema: &mut Node| {
        if version == Version::V2 {
            v2::schema(schema);
        }
        // Also in 3.1, where `nullable`, boolean bounds and `example` have no other meaning and
        // many documents still use them.
        v3_0::schema(schema);
    };
    let mut walk = Walk::new(&mut rewrite);
    walk.visit(*kind, node);
    walk.met
}

/// The version that a file declares, which makes it a description of its own.
fn declared(files: &Files, id: FileId) -> Option<Version> {
    let root = files.node(id)?;
    ["openapi", "swagger"]
        .into_iter()
        .find_map(|key| match &root.get(key)?.value {
            Value::String(text) | Value::Number(text) => known(key, text),
            _ => None,
        })
}

fn version(cx: &mut Diagnostics, root: &Node) -> Option<Version> {
    let Some(entries) = root.as_mapping() else {
        cx.report(
            Diagnostic::fatal(
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
            Some((key, entry)) => Diagnostic::fatal(
                "unknown-key",
                entry.key,
                format!("an OpenAPI description has no key `{key}`"),
            )
            .label("unknown key")
            .help("did you mean `openapi`?"),
            None => Diagnostic::fatal(
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
            Diagnostic::fatal(
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
        ("openapi", "3", "0" | "1" | "2") => Some(Version::V3),
        _ => None,
    }
}
