//! References follow what moved; words of schemas that changed are respelt.

use super::{
    build::{entry, mapping, text},
    parameter,
};
use crate::{
    node::{Mapping, Node, Value},
    upgrade::schemas,
};

/// Rewrites every reference, and what 2.0 spells differently in schemas.
pub(super) fn rewrite(root: &mut Node, parameters: &Mapping) {
    each_reference(root, parameters);
    schemas::each(root, &mut |schema| {
        let Value::Mapping(entries) = &mut schema.value else {
            return;
        };
        if let Some(nullable) = entries.shift_remove("x-nullable") {
            entries.insert("nullable".to_owned(), nullable);
        }
        // `discriminator: kind` was the name alone.
        if let Some(discriminator) = entries.get_mut("discriminator")
            && let Some(name) = discriminator.node.as_str()
        {
            let span = discriminator.node.span;
            let name = entry(span, text(name, span));
            discriminator.node = mapping([("propertyName", name)], span);
        }
    });
}

fn each_reference(node: &mut Node, parameters: &Mapping) {
    match &mut node.value {
        Value::Mapping(entries) => {
            for (key, entry) in entries {
                if key == "$ref"
                    && let Value::String(reference) = &mut entry.node.value
                {
                    if let Some(moved) = moved(reference, parameters) {
                        *reference = moved;
                    }
                } else {
                    each_reference(&mut entry.node, parameters);
                }
            }
        }
        Value::Sequence(items) => {
            for item in items {
                each_reference(item, parameters);
            }
        }
        _ => {}
    }
}

fn moved(reference: &str, parameters: &Mapping) -> Option<String> {
    if let Some(rest) = reference.strip_prefix("#/definitions/") {
        return Some(format!("#/components/schemas/{rest}"));
    }
    if let Some(rest) = reference.strip_prefix("#/responses/") {
        return Some(format!("#/components/responses/{rest}"));
    }
    let name = reference.strip_prefix("#/parameters/")?;
    let is_body = parameters
        .get(name)
        .is_some_and(|it| parameter::location(&it.node) == Some("body"));
    let section = if is_body {
        "requestBodies"
    } else {
        "parameters"
    };
    Some(format!("#/components/{section}/{name}"))
}
