//! Values that JSON is read into and written from, described by static tables.
//!
//! A generated type carries a table and the smallest accessors; reading, writing, comparing and
//! printing are one interpreter each, in this module, instead of derived code in every type.
//! People meet [`Data`] as a bound only: generated types and the types of JSON implement it, and so
//! does [`File`], which requests carry beside their JSON.

mod compare;
mod containers;
mod copy;
mod enumeration;
mod file;
mod formats;
mod read;
mod scalar;
mod simple;
mod table;
mod tuple;
mod write;

use std::{any::Any, borrow::Cow};

use serde_json::Value;

pub use file::File;
pub use formats::{
    Base16, Base64, Base64Url, Decimal, Digits, Duration, Format, FormatError, Formatted,
    TimeOfDay, UnixTime,
};
pub use read::{DecodeError, from_slice, from_value};
pub use write::{to_string, to_value};

pub(crate) use file::Chunks;
pub(crate) use formats::check as check_format;
pub(crate) use read::{read_slot, read_slot_slice};
pub(crate) use simple::read_simple;
pub(crate) use table::Table;

use table::Kind;
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
    /// A value to read into, of a variant where there are some; never seen by anyone unless every
    /// part of it is optional.
    ///
    /// # Panics
    ///
    /// When an enum lists no values, which the generator never writes.
    #[doc(hidden)]
    fn blank(_variant: usize) -> Self {
        Self::VALUES[0].clone()
    }
    /// What `null` is, if it is a value of the type.
    #[doc(hidden)]
    fn null() -> Option<Self> {
        None
    }
    /// The slot of a record's field.
    #[doc(hidden)]
    fn slot(&self, _index: usize) -> &dyn Slot {
        &()
    }
    /// The slot of a record's field, or of a union's payload.
    #[doc(hidden)]
    fn slot_mut(&mut self, _index: usize) -> &mut dyn Slot {
        // Nothing is allocated for a value without a size.
        Box::leak(Box::new(()))
    }
    /// A union's variant and its payload.
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
    /// Takes a text.
    ///
    /// # Errors
    ///
    /// What was expected instead.
    #[doc(hidden)]
    fn set_text(&mut self, text: &str) -> Result<Fit, Cow<'static, str>> {
        enumeration::set_text(self, text)
    }
    /// Takes an integer.
    ///
    /// # Errors
    ///
    /// What was expected instead.
    #[doc(hidden)]
    fn set_integer(&mut self, integer: i128) -> Result<Fit, Cow<'static, str>> {
        enumeration::set_integer(self, integer)
    }
    /// Where bytes that are no JSON go, for a type that holds bytes.
    #[doc(hidden)]
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        None
    }
    /// Whether it holds the same as another.
    #[doc(hidden)]
    fn equals(&self, other: &Self) -> bool {
        if const { is(Self::TABLE, Kind::TextEnum) || is(Self::TABLE, Kind::IntegerEnum) } {
            enumeration::equal(self, other)
        } else {
            compare::views_equal(self.view(), other.view())
        }
    }
    /// What is in it. What stands here need not be compiled again for each generated type, and what
    /// a type is not costs it nothing: a branch on a constant is left out of it.
    #[doc(hidden)]
    fn view(&self) -> View<'_> {
        if const { is(Self::TABLE, Kind::Union) } {
            View::Union(self)
        } else if const { is(Self::TABLE, Kind::TextEnum) } {
            View::Text(enumeration::text(self).into())
        } else if const { is(Self::TABLE, Kind::IntegerEnum) } {
            View::Integer(enumeration::integer(self).into())
        } else {
            View::Record(self)
        }
    }
    /// How to fill it.
    #[doc(hidden)]
    fn view_mut(&mut self) -> ViewMut<'_> {
        if const { is(Self::TABLE, Kind::Union) } {
            ViewMut::Union(self)
        } else if const { is(Self::TABLE, Kind::TextEnum) } {
            ViewMut::Text(self)
        } else if const { is(Self::TABLE, Kind::IntegerEnum) } {
            ViewMut::Integer(self)
        } else {
            ViewMut::Record(self)
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
    /// How to fill it.
    fn view_mut(&mut self) -> ViewMut<'_>;
    /// The value itself.
    fn as_any(&self) -> &dyn Any;
    /// Becomes a copy of a value of the same type, and stays what it is for any other.
    fn copy_from(&mut self, value: &dyn Any);
    /// Whether a value is of the same type and holds the same.
    fn equals(&self, value: &dyn Any) -> bool;
}

