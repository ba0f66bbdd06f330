//! What the editor of ChatGPT does not take of an action's schema, said of the document as it was
//! written: the editor knows no dialects and follows few references.
//!
//! The editor is not documented; its messages are, by those who met them.

use std::collections::{HashMap, HashSet};

use super::Rule;
use crate::{
    diagnostic::Diagnostics,
    document::{Selection, is_reserved_header},
    files::local,
    node::{Entry, Node, Value},
    source::Span,
};

const VERSION: Rule = Rule {
    name: "chatgpt-version",
    reason: "the editor of ChatGPT refuses every version but 3.1.0 and 3.1.1",
};

const SERVER: Rule = Rule {
    name: "chatgpt-server",
    reason: "the editor of ChatGPT takes `https` addresses of a public host, in lower case and \
             without a port",
};

const COMPONENTS: Rule = Rule {
    name: "chatgpt-components",
    reason: "the editor of ChatGPT refuses `components` in which `schemas` is no mapping",
};

const CIRCULAR: Rule = Rule {
    name: "chatgpt-circular-component",
    reason: "the editor of ChatGPT refuses a description whose components lead back to themselves",
};

const REFERENCE: Rule = Rule {
    name: "chatgpt-reference",
    reason: "the editor of ChatGPT follows references to `#/components` alone, and takes an empty \
             schema for others",
};

const WITHOUT_PROPERTIES: Rule = Rule {
    name: "chatgpt-object-without-properties",
    reason: "the editor of ChatGPT refuses objects that do not list their properties",
};

const WITHOUT_ITEMS: Rule = Rule {
    name: "chatgpt-array-without-items",
    reason: "the editor of ChatGPT refuses arrays that do not say what is in them",
};

const PATH_KEY: Rule = Rule {
    name: "chatgpt-path-key",
    reason: "the editor of ChatGPT reads `get`, `post`, `put`, `patch` and `delete` of a path, and \
             leaves everything else out",
};

const PARAMETER_REFERENCE: Rule = Rule {
    name: "chatgpt-parameter-reference",
    reason: "the editor of ChatGPT follows no references in `parameters`, and leaves the parameter \
             out",
};

const HEADER_PARAMETER: Rule = Rule {
    name: "chatgpt-header-parameter",
    reason: "the editor of ChatGPT leaves parameters in headers out",
};

const REPEATED_PARAMETER: Rule = Rule {
    name: "chatgpt-repeated-parameter",
    reason: "the editor of ChatGPT leaves out an operation in which two arguments have one name",
};

const BODY: Rule = Rule {
    name: "chatgpt-body",
    reason: "the editor of ChatGPT leaves out an operation whose body is not plainly an object",
};

const SECURITY: Rule = Rule {
    name: "chatgpt-security",
    reason: "an action of ChatGPT has one security scheme; the editor takes one of several",
};

const RULES: [Rule; 13] = [
    VERSION,
    SERVER,
    COMPONENTS,
    CIRCULAR,
    REFERENCE,
    WITHOUT_PROPERTIES,
    WITHOUT_ITEMS,
    PATH_KEY,
    PARAMETER_REFERENCE,
    HEADER_PARAMETER,
    REPEATED_PARAMETER,
    BODY,
    SECURITY,
];

/// The methods that the editor knows.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What OpenAPI has in a path beside them. Other keys are mistakes for everybody.
const OTHER_KEYS: [&str; 9] = [
    "summary",
    "description",
    "servers",
    "parameters",
    "options",
    "head",
    "trace",
    "query",
    "additionalOperations",
];

/// Whether one of these rules is on.
pub(crate) fn is_on(cx: &Diagnostics) -> bool {
    RULES.iter().any(|rule| rule.is_on(cx))
}

