//! Reads values from any serde format, through JSON text.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{
        DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use super::{super::Data, from_str};

/// Reads a value; what `Deserialize` of a generated type calls.
pub fn deserialize<'de, T: Data, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let json = deserializer.deserialize_newtype_struct(RAW, Text)?;
    from_str(&json).map_err(D::Error::custom)
}

/// How `serde_json` is asked for a value as it is written. Other formats take it for a name and
/// give the value as they read it.
const RAW: &str = "$serde_json::private::RawValue";

/// Takes a value as JSON text.
struct Text;

impl Text {
    fn of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(value.to_string().into())
    }
}

macro_rules! visits {
    ($($visit:ident $ty:ty;)*) => {$(
        fn $visit<E: Error>(self, value: $ty) -> Result<Self::Value, E> {
            Self::of(value.into_deserializer())
        }
    )*};
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        Self::of(deserializer)
    }
    visits! {
        visit_bool bool;
        visit_i64 i64;
        visit_u64 u64;
        visit_i128 i128;
        visit_u128 u128;
        visit_f64 f64;
        visit_str &str;
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok("null".into())
    }
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok("null".into())
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Self::of(deserializer)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Self::of(SeqAccessDeserializer::new(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let Some(key) = entries.next_key::<String>()? else {
            return Ok("{}".into());
        };
        if key == RAW {
            return entries.next_value_seed(Raw);
        }
        let mut object = Map::new();
        object.insert(key, entries.next_value()?);
        let rest = Value::deserialize(MapAccessDeserializer::new(entries))?;
        if let Value::Object(rest) = rest {
            object.extend(rest);
        }
        Ok(Value::Object(object).to_string().into())
    }
}

/// Takes JSON text without a copy, where it is held already.
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Raw {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(text.into())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.to_owned().into())
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(text.into())
    }
}
