//! What both readers build nodes with: limits, and keys that must be unique.

use indexmap::map;

use super::{MAX_DEPTH, MAX_NODES};
use crate::{
    diagnostic::Diagnostic,
    node::{Entry, Mapping, Node},
    source::{SourceId, Span},
};

/// A node with the findings that do not end reading, or the one that does.
pub(super) type Parsed = Result<(Node, Vec<Diagnostic>), Box<Diagnostic>>;

/// What is counted and found while reading.
pub(super) struct Tree {
    pub(super) source: SourceId,
    pub(super) reports: Vec<Diagnostic>,
    nodes: usize,
}

impl Tree {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            source,
            reports: Vec::new(),
            nodes: 0,
        }
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// Counts values, before there is memory for them.
    pub(super) fn count(&mut self, more: usize) -> Result<(), ()> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            Err(())
        } else {
            Ok(())
        }
    }

    /// Adds an entry, unless its key is taken.
    pub(super) fn insert(&mut self, entries: &mut Mapping, key: String, span: Span, node: Node) {
        match entries.entry(key) {
            map::Entry::Vacant(place) => {
                place.insert(Entry { key: span, node });
            }
            map::Entry::Occupied(place) => self.reports.push(
                Diagnostic::error(
                    "duplicate-key",
                    span,
                    format!("the key `{}` stands here twice", place.key()),
                )
                .label("second")
                .related(place.get().key, "first")
                .help("remove or rename one of them"),
            ),
        }
    }
}

pub(super) fn too_deep(span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::fatal(
            "too-deep",
            span,
            format!("values are nested more than {MAX_DEPTH} deep"),
        )
        .label("this is one level too many"),
    )
}

pub(super) fn too_many(span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::fatal(
            "too-many-values",
            span,
            format!("the document holds more than {MAX_NODES} values"),
        )
        .label("reading ends here"),
    )
}

pub(super) fn check_number(tree: &mut Tree, text: &str, span: Span) {
    // A range, not a precision: 9223372036854775808 is fine, 1e999 is no number anywhere.
    if text.parse::<f64>().is_ok_and(f64::is_infinite) {
        tree.reports.push(
            Diagnostic::error(
                "number-out-of-range",
                span,
                format!("`{text}` is too large for a number"),
            )
            .label("larger than any 64-bit floating-point number"),
        );
    }
}
