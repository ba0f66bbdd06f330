//! Where schemas stand in a 3.x description.

use crate::node::{Node, Value};

/// Visits every schema, inner ones first.
pub(super) fn each(root: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(root, |key, node| match key {
        "paths" | "webhooks" => children(node, |item| path_item(item, rewrite)),
        "components" => components(node, rewrite),
        _ => {}
    });
}

fn components(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, section| {
        let visit = match key {
            "schemas" => schema,
            "parameters" | "headers" => parameter,
            "requestBodies" | "responses" => content,
            "callbacks" => callback,
            "pathItems" => path_item,
            _ => return,
        };
        children(section, |child| visit(child, rewrite));
    });
}

fn path_item(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| match key {
        "parameters" => children(child, |it| parameter(it, rewrite)),
        "servers" | "summary" | "description" | "$ref" => {}
        key if key.starts_with("x-") => {}
        _ => operation(child, rewrite),
    });
}

fn operation(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| match key {
        "parameters" => children(child, |it| parameter(it, rewrite)),
        "requestBody" => content(child, rewrite),
        "responses" => children(child, |it| content(it, rewrite)),
        "callbacks" => children(child, |it| callback(it, rewrite)),
        _ => {}
    });
}

fn callback(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    children(node, |item| path_item(item, rewrite));
}

/// A parameter or header.
fn parameter(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| match key {
        "schema" => schema(child, rewrite),
        "content" => children(child, |it| media_type(it, rewrite)),
        _ => {}
    });
}

/// A body or response.
fn content(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| match key {
        "content" => children(child, |it| media_type(it, rewrite)),
        "headers" => children(child, |it| parameter(it, rewrite)),
        _ => {}
    });
}

fn media_type(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| {
        if matches!(key, "schema" | "itemSchema") {
            schema(child, rewrite);
        }
    });
}

/// A schema and those inside it; never what `example`, `default`, `enum` and `const` hold.
pub(super) fn schema(node: &mut Node, rewrite: &mut dyn FnMut(&mut Node)) {
    entries(node, |key, child| match key {
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
        | "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
            children(child, |it| schema(it, rewrite));
        }
        "items" if child.as_sequence().is_some() => children(child, |it| schema(it, rewrite)),
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
        | "contentSchema" => schema(child, rewrite),
        _ => {}
    });
    rewrite(node);
}

fn entries(node: &mut Node, mut visit: impl FnMut(&str, &mut Node)) {
    if let Value::Mapping(entries) = &mut node.value {
        for (key, entry) in entries {
            visit(key, &mut entry.node);
        }
    }
}

/// The values of a mapping or the items of a list.
fn children(node: &mut Node, mut visit: impl FnMut(&mut Node)) {
    match &mut node.value {
        Value::Mapping(entries) => entries.values_mut().for_each(|it| visit(&mut it.node)),
        Value::Sequence(items) => items.iter_mut().for_each(visit),
        _ => {}
    }
}
