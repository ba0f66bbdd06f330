//! Small nodes that stand for what the new version spells differently.

use crate::{
    node::{Entry, Mapping, Node, Value},
    source::Span,
};

pub(super) fn text(text: &str, span: Span) -> Node {
    Node {
        span,
        value: Value::String(text.to_owned()),
    }
}

pub(super) fn flag(value: bool, span: Span) -> Node {
    Node {
        span,
        value: Value::Boolean(value),
    }
}

pub(super) fn entry(key: Span, node: Node) -> Entry {
    Entry { key, node }
}

pub(super) fn mapping<'a>(entries: impl IntoIterator<Item = (&'a str, Entry)>, span: Span) -> Node {
    Node {
        span,
        value: Value::Mapping(
            entries
                .into_iter()
                .map(|(key, entry)| (key.to_owned(), entry))
                .collect(),
        ),
    }
}

pub(super) fn take(entries: &mut Mapping, key: &str) -> Option<Entry> {
    entries.shift_remove(key)
}

/// `content` that says the same of each media type.
pub(super) fn content(
    media_types: &[Node],
    default: &str,
    span: Span,
    media_type: impl Fn(&str) -> Node,
) -> Entry {
    let mut content = Mapping::default();
    for node in media_types {
        if let Some(name) = node.as_str() {
            content.insert(name.to_owned(), entry(node.span, media_type(name)));
        }
    }
    if content.is_empty() {
        content.insert(default.to_owned(), entry(span, media_type(default)));
    }
    entry(
        span,
        Node {
            span,
            value: Value::Mapping(content),
        },
    )
}
