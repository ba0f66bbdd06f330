//! JSON Schema of a tool's arguments: whole for a model, and as the check before a call.
use crate::action::Operation;
use serde_json::Value;

/// The JSON Schema of an operation's arguments, with the `$defs` it reaches.
pub fn parameters(operation: &Operation) -> Value {
    serde_json::from_str(operation.tool.parameters).unwrap_or_default()
}