/// Checks a description as it was written, in what is selected of it.
pub(crate) fn check(cx: &mut Diagnostics, root: &Node, selection: &Selection) {
    version(cx, root);
    if root.get("openapi").is_none() {
        // An older dialect: nothing else stands where the editor looks for it.
        return;
    }
    server(cx, root);
    components(cx, root);
    let mut schemas = Schemas {
        root,
        waiting: Vec::new(),
        seen: HashSet::new(),
    };
    let paths = root.get("paths").and_then(Node::as_mapping);
    for (path, entry) in paths.into_iter().flatten() {
        if path.starts_with('/')
            && let Some(item) = entry.node.as_mapping()
        {
            for (key, entry) in item {
                if METHODS.contains(&key.as_str()) {
                    if selection.wants(key, path, &entry.node) {
                        operation(cx, &mut schemas, &entry.node);
                    }
                } else if OTHER_KEYS.contains(&key.as_str()) && selection.is_all() {
                    path_key(cx, key, entry);
                }
            }
        }
    }
    if selection.is_all() {
        let all = root.get("components").and_then(|it| it.get("schemas"));
        let all = all.and_then(Node::as_mapping).into_iter().flatten();
        schemas.waiting.extend(all.map(|(_, entry)| &entry.node));
    }
    schemas.check_waiting(cx);
    circular(cx, root, &schemas.seen);
}

fn version(cx: &mut Diagnostics, root: &Node) {
    let entry = root.entry("openapi").or_else(|| root.entry("swagger"));
    let Some(entry) = entry else { return };
    let (Value::String(version) | Value::Number(version)) = &entry.node.value else {
        return;
    };
    if !matches!(version.as_str(), "3.1.0" | "3.1.1") || root.get("openapi").is_none() {
        cx.report(
            VERSION
                .found(
                    entry.node.span,
                    format!("ChatGPT does not take version `{version}` of OpenAPI"),
                )
                .label("expected `3.1.0`")
                .help("write `3.1.0`, and `type: [string, \"null\"]` for `nullable: true`"),
        );
    }
}

fn server(cx: &mut Diagnostics, root: &Node) {
    let first = root.get("servers").and_then(Node::as_sequence);
    let Some(url) = first.and_then(|all| all.first()?.get("url")) else {
        // That there is none is another lint.
        return;
    };
    // One that is relative is another lint.
    let Some((scheme, rest)) = url.as_str().and_then(|text| text.split_once("://")) else {
        return;
    };
    let text = url.as_str().unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let wrong = if scheme.contains('{') || host.contains('{') {
        "has a variable before its path"
    } else if scheme != "https" {
        "is not `https://`"
    } else if host.contains(':') {
        "has a port"
    } else if host.chars().any(char::is_uppercase) {
        "has capitals in its host"
    } else if !host.contains('.') || host.parse::<std::net::IpAddr>().is_ok() {
        "is no public host"
    } else {
        return;
    };
    // Without encryption it is a mistake for everybody, and one that costs more here.
    cx.report_instead(
        "insecure-server",
        SERVER
            .found(
                url.span,
                format!("ChatGPT does not take the server `{text}`"),
            )
            .label(wrong)
            .help("write `https://` and the host, such as `https://api.example.com`"),
    );
}

fn components(cx: &mut Diagnostics, root: &Node) {
    let Some(entry) = root.entry("components") else {
        return;
    };
    let schemas = entry.node.get("schemas");
    if entry.node.as_mapping().is_some() && schemas.is_none_or(|it| it.as_mapping().is_none()) {
        cx.report(
            COMPONENTS
                .found(entry.key, "these `components` have no `schemas`")
                .label("without `schemas`")
                .help("add `schemas: {}`"),
        );
    }
    let security = entry.node.get("securitySchemes").and_then(Node::as_mapping);
    let mut security = security.into_iter().flatten();
    if let (Some((first, one)), Some((second, other))) = (security.next(), security.next()) {
        cx.report(
            SECURITY
                .found(other.key, "there are several security schemes")
                .label(format!("`{second}` may be left out"))
                .related(one.key, format!("or `{first}`"))
                .help("leave the one that the operations use"),
        );
    }
}

fn path_key(cx: &mut Diagnostics, key: &str, entry: &Entry) {
    let help = match key {
        "parameters" => "write the parameters at each operation",
        "servers" => "write the server at the top of the document",
        "summary" | "description" => "remove it, or write it at the operations",
        _ => "remove it, or make it a `get` or `post` with a path of its own",
    };
    cx.report(
        PATH_KEY
            .found(entry.key, format!("ChatGPT leaves `{key}` of a path out"))
            .label("not read")
            .help(help)
            .cause(key),
    );
}

