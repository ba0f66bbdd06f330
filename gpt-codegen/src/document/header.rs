//! Headers of answers.

use openapiv3::Header;

use super::{
    Document, HeaderObject,
    envelope::{self, HEADER},
};
use crate::{
    diagnostic::Diagnostics,
    node::{Entry, Mapping, Node, Value},
};

impl Document {
    /// Those of a response. What `content` says of `Content-Type` is not said twice.
    pub(super) fn headers<'a>(
        &'a self,
        cx: &mut Diagnostics,
        response: &'a Node,
    ) -> Vec<HeaderObject> {
        let entries = response.get("headers").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
            .filter_map(|(name, entry)| self.header(cx, name, entry))
            .collect()
    }

    fn header(&self, cx: &mut Diagnostics, name: &str, entry: &Entry) -> Option<HeaderObject> {
        let node = self.follow(cx, &entry.node)?;
        let mut shell = envelope::check(cx, node, &HEADER)?;
        if let Value::Mapping(entries) = &mut shell.value
            && !entries.contains_key("schema")
        {
            // `openapiv3` wants a schema or a content; both are read by their nodes.
            entries.insert("schema".to_owned(), anything(node));
        }
        let typed: Header = envelope::read_checked(cx, node, &shell, &HEADER)?;
        let schema = node.get("schema");
        let content = node.get("content").and_then(Node::as_mapping);
        Some(HeaderObject {
            name: name.to_owned(),
            description: typed.description,
            required: typed.required,
            deprecated: typed.deprecated.unwrap_or_default(),
            explode: node.get("explode").and_then(Node::as_bool) == Some(true),
            content: content
                .filter(|_| schema.is_none())
                .and_then(|it| it.first())
                .map(|(media_type, _)| media_type.clone()),
            kind: schema
                .and_then(|it| self.follow(cx, it))
                .and_then(|it| it.get("type"))
                .and_then(Node::as_str)
                .map(str::to_owned),
        })
    }
}

fn anything(node: &Node) -> Entry {
    Entry {
        key: node.span,
        node: Node {
            span: node.span,
            value: Value::Mapping(Mapping::default()),
        },
    }
}
