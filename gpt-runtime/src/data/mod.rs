//! Values that JSON is read into and written from, described by static tables.
//!
//! A generated type carries a table and the smallest accessors; reading, writing, comparing and
//! printing are one interpreter each, in this module, instead of derived code in every type.
//! People meet [`Data`] as a bound only: generated types and the types of JSON implement it, and so
//! does [`File`], which requests carry beside their JSON.

mod compare;
mod containers;
mod file;
mod formats;
mod read;
mod scalar;
mod simple;
mod tuple;
mod write;

use std::borrow::Cow;

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
pub(crate) use write::{Marked, to_marked};

/// A value that JSON can be read into and written from.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from JSON by `gpt-runtime`")]
pub trait Data: Sized + 'static {
    /// Whether this is an enum by HTTP status rather than by content.
    #[doc(hidden)]
    const BY_STATUS: bool = false;
    /// The table of a record, which a generated struct is.
    #[doc(hidden)]
    const TABLE: RecordTable = RecordTable {
        name: "",
        fields: &[],
        rest: Rest::Ignored,
    };
    /// The table of a union, which a generated enum with payloads is.
    #[doc(hidden)]
    const UNION: UnionTable = UnionTable {
        name: "",
        tag: None,
        variants: &[],
        open: false,
    };
    /// A value to read into, of a variant where there are some; never seen by anyone unless every
    /// part of it is optional.
    #[doc(hidden)]
    fn blank(variant: usize) -> Self;
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
    /// What is in it. A record or a union, unless a type says otherwise: what stands here need not
    /// be compiled again for each generated type.
    #[doc(hidden)]
    fn view(&self) -> View<'_> {
        if Self::UNION.variants.is_empty() {
            View::Record(self)
        } else {
            View::Union(self)
        }
    }
    /// How to fill it.
    #[doc(hidden)]
    fn view_mut(&mut self) -> ViewMut<'_> {
        if Self::UNION.variants.is_empty() {
            ViewMut::Record(self)
        } else {
            ViewMut::Union(self)
        }
    }
}

/// [`Data`] behind a pointer.
pub trait Slot {
    /// What is in it.
    fn view(&self) -> View<'_>;
    /// How to fill it.
    fn view_mut(&mut self) -> ViewMut<'_>;
}

impl<T: Data> Slot for T {
    fn view(&self) -> View<'_> {
        Data::view(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        Data::view_mut(self)
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

/// Takes a text. The error says what was expected.
pub trait SetText {
    /// Takes the text or says what was expected.
    fn set(&mut self, text: &str) -> Result<Fit, &'static str>;
    /// Where bytes that are no JSON go, for a type that holds bytes.
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        None
    }
}

/// Takes an integer. The error says what was expected.
pub trait SetInteger {
    /// Takes the integer or says what was expected.
    fn set(&mut self, integer: i128) -> Result<Fit, &'static str>;
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

/// The table of a record.
#[derive(Debug)]
pub struct RecordTable {
    /// The Rust name of the type.
    pub name: &'static str,
    /// The properties in the order of the slots, by wire name.
    pub fields: &'static [(&'static str, Presence)],
    /// What becomes of other properties.
    pub rest: Rest,
}

/// A record behind a pointer.
pub trait RecordObject {
    /// Its table.
    fn table(&self) -> &'static RecordTable;
    /// The slot of a field.
    fn get(&self, index: usize) -> &dyn Slot;
    /// The slot of a field.
    fn get_mut(&mut self, index: usize) -> &mut dyn Slot;
}

impl<T: Data> RecordObject for T {
    fn table(&self) -> &'static RecordTable {
        &T::TABLE
    }
    fn get(&self, index: usize) -> &dyn Slot {
        self.slot(index)
    }
    fn get_mut(&mut self, index: usize) -> &mut dyn Slot {
        self.slot_mut(index)
    }
}

/// The table of a union.
#[derive(Debug)]
pub struct UnionTable {
    /// The Rust name of the type.
    pub name: &'static str,
    /// The property that tells the variants apart, if one does.
    pub tag: Option<&'static str>,
    /// The variants in order.
    pub variants: &'static [UnionVariant],
    /// Whether the last variant takes any JSON that fits no other.
    pub open: bool,
}

/// A variant of a union.
#[derive(Debug)]
pub struct UnionVariant {
    /// Its Rust name.
    pub name: &'static str,
    /// The values of the tag that choose it; the first is written.
    pub tags: &'static [&'static str],
}

/// A union behind a pointer.
pub trait UnionObject {
    /// Its table.
    fn table(&self) -> &'static UnionTable;
    /// The variant and its payload.
    fn get(&self) -> (usize, &dyn Slot);
    /// Becomes a variant with a blank payload, to be filled.
    fn set(&mut self, variant: usize) -> &mut dyn Slot;
}