fn operation<'a>(cx: &mut Diagnostics, schemas: &mut Schemas<'a>, operation: &'a Node) {
    let mut names: HashMap<&str, Span> = HashMap::new();
    let parameters = operation.get("parameters").and_then(Node::as_sequence);
    for parameter in parameters.unwrap_or_default() {
        if let Some(entry) = parameter.entry("$ref") {
            if is_lost(schemas.root, &entry.node) {
                continue;
            }
            cx.report(
                PARAMETER_REFERENCE
                    .found(entry.node.span, "ChatGPT does not follow this reference")
                    .label("the parameter is left out")
                    .help("write the parameter here"),
            );
            continue;
        }
        let location = parameter.get("in").and_then(Node::as_str);
        let Some(name) = parameter.get("name") else {
            continue;
        };
        let Some(text) = name.as_str() else { continue };
        if location == Some("header") {
            // For everybody these are no parameters.
            if is_reserved_header(text) {
                continue;
            }
            cx.report(
                HEADER_PARAMETER
                    .found(name.span, format!("ChatGPT leaves the header `{text}` out"))
                    .label("a parameter in a header")
                    .help("take it in the query or the body, or describe it as `security`"),
            );
            continue;
        }
        repeated(cx, &mut names, text, name.span);
        schemas.waiting.extend(parameter.get("schema"));
    }
    let body = operation
        .get("requestBody")
        .and_then(|it| content(follow(schemas.root, it)).next());
    if let Some(schema) = body {
        schemas.waiting.push(schema);
        let object = follow(schemas.root, schema);
        if is_object(object) {
            let properties = object.get("properties").and_then(Node::as_mapping);
            for (name, entry) in properties.into_iter().flatten() {
                repeated(cx, &mut names, name, entry.key);
            }
        } else if object.get("$ref").is_none() {
            let at = schema.as_mapping().and_then(|it| it.values().next());
            cx.report(
                BODY.found(
                    at.map_or(schema.span, |entry| entry.key),
                    "ChatGPT leaves this operation out: its body is not plainly an object",
                )
                .label("no `type: object`")
                .help("wrap it in an object with one property"),
            );
        }
    }
    let responses = operation.get("responses").and_then(Node::as_mapping);
    for entry in responses.into_iter().flatten().map(|(_, entry)| entry) {
        let response = follow(schemas.root, &entry.node);
        schemas.waiting.extend(content(response));
    }
}

fn repeated<'a>(
    cx: &mut Diagnostics,
    names: &mut HashMap<&'a str, Span>,
    name: &'a str,
    span: Span,
) {
    if let Some(first) = names.get(name) {
        cx.report(
            REPEATED_PARAMETER
                .found(
                    span,
                    format!("two arguments of this operation are called `{name}`"),
                )
                .label("second")
                .related(*first, "first")
                .help("rename one of them"),
        );
        return;
    }
    names.insert(name, span);
}

/// The schemas of the media types of a body or an answer.
fn content(node: &Node) -> impl Iterator<Item = &Node> {
    let content = node.get("content").and_then(Node::as_mapping);
    content
        .into_iter()
        .flatten()
        .filter_map(|(_, entry)| entry.node.get("schema"))
}

