//! The formats of texts and numbers that have a Rust type.
//!
//! What an answer brings is kept as it was written and read on demand: APIs write dates with a
//! space, empty texts for none, and digits that no float holds. Requests are checked beforehand.

mod address;
mod bytes;
mod duration;
mod moment;
mod number;

use std::{fmt, marker::PhantomData, str::FromStr};

use super::{
    Data, Fit, View,
    read::{Mismatch, Reader},
    tape::At,
};

pub use bytes::{Base16, Base64, Base64Url};
pub use duration::Duration;
pub use moment::TimeOfDay;
pub use number::{Decimal, Digits, UnixTime};

/// A type that the texts of a format stand for.
#[diagnostic::on_unimplemented(message = "`{Self}` is not what texts of a format stand for")]
pub trait Format: Sized + 'static {
    /// What a text must be, for messages.
    const EXPECTED: &'static str;
    /// Reads a text as the format has it.
    fn read(text: &str) -> Option<Self>;
    /// Reads a text also in the ways that APIs often write it otherwise.
    fn read_loosely(text: &str) -> Option<Self> {
        Self::read(text)
    }
    /// The text of a value.
    fn write(&self) -> String;
}

/// A text of a format, kept as it was written.
///
/// An answer is never refused for a text that its format does not allow: [`value`](Self::value) is
/// `None` then, and the text is still there. In a request such a text is an error.
pub struct Formatted<T> {
    text: String,
    value: PhantomData<fn() -> T>,
}

/// A text that is not as its format has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct FormatError(&'static str);

impl<T: Format> Formatted<T> {
    /// The value that the text stands for, if it can be read.
    ///
    /// This is more patient than the check of a request: a space may stand for the `T` of a date
    /// and time, and bytes may lack their padding.
    pub fn value(&self) -> Option<T> {
        T::read_loosely(&self.text)
    }
}

impl<T> Formatted<T> {
    /// The text as it is on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads the text as any other type, such as one of a crate for decimals.
    ///
    /// # Errors
    ///
    /// Those of the other type.
    pub fn parse<U: FromStr>(&self) -> Result<U, U::Err> {
        self.text.parse()
    }

    fn of(text: String) -> Self {
        Self {
            text,
            value: PhantomData,
        }
    }
}

impl<T: Format> From<T> for Formatted<T> {
    fn from(value: T) -> Self {
        Self::of(value.write())
    }
}

/// Reads strictly: what is read so can be sent.
impl<T: Format> FromStr for Formatted<T> {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        T::read(text).ok_or(FormatError(T::EXPECTED))?;
        Ok(Self::of(text.to_owned()))
    }
}

impl<T> Clone for Formatted<T> {
    fn clone(&self) -> Self {
        Self::of(self.text.clone())
    }
}

impl<T> PartialEq for Formatted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Formatted<T> {}

impl<T> std::hash::Hash for Formatted<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> PartialEq<str> for Formatted<T> {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl<T> PartialEq<&str> for Formatted<T> {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl<T> fmt::Debug for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<T> fmt::Display for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T> AsRef<str> for Formatted<T> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T: Format> Data for Formatted<T> {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        let text = reader.text(at).unwrap_or_default();
        reader.note(fit::<T>(&text));
        Self::of(text.into_owned())
    }
    fn blank() -> Self {
        Self::of(String::new())
    }
    fn view(&self) -> View<'_> {
        View::Text(self.text.as_str().into())
    }
}

macro_rules! read_from_text {
    ($($ty:ty)*) => {$(
        impl FromStr for $ty {
            type Err = FormatError;

            fn from_str(text: &str) -> Result<Self, FormatError> {
                Self::read(text).ok_or(FormatError(Self::EXPECTED))
            }
        }
    )*};
}

read_from_text!(TimeOfDay Duration Base64 Base64Url Base16);

/// A union is of the type whose format a text has.
fn fit<T: Format>(text: &str) -> Fit {
    match T::read(text) {
        Some(_) => Fit::Known,
        None => Fit::Unknown,
    }
}

/// Whether a text is as a format has it; the error says what it should be. Formats that are not
/// known take any text.
pub(crate) fn check(format: &str, text: &str) -> Result<(), &'static str> {
    type Checked = fn(&str) -> Result<(), &'static str>;
    let checked: Checked = match format {
        "date" => is::<time::Date>,
        "date-time" => is::<time::OffsetDateTime>,
        "date-time-local" | "local-date-time" => is::<time::PrimitiveDateTime>,
        "time" | "time-local" | "local-time" => is::<TimeOfDay>,
        "duration" => is::<Duration>,
        "uuid" => is::<uuid::Uuid>,
        "uri" | "url" => is::<url::Url>,
        "ipv4" => is::<std::net::Ipv4Addr>,
        "ipv6" => is::<std::net::Ipv6Addr>,
        "ip" => is::<std::net::IpAddr>,
        "byte" | "base64" => is::<Base64>,
        "base64url" => is::<Base64Url>,
        "base16" => is::<Base16>,
        _ => return number::check(format, text),
    };
    checked(text)
}

fn is<T: Format>(text: &str) -> Result<(), &'static str> {
    T::read(text).map(drop).ok_or(T::EXPECTED)
}

/// Reads a type from its text.
fn written<T: Format>(reader: &Reader<'_>, at: At) -> Option<T> {
    let text = reader.text(at)?;
    let value = T::read(&text);
    match value {
        Some(_) => reader.note(Fit::Known),
        None => reader.fail(at, Mismatch::Value(T::EXPECTED)),
    }
    value
}

/// Lets types stand for their texts themselves, where only requests hold them.
macro_rules! written_as_text {
    ($($ty:ty, $blank:expr;)*) => {$(
        impl Data for $ty {
            fn decode(reader: &Reader<'_>, at: At) -> Self {
                written(reader, at).unwrap_or($blank)
            }
            fn blank() -> Self {
                $blank
            }
            fn view(&self) -> View<'_> {
                View::Text(Format::write(self).into())
            }
        }
    )*};
}

written_as_text! {
    time::Date, time::Date::MIN;
    time::OffsetDateTime, time::OffsetDateTime::UNIX_EPOCH;
    time::PrimitiveDateTime, time::PrimitiveDateTime::MIN;
    TimeOfDay, TimeOfDay::default();
    Duration, Duration::default();
    uuid::Uuid, uuid::Uuid::nil();
    std::net::Ipv4Addr, std::net::Ipv4Addr::UNSPECIFIED;
    std::net::Ipv6Addr, std::net::Ipv6Addr::UNSPECIFIED;
    std::net::IpAddr, std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    Base64Url, Base64Url::default();
    Base16, Base16::default();
}
