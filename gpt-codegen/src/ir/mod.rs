//! The intermediate representation: an API without references, versions or tokens.

mod types;

pub(crate) use types::*;
