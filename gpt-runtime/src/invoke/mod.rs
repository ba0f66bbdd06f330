//! Sends the requests of actions: for typed clients and for tools.

mod client;
mod error;
pub(crate) mod http;
mod tools;

pub use client::{Call, Client, Reply};
pub use error::{CallError, ConnectionError, Failed, Undecodable};
pub use tools::{Invoker, ToolOutput};
