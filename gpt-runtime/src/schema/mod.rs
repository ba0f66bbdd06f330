//! JSON Schema of a tool's arguments: whole for a model, and as the check before a call.

use std::fmt;

use serde_json::Value;

use crate::action::Operation;

/// An argument that the description refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where it is, such as `filter.kinds[2]`; empty for the arguments as a whole.
    pub path: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "`{}`: {}", self.path, self.message)
        }
    }
}

/// The JSON Schema of an operation's arguments, with the `$defs` it reaches.
pub fn parameters(operation: &Operation) -> Value {
    serde_json::from_str(operation.tool.parameters).unwrap_or_default()
}