impl<T: Data> UnionObject for T {
    fn table(&self) -> &'static UnionTable {
        &T::UNION
    }
    fn get(&self) -> (usize, &dyn Slot) {
        self.payload()
    }
    fn set(&mut self, variant: usize) -> &mut dyn Slot {
        *self = T::blank(variant);
        self.slot_mut(0)
    }
}

/// A generated enum of texts.
pub trait TextEnum: Clone + 'static {
    /// Its Rust name.
    const NAME: &'static str;
    /// The texts and what they become.
    const VALUES: &'static [(&'static str, Self)];
    /// Keeps a text the document does not name; `None` where such a text is refused.
    const OTHER: Option<fn(String) -> Self>;
    /// The text that `OTHER` kept.
    fn other(&self) -> Option<&str> {
        None
    }
}

/// A generated enum of integers.
pub trait IntegerEnum: Clone + 'static {
    /// Its Rust name.
    const NAME: &'static str;
    /// The integers and what they become.
    const VALUES: &'static [(i64, Self)];
    /// Keeps an integer the document does not name; `None` where such an integer is refused.
    const OTHER: Option<fn(i64) -> Self>;
    /// The integer that `OTHER` kept.
    fn other(&self) -> Option<i64> {
        None
    }
}

/// Implements the foreign traits of generated types.
#[doc(hidden)]
#[macro_export]
macro_rules! data {
    ($($name:ident),* $(,)?) => {$(
        $crate::__through_data!($name);
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

/// Implements what follows from a [`TextEnum`].
#[doc(hidden)]
#[macro_export]
macro_rules! text_enums {
    ($($name:ident),* $(,)?) => {$(
        #[automatically_derived]
        impl $crate::data::Data for $name {
            fn blank(_: usize) -> Self {
                $crate::data::first_text::<Self>()
            }
            fn view(&self) -> $crate::data::View<'_> {
                $crate::data::View::Text($crate::data::__Into::into($crate::data::enum_text(self)))
            }
            fn view_mut(&mut self) -> $crate::data::ViewMut<'_> {
                $crate::data::ViewMut::Text(self)
            }
        }
        impl $crate::data::SetText for $name {
            fn set(
                &mut self,
                text: &$crate::data::__str,
            ) -> $crate::data::__Result<$crate::data::Fit, &'static $crate::data::__str> {
                $crate::data::set_enum_text(self, text)
            }
        }
        impl $name {
            /// The text on the wire.
            pub fn as_str(&self) -> &$crate::data::__str {
                $crate::data::enum_text(self)
            }
        }
        $crate::__through_data!($name);
    )*};
}

/// Implements what follows from an [`IntegerEnum`].
#[doc(hidden)]
#[macro_export]
macro_rules! integer_enums {
    ($($name:ident),* $(,)?) => {$(
        #[automatically_derived]
        impl $crate::data::Data for $name {
            fn blank(_: usize) -> Self {
                $crate::data::first_integer::<Self>()
            }
            fn view(&self) -> $crate::data::View<'_> {
                $crate::data::View::Integer($crate::data::__Into::into($crate::data::enum_integer(self)))
            }
            fn view_mut(&mut self) -> $crate::data::ViewMut<'_> {
                $crate::data::ViewMut::Integer(self)
            }
        }
        impl $crate::data::SetInteger for $name {
            fn set(
                &mut self,
                integer: i128,
            ) -> $crate::data::__Result<$crate::data::Fit, &'static $crate::data::__str> {
                $crate::data::set_enum_integer(self, integer)
            }
        }
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
macro_rules! __through_data {
    ($name:ident) => {
        #[automatically_derived]
        impl $crate::data::__Debug for $name {
            fn fmt(&self, f: &mut $crate::data::__Formatter<'_>) -> $crate::data::__fmtResult {
                $crate::data::debug(self, f)
            }
        }
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
pub use core::{
    cmp::PartialEq as __PartialEq,
    convert::Into as __Into,
    default::Default as __Default,
    fmt::{Debug as __Debug, Formatter as __Formatter, Result as __fmtResult},
    primitive::str as __str,
    result::Result as __Result,
};
#[doc(hidden)]
pub use read::deserialize;
#[doc(hidden)]
pub use scalar::{
    enum_integer, enum_text, first_integer, first_text, set_enum_integer, set_enum_text,
};
#[doc(hidden)]
pub use serde::{
    Deserialize as __Deserialize, Deserializer as __Deserializer, Serialize as __Serialize,
    Serializer as __Serializer,
};
#[doc(hidden)]
pub use write::serialize;
