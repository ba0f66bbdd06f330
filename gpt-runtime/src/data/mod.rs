//! Values that JSON is read into and written from, described by static tables.
//!
//! A generated type carries a table and the smallest accessors; reading, writing, comparing and
//! printing are one interpreter each, in this module, instead of derived code in every type.
//! People meet [`Data`] as a bound only: generated types and the types of JSON implement it, and so
//! does [`File`], which requests carry beside their JSON.

mod compare;
mod containers;
mod enumeration;
mod file;
mod formats;
mod parts;
mod read;
mod scalar;
#[cfg(feature = "server")]
mod schema;
mod table;
mod tape;
mod tuple;
mod write;

use std::{any::Any, borrow::Cow};

use serde_json::Value;

pub use file::File;
pub use formats::{
    Base16, Base64, Base64Url, Decimal, Digits, Duration, Format, FormatError, Formatted,
    TimeOfDay, UnixTime,
};
pub use read::{DecodeError, from_slice, from_str, from_value};
pub use write::{to_string, to_value};

pub(crate) use file::Chunks;
pub(crate) use formats::check as check_format;
pub(crate) use read::{Body, HeaderLines, from_built};
#[cfg(feature = "server")]
pub(crate) use schema::schema;
pub(crate) use table::Table;
pub(crate) use tape::Tape;

use table::Kind;
use tape::At;
pub(crate) use write::{Marked, to_marked};

/// A value that JSON can be read into and written from.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from JSON by `gpt-runtime`")]
pub trait Data: Sized + Clone + 'static {
    /// What a generated type is, as `table` in this module says.
    #[doc(hidden)]
    const TABLE: &'static str = "";
    /// The values of an enum, in the order of its table.
    #[doc(hidden)]
    const VALUES: &'static [Self] = &[];
    /// What a text becomes that an enum does not list; `None` where such a text is refused.
    #[doc(hidden)]
    const OTHER_TEXT: Option<fn(String) -> Self> = None;
    /// What an integer becomes that an enum does not list; `None` where such an integer is refused.
    #[doc(hidden)]
    const OTHER_INTEGER: Option<fn(i64) -> Self> = None;
    /// Puts a record or a union together.
    ///
    /// # Panics
    ///
    /// When an enum lists no values, which the generator never writes.
    #[doc(hidden)]
    fn from_parts(_: Parts<'_>) -> Self {
        Self::VALUES[0].clone()
    }
    /// Reads the value at a place; blank where what is there does not fit, which is noted.
    #[doc(hidden)]
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        if const { is(Self::TABLE, Kind::Union) } {
            read::union(reader, at)
        } else if const { is(Self::TABLE, Kind::TextEnum) } {
            enumeration::decode_text(reader, at).unwrap_or_else(Self::blank)
        } else if const { is(Self::TABLE, Kind::IntegerEnum) } {
            enumeration::decode_integer(reader, at).unwrap_or_else(Self::blank)
        } else {
            read::record(reader, at)
        }
    }
    /// Without anything that can be left out; never seen by anyone unless everything can.
    #[doc(hidden)]
    fn blank() -> Self {
        Self::from_parts(Parts::BLANK)
    }
    /// What `null` is, if it is a value of the type.
    #[doc(hidden)]
    fn null() -> Option<Self> {
        None
    }
    /// Shows the slots of a record.
    #[doc(hidden)]
    fn slots(&self, to: Slots<'_>) {
        to.all(&[]);
    }
    /// The variant of a union and its payload.
    #[doc(hidden)]
    fn payload(&self) -> (usize, &dyn Slot) {
        (0, &())
    }
    /// The text an enum kept although it does not list it.
    #[doc(hidden)]
    fn other_text(&self) -> Option<&str> {
        None
    }
    /// The integer an enum kept although it does not list it.
    #[doc(hidden)]
    fn other_integer(&self) -> Option<i64> {
        None
    }
    /// What is in it. What stands here need not be compiled again for each generated type, and what
    /// a type is not costs it nothing: a branch on a constant is left out of it.
    #[doc(hidden)]
    fn view(&self) -> View<'_> {
        if const { is(Self::TABLE, Kind::Union) } {
            let (variant, payload) = self.payload();
            View::Union(Table::new(Self::TABLE), variant, payload)
        } else if const { is(Self::TABLE, Kind::TextEnum) } {
            View::Text(enumeration::text(self).into())
        } else if const { is(Self::TABLE, Kind::IntegerEnum) } {
            View::Integer(enumeration::integer(self))
        } else {
            View::Record(Table::new(Self::TABLE), self)
        }
    }
}

/// Whether a type is an enum by HTTP status rather than by content.
pub(crate) fn is_by_status<T: Data>() -> bool {
    Table::new(T::TABLE).is_by_status()
}

/// Whether a table describes a kind of type.
const fn is(table: &str, kind: Kind) -> bool {
    Table::kind_of(table) as u8 == kind as u8
}

