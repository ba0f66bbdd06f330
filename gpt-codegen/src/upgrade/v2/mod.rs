//! Swagger 2.0 to 3.0: bodies become `requestBody` and `content`, the rest moves to its new place.

mod build;
mod operation;
mod parameter;
mod schema;

pub(super) use schema::schema;

use build::{entry, mapping, take, text};

use super::walk::Kind;

use crate::{
    node::{Entry, Mapping, Node, Value},
    source::Span,
};

/// What the whole document says to every operation.
pub(super) struct Defaults {
    consumes: Vec<Node>,
    produces: Vec<Node>,
    /// The shared parameters, which operations refer to by name.
    parameters: Mapping,
    host: Option<String>,
    base_path: String,
}

/// Rewrites a document. What cannot be understood stays as it is, for the reader to report.
pub(super) fn upgrade(root: Node) -> (Node, Option<Defaults>) {
    let span = root.span;
    let Value::Mapping(mut old) = root.value else {
        return (root, None);
    };
    let mut new = Mapping::default();
    let version = take(&mut old, "swagger");
    let version_span = version.as_ref().map_or(span, |it| it.node.span);
    new.insert(
        "openapi".to_owned(),
        entry(version_span, text("3.1.0", version_span)),
    );
    let host = take(&mut old, "host");
    let base_path = take(&mut old, "basePath");
    let schemes = take(&mut old, "schemes");
    let place = [&host, &base_path]
        .into_iter()
        .flatten()
        .next()
        .map(|it| it.node.span);
    let string = |it: &Option<Entry>| {
        it.as_ref()
            .and_then(|it| it.node.as_str())
            .map(str::to_owned)
    };
    let shared = Defaults {
        consumes: list(take(&mut old, "consumes")),
        produces: list(take(&mut old, "produces")),
        parameters: entries(take(&mut old, "parameters")),
        host: string(&host),
        base_path: string(&base_path).unwrap_or_default(),
    };
    if let Some(place) = place {
        let schemes = list(schemes);
        new.insert("servers".to_owned(), shared.servers(&schemes, place));
    }
    let components = components(&mut old, &shared, span);
    for (key, mut value) in old {
        if key == "paths" {
            operation::paths(&mut value.node, &shared);
        }
        new.insert(key, value);
    }
    new.insert("components".to_owned(), entry(span, components));
    let root = Node {
        span,
        value: Value::Mapping(new),
    };
    (root, Some(shared))
}

/// Rewrites a part of a document that stands in a file of its own.
pub(super) fn part(node: &mut Node, kind: Kind, defaults: &Defaults) {
    match kind {
        Kind::PathItem => operation::path_item(node, defaults),
        Kind::Response => operation::response(node, &defaults.produces),
        Kind::Parameter => {
            let old = std::mem::replace(node, Node::NOTHING);
            *node = parameter::plain(old);
        }
        _ => {}
    }
}

impl Defaults {
    /// The address that `schemes`, `host` and `basePath` make; without a host it is relative.
    fn servers(&self, schemes: &[Node], span: Span) -> Entry {
        let names: Vec<_> = schemes.iter().filter_map(Node::as_str).collect();
        let scheme = match names.first() {
            None => "https",
            Some(_) if names.contains(&"https") => "https",
            Some(first) => first,
        };
        let base_path = self.base_path.trim_end_matches('/');
        let url = match &self.host {
            Some(host) => format!("{scheme}://{host}{base_path}"),
            None => self.base_path.clone(),
        };
        let server = mapping([("url", entry(span, text(&url, span)))], span);
        entry(
            span,
            Node {
                span,
                value: Value::Sequence(vec![server]),
            },
        )
    }
}

fn components(old: &mut Mapping, shared: &Defaults, span: Span) -> Node {
    let mut parameters = Mapping::default();
    let mut bodies = Mapping::default();
    for (name, value) in &shared.parameters {
        let Entry { key, node } = value.clone();
        if parameter::location(&node) == Some("body") {
            let node = parameter::body(node, &shared.consumes);
            bodies.insert(name.clone(), entry(key, node));
        } else {
            // Parameters of forms are written out where they are used.
            let node = parameter::plain(node);
            parameters.insert(name.clone(), entry(key, node));
        }
    }
    let mut responses = entries(take(old, "responses"));
    for response in responses.values_mut() {
        operation::response(&mut response.node, &shared.produces);
    }
    let mut schemes = entries(take(old, "securityDefinitions"));
    for scheme in schemes.values_mut() {
        security_scheme(&mut scheme.node);
    }
    let sections = [
        ("schemas", entries(take(old, "definitions"))),
        ("parameters", parameters),
        ("requestBodies", bodies),
        ("responses", responses),
        ("securitySchemes", schemes),
    ];
    let sections = sections.map(|(name, entries)| {
        let node = Node {
            span,
            value: Value::Mapping(entries),
        };
        (name, entry(span, node))
    });
    mapping(sections, span)
}

/// `basic` is `http` with the scheme `basic`; the flow of `oauth2` moves to `flows`.
fn security_scheme(node: &mut Node) {
    let span = node.span;
    let Value::Mapping(scheme) = &mut node.value else {
        return;
    };
    match scheme.get("type").and_then(|it| it.node.as_str()) {
        Some("basic") => {
            scheme.insert("type".to_owned(), entry(span, text("http", span)));
            scheme.insert("scheme".to_owned(), entry(span, text("basic", span)));
        }
        Some("oauth2") => {
            for key in ["flow", "authorizationUrl", "tokenUrl", "scopes"] {
                scheme.shift_remove(key);
            }
            scheme.insert("flows".to_owned(), entry(span, mapping([], span)));
        }
        _ => {}
    }
}

fn list(entry: Option<Entry>) -> Vec<Node> {
    match entry.map(|it| it.node.value) {
        Some(Value::Sequence(items)) => items,
        _ => Vec::new(),
    }
}

fn entries(entry: Option<Entry>) -> Mapping {
    match entry.map(|it| it.node.value) {
        Some(Value::Mapping(entries)) => entries,
        _ => Mapping::default(),
    }
}
