//! Serves a GPT defined in Rust.

extern crate self as gpt_runtime;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod action;
mod check;
pub mod conversation;
pub mod credential;
pub mod data;
pub mod error;
pub mod gpt;
pub mod invoke;
pub mod message;
pub mod model;
pub mod request;
pub mod schema;
pub mod server;
pub mod service;
pub mod store;

pub use error::Error;
pub use gpt::Gpt;
pub use gpt_macros::gpt;
pub use server::{Server, serve};
pub use service::Service;

/// Includes the module that `gpt_codegen` wrote for an action schema, under its name.
///
/// `include_actions!(weather)` declares `pub mod weather` with the code generated from
/// `actions/weather.yaml`; a visibility may stand before the name.
#[macro_export]
macro_rules! include_actions {
    ($name:ident) => {
        $crate::include_actions! { pub $name }
    };
    ($visibility:vis $name:ident) => {
        #[allow(missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
        $visibility mod $name {
            include!(concat!(
                env!(
                    "OUT_DIR",
                    "no build script ran: add a `build.rs` that calls `gpt_codegen::compile`"
                ),
                "/",
                stringify!($name),
                ".rs"
            ));
        }
    };
}
