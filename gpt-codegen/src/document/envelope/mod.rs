//! Typed reading of one envelope object at a time.

mod deserializer;
mod shape;

use serde::de::DeserializeOwned;

use shape::Field;
pub(super) use shape::{
    BODY, COMPONENTS, ENCODING, HEADER, INFO, MEDIA_TYPE, OPERATION, PARAMETER, PATH_ITEM,
    RESPONSE, ROOT, SECURITY_SCHEME, SERVER, SERVER_VARIABLE, Shape,
};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    nearest::nearest,
    node::{Entry, Mapping, Node, Value},
};

/// Reads an object with its type from `openapiv3`. `None` after a report at the innermost place
/// that is wrong.
pub(super) fn read<T: DeserializeOwned>(
    cx: &mut Diagnostics,
    node: &Node,
    shape: &Shape,
) -> Option<T> {
    let copy = check(cx, node, shape)?;
    read_checked(cx, node, &copy, shape)
}

/// Reads an object from the copy that [`check`] made of it.
pub(super) fn read_checked<T: DeserializeOwned>(
    cx: &mut Diagnostics,
    node: &Node,
    copy: &Node,
    shape: &Shape,
) -> Option<T> {
    match T::deserialize(deserializer::NodeDeserializer(copy)) {
        Ok(value) => Some(value),
        Err(error) => {
            cx.report(wrong_object(node, shape, &error));
            None
        }
    }
}

/// Compares an object with its shape. The result holds what `openapiv3` is to read: schemas and
/// what is read on its own are left out, and slips that have one meaning are put right. `None`
/// after a report.
pub(super) fn check(cx: &mut Diagnostics, node: &Node, shape: &Shape) -> Option<Node> {
    let Some(entries) = node.as_mapping() else {
        cx.report(
            Diagnostic::error(
                "wrong-type",
                node.span,
                format!("{} must be a mapping, not {}", shape.what, node.kind()),
            )
            .label("expected a mapping"),
        );
        return None;
    };
    let mut copy = Mapping::default();
    let mut sound = true;
    for (key, entry) in entries {
        let Some(field) = shape.field(key) else {
            sound &= unknown_key(cx, key, entry, shape);
            continue;
        };
        // An absent value, `tags:` with nothing behind it, is like an absent key.
        if matches!(entry.node.value, Value::Null) && field != Field::Json {
            continue;
        }
        match field_value(&entry.node, field) {
            Ok(Some(node)) => {
                copy.insert(
                    key.clone(),
                    Entry {
                        key: entry.key,
                        node,
                    },
                );
            }
            Ok(None) => {}
            Err(expected) => {
                // Where this is let pass, the key is passed over.
                sound &= !cx.is_refused(
                    Diagnostic::error(
                        "wrong-type",
                        entry.node.span,
                        format!("`{key}` must be {expected}, not {}", entry.node.kind()),
                    )
                    .label(format!("expected {expected}")),
                );
            }
        }
    }
    sound.then(|| Node {
        span: node.span,
        value: Value::Mapping(copy),
    })
}

/// What `openapiv3` reads for a field, or what was expected.
fn field_value(node: &Node, field: Field) -> Result<Option<Node>, &'static str> {
    match (field, &node.value) {
        (Field::Text, Value::String(_)) | (Field::Flag, Value::Boolean(_)) | (Field::Json, _) => {
            Ok(Some(node.clone()))
        }
        // `version: 1.0` and `default: 8443` mean their text.
        (Field::Text, Value::Number(text)) => Ok(Some(Node {
            span: node.span,
            value: Value::String(text.clone()),
        })),
        (Field::Texts, Value::Sequence(items)) => items
            .iter()
            .map(|item| field_value(item, Field::Text)?.ok_or("a list of strings"))
            .collect::<Result<_, _>>()
            .map(|items| {
                Some(Node {
                    span: node.span,
                    value: Value::Sequence(items),
                })
            })
            .map_err(|_| "a list of strings"),
        (Field::Mapping, Value::Mapping(_))
        | (Field::Sequence, Value::Sequence(_))
        | (Field::Unread, _) => Ok(None),
        (Field::Schema, Value::Mapping(_) | Value::Boolean(_)) => Ok(Some(schema_reference(node))),
        (Field::Text, _) => Err("a string"),
        (Field::Flag, _) => Err("`true` or `false`"),
        (Field::Texts, _) => Err("a list of strings"),
        (Field::Mapping, _) => Err("a mapping"),
        (Field::Sequence, _) => Err("a list"),
        (Field::Schema, _) => Err("a schema"),
    }
}

/// What stands for a schema in the envelope; the schema itself is read by its node.
fn schema_reference(node: &Node) -> Node {
    let reference = Node {
        span: node.span,
        value: Value::String("#".to_owned()),
    };
    Node {
        span: node.span,
        value: Value::Mapping(Mapping::from_iter([(
            "$ref".to_owned(),
            Entry {
                key: node.span,
                node: reference,
            },
        )])),
    }
}

/// Reports a key that the object does not have: a slip is an error, because something was meant;
/// anything else is a warning. Whether the object can be read all the same.
fn unknown_key(cx: &mut Diagnostics, key: &str, entry: &Entry, shape: &Shape) -> bool {
    if key.starts_with("x-") || shape.is_open {
        return true;
    }
    if shape.since_3_2.contains(&key) {
        let message = format!("`{key}` is not supported");
        return !cx.is_refused(
            Diagnostic::warning("newer-version", entry.key, message)
                .label("ignored")
                .note("it is new in OpenAPI 3.2"),
        );
    }
    let message = format!("{} has no key `{key}`", shape.what);
    !cx.is_refused(
        match nearest(key, shape.fields.iter().map(|(name, _)| *name)) {
            Some(known) => Diagnostic::error("unknown-key", entry.key, message)
                .label("unknown key")
                .help(format!("did you mean `{known}`?")),
            None => Diagnostic::warning("unknown-key", entry.key, message).label("ignored"),
        },
    )
}

fn wrong_object(node: &Node, shape: &Shape, error: &deserializer::Error) -> Diagnostic {
    let quoted = error.message.split('`').nth(1);
    if let Some(field) = quoted
        && error.message.starts_with("missing field")
    {
        let span = error.span.unwrap_or(node.span);
        return Diagnostic::error(
            shape.name,
            span,
            format!("{} has no `{field}`", shape.what_this()),
        )
        .label(format!("`{field}` is missing here"));
    }
    // Types that are read in two steps lose the place; the value they quote is found again.
    let culprit = quoted.and_then(|text| {
        node.as_mapping()?
            .iter()
            .find(|(_, entry)| entry.node.as_str() == Some(text))
    });
    let span = culprit
        .map(|(_, entry)| entry.node.span)
        .or(error.span)
        .unwrap_or(node.span);
    if let Some((key, entry)) = culprit
        && let Some((_, expected)) = error.message.split_once(", expected ")
    {
        let wrong = entry.node.as_str().unwrap_or_default();
        let known = nearest(wrong, expected.split('`').skip(1).step_by(2));
        let diagnostic = Diagnostic::error(
            shape.name,
            span,
            format!("`{wrong}` is no `{key}` of {}", shape.what),
        )
        .label(format!("expected {expected}"));
        return match known {
            Some(known) => diagnostic.help(format!("did you mean `{known}`?")),
            None => diagnostic,
        };
    }
    Diagnostic::error(
        shape.name,
        span,
        format!("cannot read {}: {}", shape.what_this(), error.message),
    )
    .label("this is wrong")
}
