//! What the API sends by itself: webhooks, and the callbacks of operations.

use super::{
    Document, MediaTypeObject, Selection, WebhookObject,
    envelope::{self, PATH_ITEM},
    select::item_operations,
};
use crate::{
    diagnostic::Diagnostics,
    node::{Entry, Node},
};

impl Document {
    /// The webhooks of the whole document, in its order; none where only some operations are
    /// wanted.
    pub(crate) fn webhooks<'a>(
        &'a self,
        cx: &mut Diagnostics,
        selection: &Selection,
    ) -> Vec<WebhookObject<'a>> {
        if !selection.is_all() {
            return Vec::new();
        }
        let entries = self.root().get("webhooks").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with("x-"))
            .flat_map(|(name, entry)| self.sent(cx, name, entry))
            .collect()
    }

    /// The callbacks of an operation.
    pub(super) fn callbacks<'a>(
        &'a self,
        cx: &mut Diagnostics,
        operation: &'a Node,
    ) -> Vec<WebhookObject<'a>> {
        let entries = operation.get("callbacks").and_then(Node::as_mapping);
        let mut found = Vec::new();
        for (name, entry) in entries.into_iter().flatten() {
            if name.starts_with("x-") {
                continue;
            }
            let Some(callback) = self.follow(cx, &entry.node) else {
                continue;
            };
            // The keys are expressions for the address, which the API alone needs.
            for (expression, entry) in callback.as_mapping().into_iter().flatten() {
                if !expression.starts_with("x-") {
                    found.extend(self.sent(cx, name, entry));
                }
            }
        }
        found
    }

    /// What is sent by the operations of a path item.
    fn sent<'a>(
        &'a self,
        cx: &mut Diagnostics,
        name: &str,
        entry: &'a Entry,
    ) -> Vec<WebhookObject<'a>> {
        // What is beside it in some documents is no path item, and says nothing of a request.
        let Some(item) = self
            .follow(cx, &entry.node)
            .filter(|it| it.as_mapping().is_some())
        else {
            return Vec::new();
        };
        let _ = envelope::check(cx, item, &PATH_ITEM);
        item_operations(item)
            .map(|(method, operation)| {
                let text = |key: &str| {
                    let text = operation.node.get(key).and_then(Node::as_str);
                    text.filter(|it| !it.trim().is_empty()).map(str::to_owned)
                };
                WebhookObject {
                    name: name.to_owned(),
                    method,
                    description: text("description").or_else(|| text("summary")),
                    content: self.sent_content(cx, &operation.node),
                }
            })
            .collect()
    }

    fn sent_content<'a>(
        &'a self,
        cx: &mut Diagnostics,
        operation: &'a Node,
    ) -> Vec<MediaTypeObject<'a>> {
        let body = operation.get("requestBody");
        let body = body.filter(|it| it.as_mapping().is_some());
        body.and_then(|it| self.request_body(cx, it))
            .map(|it| it.content)
            .unwrap_or_default()
    }
}
