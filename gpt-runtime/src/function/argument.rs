//! What functions take: values out of the JSON of a call.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{call::Failure, description::Description};
use crate::schema::Violation;

/// What an action may take: anything that serde reads and `schemars` describes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an action",
    label = "this cannot be read from described JSON",
    note = "put `#[derive(serde::Deserialize, schemars::JsonSchema)]` on each type of yours in it"
)]
pub trait Argument: Sized {
    #[doc(hidden)]
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    #[doc(hidden)]
    fn read(value: Value) -> Result<Self, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Argument for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn read(value: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(value)
    }
}

/// A parameter of a function.
#[doc(hidden)]
pub struct Parameter<T> {
    name: &'static str,
    description: &'static str,
    schema: fn(&mut SchemaGenerator) -> Schema,
    read: fn(Value) -> Result<T, serde_json::Error>,
}

#[allow(missing_docs, reason = "for the code of `#[action]` alone")]
impl<T> Parameter<T> {
    #[must_use]
    pub const fn new(name: &'static str, description: &'static str) -> Self
    where
        T: Argument,
    {
        Self {
            name,
            description,
            schema: T::schema,
            read: T::read,
        }
    }

    pub fn describe(self, to: &mut Description<'_>) {
        // What takes `null` may be left out, as an `Option` may.
        let is_required = (self.read)(Value::Null).is_err();
        to.parameter(self.name, self.description, is_required, self.schema);
    }

    pub fn take(self, arguments: &mut Arguments) -> Result<T, Failure> {
        let value = arguments.0.remove(self.name).unwrap_or_default();
        (self.read)(value).map_err(|error| {
            Failure::Arguments(vec![Violation {
                path: self.name.to_owned(),
                message: error.to_string(),
            }])
        })
    }
}

impl<T> fmt::Debug for Parameter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The arguments of a call, which are as described.
#[doc(hidden)]
#[derive(Debug)]
pub struct Arguments(pub(super) Map<String, Value>);
