//! Generated types in functions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::data::{self, Data};

/// A type of a generated module as an argument or an answer of an action:
/// `severity: Generated<weather::Severity>`.
///
/// Its schema names the values of an enum and the properties of an object. The rest, such as the
/// types of properties that may be missing, is checked when the value is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated<T>(
    /// The value.
    pub T,
);

impl<T: Data> JsonSchema for Generated<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Generated".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::try_from(data::schema::<T>()).unwrap_or_default()
    }
}

impl<'de, T: Data> Deserialize<'de> for Generated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        data::deserialize(deserializer).map(Self)
    }
}

impl<T: Data> Serialize for Generated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        data::serialize(&self.0, serializer)
    }
}
