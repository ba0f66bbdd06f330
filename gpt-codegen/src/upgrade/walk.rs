//! Where schemas and references stand in a description.
//!
//! The walk knows what each object is from where it stands, so that nothing inside an example or a
//! default is taken for a schema, and a reference says what stands at its other end.

use crate::{
    node::{Node, Value},
    source::Span,
};

/// What an object of a description is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The description itself.
    Description,
    PathItem,
    Operation,
    /// A parameter or header.
    Parameter,
    RequestBody,
    Response,
    MediaType,
    Callback,
    Schema,
    /// What holds no schemas: an example or a security scheme.
    Other,
}

/// A reference that was met.
#[derive(Clone, Debug)]
pub(super) struct Met {
    pub(super) reference: String,
    pub(super) span: Span,
    /// What it stands for.
    pub(super) kind: Kind,
}

/// A walk over objects, which rewrites every schema, inner ones first.
pub(super) struct Walk<'w> {
    pub(super) rewrite: &'w mut dyn FnMut(&mut Node),
    pub(super) met: Vec<Met>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(rewrite: &'w mut dyn FnMut(&mut Node)) -> Self {
        Self {
            rewrite,
            met: Vec::new(),
        }
    }

    /// Visits an object and all that is inside it.
    pub(super) fn visit(&mut self, kind: Kind, node: &mut Node) {
        for key in ["$ref", "$dynamicRef"] {
            if let Some(reference) = node.get(key) {
                self.meet(reference, kind);
            }
        }
        match kind {
            Kind::Description => self.description(node),
            Kind::PathItem => self.path_item(node),
            Kind::Operation => self.operation(node),
            Kind::Parameter => entries(node, |key, child| match key {
                "schema" => self.visit(Kind::Schema, child),
                "content" => self.each(Kind::MediaType, child),
                "examples" => self.each(Kind::Other, child),
                _ => {}
            }),
            Kind::RequestBody | Kind::Response => entries(node, |key, child| match key {
                "content" => self.each(Kind::MediaType, child),
                "headers" => self.each(Kind::Parameter, child),
                _ => {}
            }),
            Kind::MediaType => self.media_type(node),
            Kind::Callback => self.each(Kind::PathItem, node),
            Kind::Schema => self.schema(node),
            Kind::Other => {}
        }
    }

    fn meet(&mut self, node: &Node, kind: Kind) {
        if let Some(reference) = node.as_str() {
            self.met.push(Met {
                reference: reference.to_owned(),
                span: node.span,
                kind,
            });
        }
    }

    /// Visits the values of a mapping or the items of a list.
    fn each(&mut self, kind: Kind, node: &mut Node) {
        match &mut node.value {
            Value::Mapping(entries) => entries
                .values_mut()
                .for_each(|it| self.visit(kind, &mut it.node)),
            Value::Sequence(items) => items.iter_mut().for_each(|it| self.visit(kind, it)),
            _ => {}
        }
    }

    fn description(&mut self, node: &mut Node) {
        entries(node, |key, node| match key {
            "paths" | "webhooks" => self.each(Kind::PathItem, node),
            "components" => entries(node, |key, section| {
                let kind = match key {
                    "schemas" => Kind::Schema,
                    "parameters" | "headers" => Kind::Parameter,
                    "requestBodies" => Kind::RequestBody,
                    "responses" => Kind::Response,
                    "callbacks" => Kind::Callback,
                    "pathItems" => Kind::PathItem,
                    "mediaTypes" => Kind::MediaType,
                    "examples" | "securitySchemes" => Kind::Other,
                    _ => return,
                };
                self.each(kind, section);
            }),
            _ => {}
        });
    }

    fn path_item(&mut self, node: &mut Node) {
        entries(node, |key, child| match key {
            "parameters" => self.each(Kind::Parameter, child),
            "additionalOperations" => self.each(Kind::Operation, child),
            "servers" | "summary" | "description" | "$ref" => {}
            key if key.starts_with("x-") => {}
            _ => self.visit(Kind::Operation, child),
        });
    }

    fn operation(&mut self, node: &mut Node) {
        entries(node, |key, child| match key {
            "parameters" => self.each(Kind::Parameter, child),
            "requestBody" => self.visit(Kind::RequestBody, child),
            "responses" => self.each(Kind::Response, child),
            "callbacks" => self.each(Kind::Callback, child),
            _ => {}
        });
    }

    fn media_type(&mut self, node: &mut Node) {
        entries(node, |key, child| match key {
            "schema" | "itemSchema" => self.visit(Kind::Schema, child),
            "examples" => self.each(Kind::Other, child),
            "encoding" => entries(child, |_, encoding| self.encoding(encoding)),
            "itemEncoding" => self.encoding(child),
            "prefixEncoding" => {
                if let Value::Sequence(encodings) = &mut child.value {
                    for encoding in encodings {
                        self.encoding(encoding);
                    }
                }
            }
            _ => {}
        });
    }

    fn encoding(&mut self, node: &mut Node) {
        entries(node, |key, child| {
            if key == "headers" {
                self.each(Kind::Parameter, child);
            }
        });
    }

    /// A schema and those inside it; never what `example`, `default`, `enum` and `const` hold.
    fn schema(&mut self, node: &mut Node) {
        if let Some(discriminator) = node.get("discriminator") {
            let mapped = discriminator.get("mapping").and_then(Node::as_mapping);
            let targets = mapped.into_iter().flatten().map(|(_, it)| &it.node);
            for target in targets.chain(discriminator.get("defaultMapping")) {
                // A bare name is that of a component.
                if target
                    .as_str()
                    .is_some_and(|it| it.contains(['/', '.', '#']))
                {
                    self.meet(target, Kind::Schema);
                }
            }
        }
        entries(node, |key, child| match key {
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
            | "allOf" | "anyOf" | "oneOf" | "prefixItems" => self.each(Kind::Schema, child),
            "items" if child.as_sequence().is_some() => self.each(Kind::Schema, child),
            "items"
            | "additionalItems"
            | "unevaluatedItems"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "contentSchema" => self.visit(Kind::Schema, child),
            _ => {}
        });
        (self.rewrite)(node);
    }
}

fn entries(node: &mut Node, mut visit: impl FnMut(&str, &mut Node)) {
    if let Value::Mapping(entries) = &mut node.value {
        for (key, entry) in entries {
            visit(key, &mut entry.node);
        }
    }
}
