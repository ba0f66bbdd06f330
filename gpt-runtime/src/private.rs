//! What generated code needs. Not for people: anything here may change in any version.

pub use crate::action::{
    Action, Api, Body, BodyArguments, Described, Encoding, Header, Location, MediaType, Method,
    Operation, Parameter, Requirement, Response, SecurityKind, SecurityScheme, Server, Status,
    StreamItem, Streaming, Style, Tool,
};
#[cfg(feature = "server")]
pub use crate::gpt::{
    ActionSet, ActionSettings, Authentication, BuiltInTool, Category, Confirm, Definition, Gpt,
    Host, Visibility,
};
pub use crate::{
    credential::Credential,
    error::Error,
    invoke::{Call, CallError, Client, Reply},
};

/// The assertions of `#[gpt]`.
#[cfg(feature = "server")]
pub mod check {
    pub use crate::check::{
        action, authentication, belongs, confirm, description, instructions, methods, name,
        one_operation, reference, references, room, tokens, unread, visibility,
    };
}

/// The words of `#[gpt]`, by which editors know what they mean.
#[cfg(feature = "server")]
pub mod words {
    /// Who may use a GPT.
    pub mod visibility {
        pub use crate::gpt::Visibility::{Everyone as everyone, Link as link, OnlyMe as only_me};
    }
    /// What a GPT is for.
    pub mod category {
        pub use crate::gpt::Category::{
            Education as education, Lifestyle as lifestyle, Other as other,
            Productivity as productivity, Programming as programming, Research as research,
            Writing as writing,
        };
    }
    /// Where a GPT is used too.
    pub mod hosts {
        pub use crate::gpt::Host::{
            Anthropic as anthropic, ChatGpt as chatgpt, Gemini as gemini, Mcp as mcp,
            OpenAi as openai,
        };
    }
    /// When a person is asked.
    pub mod confirm {
        pub use crate::gpt::Confirm::{Always as always, Once as once};
    }
    /// Built-in tools.
    pub mod tools {
        pub use crate::gpt::BuiltInTool::{
            CodeInterpreter as code_interpreter, ImageGeneration as image_generation,
            WebSearch as web_search,
        };
    }
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
