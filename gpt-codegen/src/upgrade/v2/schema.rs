//! Words of schemas that 3.0 spells differently.

use super::build::{entry, mapping, text};
use crate::node::{Node, Value};

/// Rewrites one schema; those inside it are done.
pub(in crate::upgrade) fn schema(schema: &mut Node) {
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
}
