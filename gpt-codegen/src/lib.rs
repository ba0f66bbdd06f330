//! Turns OpenAPI action schemas into typed Rust clients and tool descriptors.

mod diagnostic;
mod document;
mod ir;
mod nearest;
mod node;
mod parse;
mod source;