/// Where references to components lead.
fn follow<'a>(root: &'a Node, mut schema: &'a Node) -> &'a Node {
    // So many in a chain are a circle.
    for _ in 0..16 {
        let reference = schema.get("$ref").and_then(Node::as_str);
        match reference.and_then(|it| local(root, it)) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

/// Whether a reference leads to nothing in this document, which is a mistake for everybody.
fn is_lost(root: &Node, reference: &Node) -> bool {
    let text = reference.as_str().unwrap_or_default();
    text.starts_with("#/") && local(root, text).is_none()
}

/// Whether the kinds of a schema include this one.
fn has_type(schema: &Node, kind: &str) -> bool {
    schema.get("type").is_some_and(|node| match &node.value {
        Value::String(text) => text == kind,
        Value::Sequence(items) => items.iter().any(|it| it.as_str() == Some(kind)),
        _ => false,
    })
}

fn is_object(schema: &Node) -> bool {
    has_type(schema, "object") || schema.get("type").is_none() && schema.get("properties").is_some()
}

/// The schemas that are looked at, each once.
struct Schemas<'a> {
    root: &'a Node,
    waiting: Vec<&'a Node>,
    seen: HashSet<Span>,
}

impl<'a> Schemas<'a> {
    fn check_waiting(&mut self, cx: &mut Diagnostics) {
        while let Some(schema) = self.waiting.pop() {
            if self.seen.insert(schema.span) {
                self.check(cx, schema);
            }
        }
    }

    fn check(&mut self, cx: &mut Diagnostics, schema: &'a Node) {
        if let Some(reference) = schema.get("$ref") {
            let text = reference.as_str().unwrap_or_default();
            if !text.starts_with("#/components/") && !is_lost(self.root, reference) {
                cx.report(
                    REFERENCE
                        .found(reference.span, format!("ChatGPT does not follow `{text}`"))
                        .label("leads out of `#/components`")
                        .help("move the schema to `components.schemas` of this document"),
                );
            }
            self.waiting.extend(local(self.root, text));
            return;
        }
        let place = || schema.entry("type").map_or(schema.span, |entry| entry.key);
        let is_composed = ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|it| schema.get(it).is_some());
        if has_type(schema, "object") && schema.get("properties").is_none() && !is_composed {
            cx.report(
                WITHOUT_PROPERTIES
                    .found(place(), "this object does not list its properties")
                    .label("without `properties`")
                    .help("add `properties: {}`, or what is in it"),
            );
        }
        if has_type(schema, "array") && schema.get("items").is_none() {
            cx.report(
                WITHOUT_ITEMS
                    .found(place(), "this array does not say what is in it")
                    .label("without `items`")
                    .help("add `items: {type: string}`, or what is in it"),
            );
        }
        self.waiting.extend(parts(schema));
    }
}

/// The schemas inside a schema.
fn parts(schema: &Node) -> impl Iterator<Item = &Node> {
    let single = ["items", "additionalProperties", "not"];
    let single = single.into_iter().filter_map(|key| schema.get(key));
    let lists = ["allOf", "anyOf", "oneOf", "prefixItems"].into_iter();
    let lists = lists
        .filter_map(|key| schema.get(key)?.as_sequence())
        .flatten();
    let properties = schema.get("properties").and_then(Node::as_mapping);
    let properties = properties
        .into_iter()
        .flatten()
        .map(|(_, entry)| &entry.node);
    single
        .chain(lists)
        .chain(properties)
        .filter(|it| it.as_mapping().is_some())
}

/// Reports the components, among the schemas that are looked at, which lead back to themselves.
fn circular(cx: &mut Diagnostics, root: &Node, looked_at: &HashSet<Span>) {
    // Where strict tools matter too, that the schema contains itself was said already.
    if !CIRCULAR.is_on(cx) || cx.has_reported("recursive-schema") {
        return;
    }
    let all = root.get("components").and_then(|it| it.get("schemas"));
    let Some(all) = all.and_then(Node::as_mapping) else {
        return;
    };
    let references: HashMap<&str, Vec<&str>> = all
        .iter()
        .filter(|(_, entry)| looked_at.contains(&entry.node.span))
        .map(|(name, entry)| (name.as_str(), component_references(&entry.node)))
        .collect();
    for (name, entry) in all {
        if let Some(path) = way_back(name, &references) {
            let way = path.join("` → `");
            // The same circle from each component in it.
            let mut circle = path;
            circle.sort_unstable();
            cx.report(
                CIRCULAR
                    .found(entry.key, "this component leads back to itself")
                    .label(format!("`{name}` → `{way}`"))
                    .help("leave out the property that leads back, or make it a text or an id")
                    .cause(circle.join(" ")),
            );
        }
    }
}

/// The components that a schema refers to.
fn component_references(schema: &Node) -> Vec<&str> {
    let mut waiting = vec![schema];
    let mut found = Vec::new();
    while let Some(schema) = waiting.pop() {
        let reference = schema.get("$ref").and_then(Node::as_str);
        found.extend(reference.and_then(|it| it.strip_prefix("#/components/schemas/")));
        waiting.extend(parts(schema));
    }
    found
}

/// The shortest way from a component back to itself.
fn way_back<'a>(name: &str, references: &HashMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut ways: Vec<Vec<&str>> = vec![Vec::new()];
    let mut seen: HashSet<&str> = HashSet::new();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        at += 1;
        let from = way.last().copied().unwrap_or(name);
        for next in references.get(from).into_iter().flatten() {
            if seen.insert(next) {
                let further: Vec<&str> = way.iter().copied().chain([*next]).collect();
                if *next == name {
                    return Some(further);
                }
                ways.push(further);
            }
        }
    }
    None
}
