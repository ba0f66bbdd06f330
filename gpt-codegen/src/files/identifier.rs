//! What goes by a name of its own rather than by its place: `$id` and `$anchor` of JSON Schema
//! (2020-12, section 8.2), and `$self` of OpenAPI 3.2.

use std::collections::HashMap;

use super::{
    FileId,
    address::{self, Address},
    pointer::Pointer,
};
use crate::{
    node::{Node, Value},
    source::Span,
};

/// Resources by their URIs, and places by their anchors.
#[derive(Debug, Default)]
pub(super) struct Identifiers {
    resources: Vec<Resource>,
    by_uri: HashMap<String, usize>,
    /// By file, the resource's pointer, and the name.
    anchors: HashMap<(FileId, Pointer, String), Pointer>,
}

/// A part of a file that has a URI.
#[derive(Debug)]
struct Resource {
    file: FileId,
    pointer: Pointer,
    span: Span,
    uri: String,
}

impl Identifiers {
    pub(super) fn of<'a>(files: impl Iterator<Item = (FileId, &'a Node)>) -> Self {
        let mut found = Self::default();
        for (file, root) in files {
            let start = Position {
                file,
                resource: Pointer::default(),
                uri: String::new(),
            };
            found.walk(&start, &Pointer::default(), root);
        }
        found
    }

    fn walk(&mut self, position: &Position, at: &Pointer, node: &Node) {
        let own = self.take(position, at, node);
        let position = own.as_ref().unwrap_or(position);
        match &node.value {
            Value::Mapping(entries) => {
                for (key, entry) in entries {
                    // What these hold is data.
                    if matches!(key.as_str(), "example" | "default" | "enum" | "const") {
                        continue;
                    }
                    if is_container(&entry.node) {
                        self.walk(position, &at.child(key), &entry.node);
                    }
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    if is_container(item) {
                        self.walk(position, &at.child(&index.to_string()), item);
                    }
                }
            }
            _ => {}
        }
    }

    /// Takes down the names of a node. One with a URI is where those inside it are relative to.
    fn take(&mut self, position: &Position, at: &Pointer, node: &Node) -> Option<Position> {
        let text = |key: &str| node.get(key).and_then(Node::as_str);
        let is_root = at.0.is_empty();
        let id = text("$id").or_else(|| text("$self").filter(|_| is_root));
        let own = id.map(|id| {
            let uri = address::join(&position.uri, id);
            self.by_uri.insert(uri.clone(), self.resources.len());
            self.resources.push(Resource {
                file: position.file,
                pointer: at.clone(),
                span: node.span,
                uri: uri.clone(),
            });
            Position {
                file: position.file,
                resource: at.clone(),
                uri,
            }
        });
        let position = own.as_ref().unwrap_or(position);
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(key) {
                let key = (position.file, position.resource.clone(), name.to_owned());
                self.anchors.entry(key).or_insert_with(|| at.clone());
            }
        }
        own
    }

    /// The resource with a URI that a reference at `span` leads to.
    pub(super) fn resource(&self, address: &Address<'_>, span: Span) -> Option<(FileId, Pointer)> {
        if self.resources.is_empty() {
            return None;
        }
        let is_around = |it: &&Resource| {
            it.span.source == span.source && it.span.start <= span.start && span.end <= it.span.end
        };
        // The innermost one begins last.
        let around = self
            .resources
            .iter()
            .filter(is_around)
            .max_by_key(|it| it.span.start);
        let found = if address.document.is_empty() {
            around?
        } else {
            let base = around.map_or("", |it| it.uri.as_str());
            let uri = address::join(base, address.document);
            self.resources.get(*self.by_uri.get(&uri)?)?
        };
        Some((found.file, found.pointer.clone()))
    }

    /// The place of an anchor in a resource.
    pub(super) fn anchor(&self, file: FileId, resource: &Pointer, name: &str) -> Option<&Pointer> {
        self.anchors.get(&(file, resource.clone(), name.to_owned()))
    }
}

/// Where a walk is.
struct Position {
    file: FileId,
    resource: Pointer,
    uri: String,
}

fn is_container(node: &Node) -> bool {
    matches!(node.value, Value::Mapping(_) | Value::Sequence(_))
}
