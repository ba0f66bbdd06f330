//! The data of server-sent events, which OpenAPI 3.2 describes as JSON inside a string.
//!
//! It becomes the JSON itself, because that is what is read from an event.

use std::collections::HashSet;

use crate::node::{Mapping, Node, Value};

const EVENTS: &str = "text/event-stream";
const SHARED: &str = "#/components/schemas/";

/// Puts `contentSchema` in the place of each `data` that has one, where `itemSchema` describes
/// events.
pub(super) fn upgrade(root: &mut Node) {
    let mut references = Vec::new();
    for key in ["paths", "components"] {
        if let Some(node) = child(root, key) {
            each_media_type(node, &mut references);
        }
    }
    let mut seen = HashSet::new();
    while let Some(name) = references.pop() {
        let schemas = child(root, "components").and_then(|it| child(it, "schemas"));
        if let Some(schema) = schemas.and_then(|it| child(it, &name))
            && seen.insert(name)
        {
            event(schema, &mut references);
        }
    }
}

fn each_media_type(node: &mut Node, references: &mut Vec<String>) {
    match &mut node.value {
        Value::Mapping(entries) => {
            for (key, entry) in entries {
                if key.starts_with(EVENTS)
                    && let Some(schema) = child(&mut entry.node, "itemSchema")
                {
                    event(schema, references);
                }
                each_media_type(&mut entry.node, references);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                each_media_type(item, references);
            }
        }
        _ => {}
    }
}

/// A schema of events, and those it is made of.
fn event(node: &mut Node, references: &mut Vec<String>) {
    if let Some(reference) = node.get("$ref").and_then(Node::as_str) {
        references.extend(reference.strip_prefix(SHARED).map(str::to_owned));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Sequence(members)) = child(node, key).map(|it| &mut it.value) {
            for member in members {
                event(member, references);
            }
        }
    }
    if let Some(data) = child(node, "properties").and_then(|it| child(it, "data"))
        && let Value::Mapping(entries) = &mut data.value
        && is_json(entries)
        && let Some(content) = entries.shift_remove("contentSchema")
    {
        *data = content.node;
    }
}

fn is_json(schema: &Mapping) -> bool {
    let media_type = schema.get("contentMediaType");
    let media_type = media_type.and_then(|it| it.node.as_str());
    media_type.is_some_and(|it| it.starts_with("application/json") || it.ends_with("+json"))
}

fn child<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match &mut node.value {
        Value::Mapping(entries) => entries.get_mut(key).map(|it| &mut it.node),
        _ => None,
    }
}
