//! Sends the requests of actions: for typed clients and for tools.

mod answer;
mod call;
mod client;
mod error;
mod exchange;
pub(crate) mod http;
mod shorten;
mod tools;

pub use call::{Call, Reply};
pub use client::Client;
pub use error::{CallError, ConnectionError, Failed, Undecodable};
pub use tools::{Invoker, ToolOutput};
