//! 3.0 to 3.1: `nullable`, boolean bounds and `example` of schemas.

use crate::{
    node::{Entry, Mapping, Node, Value},
    source::Span,
};

/// Rewrites one schema; those inside it are done.
pub(super) fn schema(node: &mut Node) {
    let Value::Mapping(entries) = &mut node.value else {
        return;
    };
    bound(entries, "exclusiveMinimum", "minimum");
    bound(entries, "exclusiveMaximum", "maximum");
    example(entries);
    let nullable = entries
        .get("nullable")
        .and_then(|entry| Some((entry.key, entry.node.as_bool()?)));
    if let Some((span, is_nullable)) = nullable {
        entries.shift_remove("nullable");
        if is_nullable {
            add_null(entries, span);
        }
    }
}

/// `minimum: 5, exclusiveMinimum: true` is `exclusiveMinimum: 5`.
fn bound(entries: &mut Mapping, exclusive: &str, inclusive: &str) {
    let Some(is_exclusive) = entries.get(exclusive).and_then(|it| it.node.as_bool()) else {
        return;
    };
    entries.shift_remove(exclusive);
    if is_exclusive
        && let Some(index) = entries.get_index_of(inclusive)
        && let Some((_, entry)) = entries.shift_remove_index(index)
    {
        entries.insert(exclusive.to_owned(), entry);
    }
}

/// `example: 5` is `examples: [5]`.
fn example(entries: &mut Mapping) {
    if entries.contains_key("examples") {
        return;
    }
    if let Some(Entry { key, node }) = entries.shift_remove("example") {
        let node = Node {
            span: node.span,
            value: Value::Sequence(vec![node]),
        };
        entries.insert("examples".to_owned(), Entry { key, node });
    }
}

/// Lets a schema accept `null` too, whatever it is made of.
fn add_null(entries: &mut Mapping, span: Span) {
    if ["$ref", "allOf", "not", "const"]
        .into_iter()
        .any(|key| entries.contains_key(key))
    {
        wrap(entries, span);
        return;
    }
    if let Some(ty) = entries.get_mut("type") {
        add_null_type(&mut ty.node, span);
    } else if entries.contains_key("properties") || entries.contains_key("additionalProperties") {
        entries.insert("type".to_owned(), types("object", span));
    } else if entries.contains_key("items") {
        entries.insert("type".to_owned(), types("array", span));
    }
    for key in ["oneOf", "anyOf"] {
        push_unless(entries, key, is_null_schema, || null_schema(span));
    }
    push_unless(entries, "enum", is_null, || Node {
        span,
        value: Value::Null,
    });
}

fn add_null_type(ty: &mut Node, span: Span) {
    let null = text("null", span);
    match &mut ty.value {
        Value::String(own) if own != "null" => {
            let own = text(own, ty.span);
            ty.value = Value::Sequence(vec![own, null]);
        }
        Value::Sequence(types) if !types.iter().any(|it| it.as_str() == Some("null")) => {
            types.push(null);
        }
        _ => {}
    }
}

/// Adds to a list, where there is one and it has no such item yet.
fn push_unless(
    entries: &mut Mapping,
    key: &str,
    is_such: fn(&Node) -> bool,
    item: impl FnOnce() -> Node,
) {
    if let Some(entry) = entries.get_mut(key)
        && let Value::Sequence(items) = &mut entry.node.value
        && !items.iter().any(is_such)
    {
        items.push(item());
    }
}

/// Moves what a schema demands behind `anyOf`, beside null. What it says stays where it is.
fn wrap(entries: &mut Mapping, span: Span) {
    const SAID: [&str; 9] = [
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "externalDocs",
        "xml",
    ];
    let (said, demanded): (Mapping, Mapping) = std::mem::take(entries)
        .into_iter()
        .partition(|(key, _)| SAID.contains(&key.as_str()) || key.starts_with("x-"));
    *entries = said;
    let place = demanded.values().next().map_or(span, |entry| Span {
        end: entry.node.span.end.max(entry.key.end),
        ..entry.key
    });
    let own = Node {
        span: place,
        value: Value::Mapping(demanded),
    };
    let variants = Node {
        span: place,
        value: Value::Sequence(vec![own, null_schema(span)]),
    };
    entries.insert(
        "anyOf".to_owned(),
        Entry {
            key: span,
            node: variants,
        },
    );
}

fn is_null(node: &Node) -> bool {
    matches!(node.value, Value::Null)
}

fn is_null_schema(schema: &Node) -> bool {
    schema.get("type").and_then(Node::as_str) == Some("null")
}

fn null_schema(span: Span) -> Node {
    let ty = Entry {
        key: span,
        node: text("null", span),
    };
    Node {
        span,
        value: Value::Mapping(Mapping::from_iter([("type".to_owned(), ty)])),
    }
}

fn types(own: &str, span: Span) -> Entry {
    Entry {
        key: span,
        node: Node {
            span,
            value: Value::Sequence(vec![text(own, span), text("null", span)]),
        },
    }
}

fn text(text: &str, span: Span) -> Node {
    Node {
        span,
        value: Value::String(text.to_owned()),
    }
}
