//! References: following them, and what to say where one leads nowhere.

use std::path::Path;

use super::Document;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    files::{Address, Lost},
    ir,
    load::similar_file,
    node::Node,
    source::Span,
};

/// How many references may lead to each other.
const MAX_CHAIN: usize = 64;

impl Document {
    /// The node that a reference leads to, whatever it is; a reference that leads nowhere is
    /// reported at `span`. The node may be a reference itself.
    pub(crate) fn resolve(
        &self,
        cx: &mut Diagnostics,
        reference: &str,
        span: Span,
    ) -> Option<&Node> {
        match self.files.find(reference, span) {
            Ok(node) => Some(node),
            Err(lost) => {
                if let Some(diagnostic) = explain(lost, reference, span) {
                    cx.report(diagnostic);
                }
                None
            }
        }
    }

    /// Follows `$ref` until a node that has none. Chains that bite their own tail are reported.
    pub(crate) fn follow<'a>(&'a self, cx: &mut Diagnostics, node: &'a Node) -> Option<&'a Node> {
        self.follow_home(cx, node, ir::HomeKind::Schema)
            .map(|(node, _)| node)
    }

    /// As [`Self::follow`], with what the node is then called.
    pub(super) fn follow_home<'a>(
        &'a self,
        cx: &mut Diagnostics,
        node: &'a Node,
        kind: ir::HomeKind,
    ) -> Option<(&'a Node, Option<ir::Home>)> {
        let mut at = node;
        let mut home = None;
        for _ in 0..MAX_CHAIN {
            let Some(entry) = at.entry("$ref") else {
                return Some((at, home));
            };
            let Some(reference) = entry.node.as_str() else {
                cx.report(
                    Diagnostic::error(
                        "wrong-type",
                        entry.node.span,
                        format!("`$ref` must be a string, not {}", entry.node.kind()),
                    )
                    .label("expected a string"),
                );
                return None;
            };
            home = Some(ir::Home {
                name: Address::of(reference).name().to_owned(),
                kind,
            });
            at = self.resolve(cx, reference, entry.node.span)?;
        }
        let entry = node.entry("$ref")?;
        cx.report(
            Diagnostic::error(
                "reference-cycle",
                entry.node.span,
                "this reference leads back to itself",
            )
            .label("following it never ends"),
        );
        None
    }
}

/// What is said of a reference that leads nowhere; nothing where the reason was reported.
fn explain(lost: Lost, reference: &str, span: Span) -> Option<Diagnostic> {
    let unresolved = |message: String, label: &str| {
        Diagnostic::error("unresolved-reference", span, message)
            .label(label)
            .cause(reference)
    };
    match lost {
        Lost::Unread => None,
        Lost::OnTheWeb { file } => Some(on_the_web(reference, &file, span)),
        Lost::NoFile { file } => {
            let diagnostic = unresolved(
                format!("there is no file `{}`", file.display()),
                "relative to the file this stands in",
            );
            Some(match similar_file(&file) {
                Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
                None => diagnostic,
            })
        }
        Lost::NoAnchor => Some(
            unresolved(
                format!("no schema has the anchor of `{reference}`"),
                "neither an `$anchor` nor a path that begins with `#/`",
            )
            .help("write `#/components/schemas/NAME`"),
        ),
        Lost::NoValue { suggestion } => {
            let diagnostic = unresolved(
                format!("`{reference}` leads nowhere"),
                if reference.starts_with('#') {
                    "nothing in this document is there"
                } else {
                    "nothing in that file is there"
                },
            );
            Some(match suggestion {
                Some(pointer) => {
                    let document = Address::of(reference).document;
                    let pointer = spelt_like(reference, pointer);
                    diagnostic.help(format!("did you mean `{document}{pointer}`?"))
                }
                None => diagnostic,
            })
        }
    }
}

fn on_the_web(reference: &str, file: &Path, span: Span) -> Diagnostic {
    let url = Address::of(reference).document;
    Diagnostic::error(
        "external-reference",
        span,
        format!("`{url}` is not fetched while building"),
    )
    .label("no copy of it is beside the description")
    .help(format!(
        "run `curl --fail --location --create-dirs --output {} {url}`",
        file.display()
    ))
    .cause(url)
}

/// A suggestion in the words of the source: `#/definitions/Pet` for `#/definitions/Pte`.
fn spelt_like(written: &str, suggestion: String) -> String {
    let moved = [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ];
    for (old, new) in moved {
        // Where the old place is wrong, the new one is the help.
        if let Some(name) = suggestion.strip_prefix(new)
            && let Some((_, wrong)) = written.split_once(old)
            && wrong != name
        {
            return format!("{old}{name}");
        }
    }
    suggestion
}
