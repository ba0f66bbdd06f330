//! What generated code needs. Not for people: anything here may change in any version.

pub use crate::action::{
    Action, Api, Body, BodyArguments, Described, Encoding, Header, Location, MediaType, Method,
    Operation, Parameter, Requirement, Response, SecurityKind, SecurityScheme, Server, Status,
    StreamItem, Streaming, Style, Tool,
};
#[cfg(feature = "server")]
pub use crate::gpt::{BuiltInTool, Category, Definition, Gpt, Visibility};
pub use crate::{
    credential::Credential,
    error::Error,
    invoke::{Call, CallError, Client, Reply},
};

/// The assertions of `#[gpt]`.
#[cfg(feature = "server")]
pub mod check {
    pub use crate::check::{
        action, belongs, description, instructions, methods, reference, references, room, unread,
    };
}

/// What `#[gpt]` writes down, where the assertions can read it.
#[cfg(feature = "server")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a GPT, so no action can belong to it",
    label = "put `#[gpt(...)]` on this type, or take an argument by its value",
    note = "the reference that an action takes first is to the GPT it belongs to"
)]
pub trait Define: 'static {
    /// What the GPT is.
    const DEFINITION: &'static Definition;
    /// Its type as people write it.
    const NAME: &'static str;
    /// Where it is defined, which is another place for each.
    const PLACE: &'static str;
    /// Whether `actions` names `Self`.
    const LISTS_METHODS: bool;
}

/// What `#[action]` makes of a function.
#[cfg(feature = "server")]
pub mod function {
    pub use crate::function::{Asks, Function, Methods, Owner, Parameter, Plain, Returns, state};
    pub use std::boxed::Box;
}

pub use crate::data::{
    Base16, Base64, Base64Url, Data, Decimal, Digits, Duration, File, Formatted, Parts, Slot,
    Slots, TimeOfDay, UnixTime,
};
pub use crate::{arguments, data, defaults, integer_enums, text_enums};
pub use core::{convert::From, fmt::Debug};
pub use serde_json::Value;
pub use std::collections::BTreeMap;
pub use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
pub use time::{Date, OffsetDateTime, PrimitiveDateTime};
pub use url::Url;
pub use uuid::Uuid;

/// The names of the standard prelude that generated code uses.
pub mod prelude {
    pub use core::clone::Clone;
    pub use core::marker::Copy;
    pub use core::option::Option::{self, None, Some};
    pub use std::boxed::Box;
    pub use std::string::String;
    pub use std::vec::Vec;
}