impl<T: Data> Slot for T {
    fn view(&self) -> View<'_> {
        Data::view(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        Data::view_mut(self)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn copy_from(&mut self, value: &dyn Any) {
        if let Some(value) = value.downcast_ref::<T>() {
            self.clone_from(value);
        }
    }
    fn equals(&self, value: &dyn Any) -> bool {
        value
            .downcast_ref::<T>()
            .is_some_and(|value| Data::equals(self, value))
    }
}

/// What is in a value.
pub enum View<'a> {
    /// Nothing: the body of an empty answer.
    Unit,
    /// A boolean.
    Boolean(bool),
    /// An integer of any width.
    Integer(i128),
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
    /// A value or nothing.
    Option(Option<&'a dyn Slot>),
    /// An array.
    List(&'a dyn List),
    /// An array with a type for each position.
    Tuple(&'a dyn Tuple),
    /// An object with any keys.
    Map(&'a dyn Map),
    /// An object with named properties.
    Record(&'a dyn RecordObject),
    /// One of several types.
    Union(&'a dyn UnionObject),
}

/// How a value is filled.
pub enum ViewMut<'a> {
    /// Nothing is read.
    Unit,
    /// Takes a boolean.
    Boolean(&'a mut bool),
    /// Takes an integer.
    Integer(&'a mut dyn SetInteger),
    /// Takes a number.
    Float(&'a mut f32),
    /// Takes a number.
    Double(&'a mut f64),
    /// Takes a number, digit by digit.
    Digits(&'a mut dyn SetText),
    /// Takes a text.
    Text(&'a mut dyn SetText),
    /// Takes any JSON.
    Any(&'a mut Value),
    /// Takes a value or `null`.
    Option(&'a mut dyn SetOption),
    /// Takes an array.
    List(&'a mut dyn List),
    /// Takes an array of one length.
    Tuple(&'a mut dyn Tuple),
    /// Takes an object.
    Map(&'a mut dyn Map),
    /// Takes an object.
    Record(&'a mut dyn RecordObject),
    /// Takes what one of its variants takes.
    Union(&'a mut dyn UnionObject),
}

/// How well a value fitted a type that is open to values it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// A value the document names.
    Known,
    /// A value kept although the document does not name it.
    Unknown,
}

/// Takes a text.
pub trait SetText {
    /// Takes the text or says what was expected.
    fn set(&mut self, text: &str) -> Result<Fit, Cow<'static, str>>;
    /// Where bytes that are no JSON go, for a type that holds bytes.
    fn bytes(&mut self) -> Option<&mut Vec<u8>>;
}

impl<T: Data> SetText for T {
    fn set(&mut self, text: &str) -> Result<Fit, Cow<'static, str>> {
        self.set_text(text)
    }
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        Data::bytes(self)
    }
}

/// Takes an integer.
pub trait SetInteger {
    /// Takes the integer or says what was expected.
    fn set(&mut self, integer: i128) -> Result<Fit, Cow<'static, str>>;
}

impl<T: Data> SetInteger for T {
    fn set(&mut self, integer: i128) -> Result<Fit, Cow<'static, str>> {
        self.set_integer(integer)
    }
}

/// Takes a value or nothing.
pub trait SetOption {
    /// Becomes what `null` is: a value of any JSON, else nothing.
    fn clear(&mut self);
    /// Becomes a blank value, to be filled.
    fn fill(&mut self) -> &mut dyn Slot;
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
    /// Removes all items.
    fn clear(&mut self);
    /// Appends a blank item, to be filled.
    fn push(&mut self) -> &mut dyn Slot;
}

/// An array of one length, with a type for each position.
#[allow(clippy::len_without_is_empty, reason = "no tuple is empty")]
pub trait Tuple {
    /// The number of items.
    fn len(&self) -> usize;
    /// The item at a position below `len`.
    fn get(&self, index: usize) -> Option<&dyn Slot>;
    /// The item at a position below `len`.
    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
}

/// An object with any keys.
pub trait Map {
    /// The entries, ordered by key.
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, &dyn Slot)> + '_>;
    /// Removes all entries.
    fn clear(&mut self);
    /// Inserts a blank entry, to be filled.
    fn insert(&mut self, key: String) -> &mut dyn Slot;
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

/// A record behind a pointer.
pub trait RecordObject {
    /// Its table.
    fn table(&self) -> Table;
    /// The slot of a field.
    fn get(&self, index: usize) -> &dyn Slot;
    /// The slot of a field.
    fn get_mut(&mut self, index: usize) -> &mut dyn Slot;
}

impl<T: Data> RecordObject for T {
    fn table(&self) -> Table {
        Table::new(T::TABLE)
    }
    fn get(&self, index: usize) -> &dyn Slot {
        self.slot(index)
    }
    fn get_mut(&mut self, index: usize) -> &mut dyn Slot {
        self.slot_mut(index)
    }
}

/// A union behind a pointer.
pub trait UnionObject {
    /// Its table.
    fn table(&self) -> Table;
    /// The variant and its payload.
    fn get(&self) -> (usize, &dyn Slot);
    /// Becomes a variant with a blank payload, to be filled.
    fn set(&mut self, variant: usize) -> &mut dyn Slot;
}

impl<T: Data> UnionObject for T {
    fn table(&self) -> Table {
        Table::new(T::TABLE)
    }
    fn get(&self) -> (usize, &dyn Slot) {
        self.payload()
    }
    fn set(&mut self, variant: usize) -> &mut dyn Slot {
        *self = T::blank(variant);
        self.slot_mut(0)
    }
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
            fn default() -> Self {
                <Self as $crate::data::Data>::blank(0)
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
            fn eq(&self, other: &Self) -> bool {
                $crate::data::equal(self, other)
            }
        }
        #[automatically_derived]
        impl $crate::data::__Serialize for $name {
            fn serialize<S: $crate::data::__Serializer>(
                &self,
                serializer: S,
            ) -> $crate::data::__Result<S::Ok, S::Error> {
                $crate::data::serialize(self, serializer)
            }
        }
        #[automatically_derived]
        impl<'de> $crate::data::__Deserialize<'de> for $name {
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
pub use copy::copy;
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
pub use read::deserialize;
#[doc(hidden)]
pub use serde::{
    Deserialize as __Deserialize, Deserializer as __Deserializer, Serialize as __Serialize,
    Serializer as __Serializer,
};
#[doc(hidden)]
pub use write::serialize;
