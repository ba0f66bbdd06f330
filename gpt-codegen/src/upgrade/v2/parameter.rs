//! Parameters: their types move into `schema`, bodies and forms into request bodies.

use super::build::{content, entry, flag, mapping, take, text};
use crate::{
    node::{Entry, Mapping, Node, Value},
    source::Span,
};

/// What a parameter says of its values, which is a schema in 3.0.
const SCHEMA_KEYS: [&str; 19] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "title",
    "properties",
];

pub(super) fn location(parameter: &Node) -> Option<&str> {
    parameter.get("in")?.as_str()
}

/// A parameter in the path, the query or a header.
pub(super) fn plain(mut node: Node) -> Node {
    let span = node.span;
    let place = location(&node).unwrap_or_default().to_owned();
    let Value::Mapping(parameter) = &mut node.value else {
        return node;
    };
    if parameter.contains_key("$ref") || parameter.contains_key("schema") {
        return node;
    }
    let format = take(parameter, "collectionFormat");
    let is_array = parameter.get("type").and_then(|it| it.node.as_str()) == Some("array");
    let schema = schema(parameter);
    if is_array {
        list_style(parameter, &place, format.as_ref(), span);
    }
    if !schema.is_empty() {
        let schema = Node {
            span,
            value: Value::Mapping(schema),
        };
        parameter.insert("schema".to_owned(), entry(span, schema));
    }
    node
}

/// How a list is spelt, in the words of 3.0.
fn list_style(parameter: &mut Mapping, place: &str, format: Option<&Entry>, default: Span) {
    let name = format.and_then(|it| it.node.as_str());
    let (style, explode) = match (name.unwrap_or("csv"), place) {
        ("csv", "query") => ("form", false),
        ("csv", _) => ("simple", false),
        ("ssv", _) => ("spaceDelimited", false),
        ("pipes", _) => ("pipeDelimited", false),
        ("multi", _) => ("form", true),
        // Nothing spells tabs any more; reading the parameter reports it.
        (other, _) => (other, false),
    };
    let (key, span) = match format {
        Some(entry) => (entry.key, entry.node.span),
        None => (default, default),
    };
    parameter.insert("style".to_owned(), entry(key, text(style, span)));
    parameter.insert("explode".to_owned(), entry(key, flag(explode, span)));
}

/// `in: body`
pub(super) fn body(mut node: Node, consumes: &[Node]) -> Node {
    let span = node.span;
    let Value::Mapping(parameter) = &mut node.value else {
        return node;
    };
    for key in ["name", "in"] {
        parameter.shift_remove(key);
    }
    let schema = take(parameter, "schema");
    let content = content(consumes, "application/json", span, |_| {
        mapping(schema.clone().map(|it| ("schema", it)), span)
    });
    parameter.insert("content".to_owned(), content);
    node
}

/// All `in: formData` of an operation.
pub(super) fn form(fields: Vec<Node>, consumes: &[Node]) -> Option<Node> {
    let span = fields.first()?.span;
    let mut properties = Mapping::default();
    let mut encoding = Mapping::default();
    let mut required = Vec::new();
    let mut has_file = false;
    for field in fields {
        let span = field.span;
        let Value::Mapping(mut parameter) = field.value else {
            continue;
        };
        let Some(name) = take(&mut parameter, "name") else {
            continue;
        };
        let Some(key) = name.node.as_str().map(str::to_owned) else {
            continue;
        };
        if parameter.get("required").and_then(|it| it.node.as_bool()) == Some(true) {
            required.push(name.node.clone());
        }
        if parameter.get("type").and_then(|it| it.node.as_str()) == Some("array") {
            let format = take(&mut parameter, "collectionFormat");
            let mut style = Mapping::default();
            list_style(&mut style, "query", format.as_ref(), name.node.span);
            let style = Node {
                span,
                value: Value::Mapping(style),
            };
            encoding.insert(key.clone(), entry(name.node.span, style));
        }
        let mut schema = schema(&mut parameter);
        if schema.get("type").and_then(|it| it.node.as_str()) == Some("file") {
            has_file = true;
            file(&mut schema);
        }
        if let Some(description) = take(&mut parameter, "description") {
            schema.insert("description".to_owned(), description);
        }
        let node = Node {
            span,
            value: Value::Mapping(schema),
        };
        properties.insert(key, entry(name.node.span, node));
    }
    let is_required = !required.is_empty();
    let mut schema = vec![("type", entry(span, text("object", span)))];
    let properties = Node {
        span,
        value: Value::Mapping(properties),
    };
    schema.push(("properties", entry(span, properties)));
    if is_required {
        let required = Node {
            span,
            value: Value::Sequence(required),
        };
        schema.push(("required", entry(span, required)));
    }
    let schema = mapping(schema, span);
    let forms: Vec<_> = consumes
        .iter()
        .filter(|it| {
            matches!(
                it.as_str(),
                Some("multipart/form-data" | "application/x-www-form-urlencoded")
            )
        })
        .cloned()
        .collect();
    let default = if has_file {
        "multipart/form-data"
    } else {
        "application/x-www-form-urlencoded"
    };
    let encoding = (!encoding.is_empty()).then_some(Node {
        span,
        value: Value::Mapping(encoding),
    });
    let content = content(&forms, default, span, |_| {
        let encoding = encoding.clone().map(|it| ("encoding", entry(span, it)));
        let schema = [("schema", entry(span, schema.clone()))];
        mapping(schema.into_iter().chain(encoding), span)
    });
    Some(mapping(
        [
            ("content", content),
            ("required", entry(span, flag(is_required, span))),
        ],
        span,
    ))
}

/// `type: file` is a text with the format `binary`.
pub(super) fn file(schema: &mut Mapping) {
    if let Some(ty) = schema.get_mut("type") {
        let span = ty.node.span;
        ty.node = text("string", span);
        let key = ty.key;
        schema.insert("format".to_owned(), entry(key, text("binary", span)));
    }
}

/// Takes what a parameter or header says of its values.
pub(super) fn schema(parameter: &mut Mapping) -> Mapping {
    let mut schema = Mapping::default();
    for key in SCHEMA_KEYS {
        if let Some(entry) = take(parameter, key) {
            schema.insert(key.to_owned(), entry);
        }
    }
    schema
}
