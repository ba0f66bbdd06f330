//! Sends the requests of actions: for typed clients and for tools.

mod answer;
mod attachments;
mod back_off;
mod call;
mod client;
mod disposition;
mod error;
mod exchange;
#[cfg(feature = "server")]
mod functions;
mod hook;
pub(crate) mod http;
mod item;
mod reply;
pub(crate) mod retry;
mod shorten;
#[cfg(feature = "server")]
pub(crate) mod stand_in;
mod stream;
mod tools;

pub use call::Call;
pub use client::Client;
pub use error::{CallError, ConnectionError, Failed, Undecodable};
pub use hook::{Attempt, Failure, Head, Outcome};
pub use reply::Reply;
pub use retry::Retry;
pub use stream::{ByteStream, Event, Events, Items};
pub use tools::{Invoker, ToolOutput};
#[cfg(feature = "server")]
pub(crate) use {
    attachments::{Attachments, Kept},
    call::typed,
    tools::{Invoked, Setup, shortened},
};
