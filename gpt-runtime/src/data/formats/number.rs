//! Numbers that no float or integer of the machine holds, kept digit by digit.

use std::{borrow::Cow, fmt, str::FromStr};

use time::OffsetDateTime;

use super::{Format, FormatError, fit, moment::nanoseconds};
use crate::data::{Data, View, read::Reader, tape::At};

/// A number that JSON holds as text, such as `"12.50"`, kept as it was written (`type: string`
/// with `format: decimal`, `int64`, `bigint` and others).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

/// A JSON number with all its digits (`type: number` with `format: decimal`, or an integer of more
/// than 64 bits).
///
/// In a request it must be a number of 64 bits or one that a float holds; any other is refused
/// rather than rounded. Inside a union a number is read as a float.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digits(String);

/// A moment as the number of seconds since 1970-01-01 UTC (`format: unix-time`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnixTime(Digits);

const EXPECTED: &str = "a decimal number such as `12.50`";

macro_rules! digits {
    ($($ty:ident, $view:ident;)*) => {$(
        impl $ty {
            /// The number as it is on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Reads the number as `i128`, `f64`, or a type of a crate for decimals.
            ///
            /// # Errors
            ///
            /// Those of the other type.
            pub fn parse<T: FromStr>(&self) -> Result<T, T::Err> {
                self.0.parse()
            }
        }

        /// Reads a number as JSON writes it.
        impl FromStr for $ty {
            type Err = FormatError;

            fn from_str(text: &str) -> Result<Self, FormatError> {
                if is_number(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(FormatError(EXPECTED))
                }
            }
        }

        digits!(@from $ty: i32 i64 i128 u32 u64 u128);

        impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Data for $ty {
            fn decode(reader: &Reader<'_>, at: At) -> Self {
                let digits = digits!(@$view reader, at);
                let digits = digits.unwrap_or("0".into());
                reader.note(fit::<Decimal>(&digits));
                Self(digits.into_owned())
            }
            fn blank() -> Self {
                Self("0".to_owned())
            }
            fn view(&self) -> View<'_> {
                View::$view(self.as_str().into())
            }
        }
    )*};
    (@Text $reader:ident, $at:ident) => {
        $reader.text($at)
    };
    (@Digits $reader:ident, $at:ident) => {
        $reader.number($at, "a number").map(Cow::from)
    };
    (@from $ty:ident: $($integer:ident)*) => {$(
        impl From<$integer> for $ty {
            fn from(integer: $integer) -> Self {
                Self(integer.to_string())
            }
        }
    )*};
}

digits! {
    Decimal, Text;
    Digits, Digits;
}

impl UnixTime {
    /// The moment; `None` where the number is beyond the years that dates have, as milliseconds
    /// mostly are.
    pub fn value(&self) -> Option<OffsetDateTime> {
        let text = self.0.as_str();
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let seconds: i64 = whole.parse().ok()?;
        let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds(fraction)?);
        OffsetDateTime::from_unix_timestamp_nanos(sign * total).ok()
    }

    /// The seconds as they are on the wire.
    pub fn digits(&self) -> &Digits {
        &self.0
    }
}

impl From<OffsetDateTime> for UnixTime {
    fn from(moment: OffsetDateTime) -> Self {
        let nanoseconds = moment.unix_timestamp_nanos();
        let total = nanoseconds.unsigned_abs();
        let sign = if nanoseconds < 0 { "-" } else { "" };
        let (whole, fraction) = (total / 1_000_000_000, total % 1_000_000_000);
        let text = if fraction == 0 {
            format!("{sign}{whole}")
        } else {
            let text = format!("{sign}{whole}.{fraction:09}");
            text.trim_end_matches('0').to_owned()
        };
        Self(Digits(text))
    }
}

impl From<i64> for UnixTime {
    fn from(seconds: i64) -> Self {
        Self(seconds.into())
    }
}

impl Data for UnixTime {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        Self(Digits::decode(reader, at))
    }
    fn blank() -> Self {
        Self(Digits::blank())
    }
    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

/// Whether a text is a number as the format of a string has it.
pub(super) fn check(format: &str, text: &str) -> Result<(), &'static str> {
    let (is_fit, expected) = match format {
        "decimal" | "decimal128" | "bigdecimal" | "big-decimal" | "double" | "float" | "number" => {
            (is_number(text), EXPECTED)
        }
        "int32" => (is_integer::<i32>(text), "an integer of 32 bits"),
        "int64" => (is_integer::<i64>(text), "an integer of 64 bits"),
        "uint32" => (is_integer::<u32>(text), "a non-negative integer of 32 bits"),
        "uint64" => (is_integer::<u64>(text), "a non-negative integer of 64 bits"),
        "int128" => (is_integer::<i128>(text), "an integer of 128 bits"),
        "uint128" => (
            is_integer::<u128>(text),
            "a non-negative integer of 128 bits",
        ),
        "bigint" | "int256" | "uint256" => (
            is_number(text) && !text.contains(['.', 'e', 'E']),
            "an integer",
        ),
        _ => return Ok(()),
    };
    if is_fit { Ok(()) } else { Err(expected) }
}

fn is_integer<T: FromStr>(text: &str) -> bool {
    is_number(text) && text.parse::<T>().is_ok()
}

/// Whether a text is a number as JSON writes it; zeros may stand before it.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (
            number,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    [whole, fraction, exponent]
        .iter()
        .all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

impl Format for Decimal {
    const EXPECTED: &'static str = EXPECTED;

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn write(&self) -> String {
        self.0.clone()
    }
}