/// [`Data`] behind a pointer.
pub trait Slot {
    /// What is in it.
    fn view(&self) -> View<'_>;
    /// Shows the slots of a record.
    fn slots(&self, to: Slots<'_>);
    /// The value itself.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Data> Slot for T {
    fn view(&self) -> View<'_> {
        Data::view(self)
    }
    fn slots(&self, to: Slots<'_>) {
        Data::slots(self, to);
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What is in a value.
pub enum View<'a> {
    /// Nothing: the body of an empty answer.
    Unit,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer of 64 bits without a sign.
    Unsigned(u64),
    /// A number in single precision.
    Float(f32),
    /// A number in double precision.
    Double(f64),
    /// A number digit by digit.
    Digits(Cow<'a, str>),
    /// A text, or a value written as one.
    Text(Cow<'a, str>),
    /// A file, which travels beside the JSON that mentions it.
    File(&'a File),
    /// Any JSON.
    Any(&'a Value),
    /// No value, inside of this many options that have one.
    Nothing(u32),
    /// An array.
    List(&'a dyn List),
    /// An array with a type for each position.
    Tuple(&'a dyn Tuple),
    /// An object with any keys.
    Map(&'a dyn Map),
    /// An object with named properties.
    Record(Table, &'a dyn Slot),
    /// One of several types: which, and its payload.
    Union(Table, usize, &'a dyn Slot),
}

/// How well a value fitted a type that is open to values it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// A value the document names.
    Known,
    /// A value kept although the document does not name it.
    Unknown,
}

/// An array.
#[allow(
    clippy::len_without_is_empty,
    reason = "an interpreter needs the length alone"
)]
pub trait List {
    /// The number of items.
    fn len(&self) -> usize;
    /// The item at a position below `len`.
    fn get(&self, index: usize) -> Option<&dyn Slot>;
}

/// An array of one length, with a type for each position.
#[allow(clippy::len_without_is_empty, reason = "no tuple is empty")]
pub trait Tuple {
    /// The number of items.
    fn len(&self) -> usize;
    /// The item at a position below `len`.
    fn get(&self, index: usize) -> Option<&dyn Slot>;
}

/// An object with any keys.
pub trait Map {
    /// The entries, ordered by key.
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, &dyn Slot)> + '_>;
}

/// Whether a property must be there and whether it may be `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Must be there; its type is `T`.
    Required,
    /// Must be there, possibly as `null`; its type is `Option<T>`.
    RequiredNullable,
    /// May be missing; its type is `Option<T>`.
    Optional,
    /// May be missing or `null`; its type is `Option<Option<T>>`.
    OptionalNullable,
}

/// What becomes of properties that a record does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// They are passed over.
    Ignored,
    /// They are refused.
    Refused,
    /// They are kept in a map, the slot behind the last field.
    Kept,
}

/// Implements the foreign traits of records and unions.
#[doc(hidden)]
#[macro_export]
macro_rules! data {
    ($($name:ident),* $(,)?) => {$(
        $crate::__clone!($name);
        $crate::__through_data!($name);
    )*};
}

/// Implements the foreign traits of the arguments of calls: such a record is made, looked at and
/// sent.
#[doc(hidden)]
#[macro_export]
macro_rules! arguments {
    ($($name:ident),* $(,)?) => {$(
        $crate::__clone!($name);
        $crate::__debug!($name);
    )*};
}

/// Implements `Default` for records of which nothing is required.
#[doc(hidden)]
#[macro_export]
macro_rules! defaults {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::data::__Default for $name {
            #[inline]
            fn default() -> Self {
                <Self as $crate::data::Data>::blank()
            }
        }
    )*};
}

/// Implements what enums of texts have beside [`Data`].
#[doc(hidden)]
#[macro_export]
macro_rules! text_enums {
    ($($name:ident),* $(,)?) => {$(
        impl $name {
            /// The text on the wire.
            #[inline]
            pub fn as_str(&self) -> &$crate::data::__str {
                $crate::data::enum_text(self)
            }
        }
        $crate::__through_data!($name);
    )*};
}

/// Implements what enums of integers have beside [`Data`].
#[doc(hidden)]
#[macro_export]
macro_rules! integer_enums {
    ($($name:ident),* $(,)?) => {$(
        impl $name {
            /// The integer on the wire.
            #[inline]
            pub fn as_i64(&self) -> i64 {
                $crate::data::enum_integer(self)
            }
        }
        $crate::__through_data!($name);
    )*};
}

/// The foreign traits of a generated type, through [`Data`].
#[doc(hidden)]
#[macro_export]
macro_rules! __clone {
    ($name:ident) => {
        #[automatically_derived]
        impl $crate::data::__Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                $crate::data::copy(self)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __debug {
    ($name:ident) => {
        #[automatically_derived]
        impl $crate::data::__Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut $crate::data::__Formatter<'_>) -> $crate::data::__fmtResult {
                $crate::data::debug(self, f)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __through_data {
    ($name:ident) => {
        $crate::__debug!($name);
        #[automatically_derived]
        impl $crate::data::__PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::data::equal(self, other)
            }
        }
        #[automatically_derived]
        impl $crate::data::__Serialize for $name {
            #[inline]
            fn serialize<S: $crate::data::__Serializer>(
                &self,
                serializer: S,
            ) -> $crate::data::__Result<S::Ok, S::Error> {
                $crate::data::serialize(self, serializer)
            }
        }
        #[automatically_derived]
        impl<'de> $crate::data::__Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::data::__Deserializer<'de>>(
                deserializer: D,
            ) -> $crate::data::__Result<Self, D::Error> {
                $crate::data::deserialize(deserializer)
            }
        }
    };
}

#[doc(hidden)]
pub use compare::{debug, equal};
#[doc(hidden)]
pub use core::{
    clone::Clone as __Clone,
    cmp::PartialEq as __PartialEq,
    default::Default as __Default,
    fmt::{Debug as __Debug, Formatter as __Formatter, Result as __fmtResult},
    primitive::str as __str,
    result::Result as __Result,
};
#[doc(hidden)]
pub use enumeration::{integer as enum_integer, text as enum_text};
#[doc(hidden)]
pub use parts::{Parts, Slots, copy};
#[doc(hidden)]
pub use read::{Reader, deserialize};
#[doc(hidden)]
pub use serde::{
    Deserialize as __Deserialize, Deserializer as __Deserializer, Serialize as __Serialize,
    Serializer as __Serializer,
};
#[doc(hidden)]
pub use write::serialize;
