//! Path items, operations and their responses.

use super::{
    Defaults,
    build::{content, entry, mapping, take},
    list, parameter,
};
use crate::node::{Entry, Mapping, Node, Value};

pub(super) fn paths(node: &mut Node, shared: &Defaults) {
    let Value::Mapping(paths) = &mut node.value else {
        return;
    };
    for (path, item) in paths {
        if !path.starts_with("x-") {
            path_item(&mut item.node, shared);
        }
    }
}

pub(super) fn path_item(node: &mut Node, shared: &Defaults) {
    let Value::Mapping(item) = &mut node.value else {
        return;
    };
    let inherited = take(item, "parameters");
    let mut bodies = Vec::new();
    if let Some(Entry { key, node }) = inherited {
        let (plain, others) = split(node, shared);
        item.insert("parameters".to_owned(), entry(key, plain));
        bodies = others;
    }
    for (key, child) in item {
        let is_method = matches!(
            key.as_str(),
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch"
        );
        if is_method {
            operation(&mut child.node, shared, &bodies);
        }
    }
}

fn operation(node: &mut Node, shared: &Defaults, inherited: &[Node]) {
    let span = node.span;
    let Value::Mapping(operation) = &mut node.value else {
        return;
    };
    let own = |it: Option<Entry>, shared: &[Node]| match it {
        Some(entry) => list(Some(entry)),
        None => shared.to_vec(),
    };
    let consumes = own(take(operation, "consumes"), &shared.consumes);
    let produces = own(take(operation, "produces"), &shared.produces);
    if let Some(schemes) = take(operation, "schemes")
        && shared.host.is_some()
    {
        let place = schemes.node.span;
        let servers = shared.servers(&list(Some(schemes)), place);
        operation.insert("servers".to_owned(), servers);
    }
    let mut bodies = Vec::new();
    if let Some(Entry { key, node }) = take(operation, "parameters") {
        let (plain, others) = split(node, shared);
        operation.insert("parameters".to_owned(), entry(key, plain));
        bodies = others;
    }
    if bodies.is_empty() {
        bodies = inherited.to_vec();
    }
    if let Some(body) = request_body(bodies, shared, &consumes) {
        operation.insert("requestBody".to_owned(), entry(span, body));
    }
    if let Some(Value::Mapping(responses)) =
        operation.get_mut("responses").map(|it| &mut it.node.value)
    {
        for (status, entry) in responses {
            if !status.starts_with("x-") {
                response(&mut entry.node, &produces);
            }
        }
    }
}

/// Parts the parameters that stay from those that make a body.
fn split(node: Node, shared: &Defaults) -> (Node, Vec<Node>) {
    let span = node.span;
    let Value::Sequence(items) = node.value else {
        return (node, Vec::new());
    };
    let mut plain = Vec::new();
    let mut bodies = Vec::new();
    for item in items {
        let described = shared.described(&item).unwrap_or(&item);
        match parameter::location(described) {
            Some("body" | "formData") => bodies.push(item),
            _ => plain.push(parameter::plain(item)),
        }
    }
    let node = Node {
        span,
        value: Value::Sequence(plain),
    };
    (node, bodies)
}

fn request_body(bodies: Vec<Node>, shared: &Defaults, consumes: &[Node]) -> Option<Node> {
    let mut fields = Vec::new();
    for item in bodies {
        let described = shared.described(&item).unwrap_or(&item);
        if parameter::location(described) == Some("body") {
            // Written out, because what it consumes is said by the operation.
            return Some(parameter::body(described.clone(), consumes));
        }
        fields.push(described.clone());
    }
    parameter::form(fields, consumes)
}

impl Defaults {
    /// The shared parameter that a reference means.
    fn described(&self, item: &Node) -> Option<&Node> {
        let name = item.get("$ref")?.as_str()?.strip_prefix("#/parameters/")?;
        Some(&self.parameters.get(name)?.node)
    }
}

/// `schema`, `examples` and `headers` move to `content` and to schemas.
pub(super) fn response(node: &mut Node, produces: &[Node]) {
    let span = node.span;
    let Value::Mapping(response) = &mut node.value else {
        return;
    };
    if let Some(Value::Mapping(headers)) = response.get_mut("headers").map(|it| &mut it.node.value)
    {
        for header in headers.values_mut() {
            header_schema(&mut header.node);
        }
    }
    let examples = take(response, "examples");
    let Some(mut schema) = take(response, "schema") else {
        return;
    };
    let mut default = "application/json";
    if let Value::Mapping(entries) = &mut schema.node.value
        && entries.get("type").and_then(|it| it.node.as_str()) == Some("file")
    {
        parameter::file(entries);
        default = "application/octet-stream";
    }
    let content = content(produces, default, span, |name| {
        let example = examples
            .as_ref()
            .and_then(|it| it.node.entry(name))
            .map(|it| ("example", it.clone()));
        let entries = [("schema", schema.clone())].into_iter().chain(example);
        mapping(entries, span)
    });
    response.insert("content".to_owned(), content);
}

fn header_schema(node: &mut Node) {
    let span = node.span;
    if let Value::Mapping(header) = &mut node.value {
        header.shift_remove("collectionFormat");
        let schema: Mapping = parameter::schema(header);
        let schema = Node {
            span,
            value: Value::Mapping(schema),
        };
        header.insert("schema".to_owned(), entry(span, schema));
    }
}
