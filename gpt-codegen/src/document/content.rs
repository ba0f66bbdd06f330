//! Bodies and their media types.

use openapiv3::{MediaType, RequestBody};

use super::{
    BodyObject, Document, MediaTypeObject,
    envelope::{self, BODY, MEDIA_TYPE},
};
use crate::{
    diagnostic::Diagnostics,
    ir::HomeKind,
    node::{Entry, Node},
};

impl Document {
    pub(super) fn request_body<'a>(
        &'a self,
        cx: &mut Diagnostics,
        node: &'a Node,
    ) -> Option<BodyObject<'a>> {
        let (node, home) = self.follow_home(cx, node, HomeKind::RequestBody)?;
        let typed: RequestBody = envelope::read(cx, node, &BODY)?;
        Some(BodyObject {
            span: node.span,
            home,
            required: typed.required,
            description: typed.description,
            content: self.content(cx, node),
        })
    }

    /// The media types under `content`.
    pub(super) fn content<'a>(
        &'a self,
        cx: &mut Diagnostics,
        node: &'a Node,
    ) -> Vec<MediaTypeObject<'a>> {
        let entries = node.get("content").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with("x-"))
            .filter_map(|(name, entry)| self.media_type(cx, name, entry))
            .collect()
    }

    fn media_type<'a>(
        &'a self,
        cx: &mut Diagnostics,
        name: &str,
        entry: &'a Entry,
    ) -> Option<MediaTypeObject<'a>> {
        // A media type with nothing behind it says that any value is sent.
        if matches!(entry.node.value, crate::node::Value::Null) {
            return Some(MediaTypeObject {
                media_type: name.to_owned(),
                span: entry.key,
                schema: None,
                item_schema: None,
                example: None,
                node: None,
            });
        }
        let node = self.follow(cx, &entry.node)?;
        let typed: MediaType = envelope::read(cx, node, &MEDIA_TYPE)?;
        Some(MediaTypeObject {
            media_type: name.to_owned(),
            span: entry.key,
            schema: node.get("schema"),
            item_schema: node.get("itemSchema"),
            node: Some(node),
            example: typed.example.or_else(|| self.first_example(cx, node)),
        })
    }

    /// The first value under `examples`.
    pub(super) fn first_example(
        &self,
        cx: &mut Diagnostics,
        node: &Node,
    ) -> Option<serde_json::Value> {
        let examples = node.get("examples")?.as_mapping()?;
        let (_, first) = examples.first()?;
        let example = self.follow(cx, &first.node)?;
        example.get("value").map(Node::to_json)
    }
}
