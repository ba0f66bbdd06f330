//! The types of JSON's scalars and of the formats that have a Rust type.

use std::mem::discriminant;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::{Data, Fit, IntegerEnum, SetInteger, SetText, TextEnum, View, ViewMut};

/// Bytes that JSON holds as base64 text (`format: byte`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl Data for () {
    fn blank(_: usize) -> Self {}
    fn view(&self) -> View<'_> {
        View::Unit
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Unit
    }
}

impl Data for bool {
    fn blank(_: usize) -> Self {
        false
    }
    fn view(&self) -> View<'_> {
        View::Boolean(*self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Boolean(self)
    }
}

impl Data for f32 {
    fn blank(_: usize) -> Self {
        0.0
    }
    fn view(&self) -> View<'_> {
        View::Float(*self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Float(self)
    }
}

impl Data for f64 {
    fn blank(_: usize) -> Self {
        0.0
    }
    fn view(&self) -> View<'_> {
        View::Double(*self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Double(self)
    }
}

macro_rules! integer {
    ($($ty:ty, $expected:literal;)*) => {$(
        impl Data for $ty {
            fn blank(_: usize) -> Self {
                0
            }
            fn view(&self) -> View<'_> {
                View::Integer(i128::from(*self))
            }
            fn view_mut(&mut self) -> ViewMut<'_> {
                ViewMut::Integer(self)
            }
        }

        impl SetInteger for $ty {
            fn set(&mut self, integer: i128) -> Result<Fit, &'static str> {
                *self = integer.try_into().map_err(|_| $expected)?;
                Ok(Fit::Known)
            }
        }
    )*};
}

integer! {
    i32, "an integer of 32 bits";
    i64, "an integer of 64 bits";
    u32, "a non-negative integer of 32 bits";
    u64, "a non-negative integer of 64 bits";
}

impl Data for Value {
    fn blank(_: usize) -> Self {
        Value::Null
    }
    fn view(&self) -> View<'_> {
        View::Any(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Any(self)
    }
}

impl Data for String {
    fn blank(_: usize) -> Self {
        String::new()
    }
    fn view(&self) -> View<'_> {
        View::Text(self.as_str().into())
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
}

impl SetText for String {
    fn set(&mut self, text: &str) -> Result<Fit, &'static str> {
        text.clone_into(self);
        Ok(Fit::Known)
    }
}

impl Data for Base64 {
    fn blank(_: usize) -> Self {
        Self::default()
    }
    fn view(&self) -> View<'_> {
        View::Text(STANDARD.encode(&self.0).into())
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
}

impl SetText for Base64 {
    fn set(&mut self, text: &str) -> Result<Fit, &'static str> {
        self.0 = STANDARD.decode(text).map_err(|_| "bytes as base64")?;
        Ok(Fit::Known)
    }
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        Some(&mut self.0)
    }
}

impl Data for Uuid {
    fn blank(_: usize) -> Self {
        Uuid::nil()
    }
    fn view(&self) -> View<'_> {
        View::Text(self.to_string().into())
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
}

impl SetText for Uuid {
    fn set(&mut self, text: &str) -> Result<Fit, &'static str> {
        *self = Uuid::try_parse(text).map_err(|_| "a UUID")?;
        Ok(Fit::Known)
    }
}

impl Data for Date {
    fn blank(_: usize) -> Self {
        Date::MIN
    }
    fn view(&self) -> View<'_> {
        View::Text(
            format!(
                "{:04}-{:02}-{:02}",
                self.year(),
                u8::from(self.month()),
                self.day()
            )
            .into(),
        )
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
}

impl SetText for Date {
    fn set(&mut self, text: &str) -> Result<Fit, &'static str> {
        *self = parse_date(text).ok_or("a date such as `2026-01-31`")?;
        Ok(Fit::Known)
    }
}

/// Reads `full-date` of RFC 3339.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits
            .bytes()
            .all(|it| it.is_ascii_digit())
            .then(|| digits.parse::<u16>().ok())?
    };
    let month = u8::try_from(number(5..7)?).ok()?.try_into().ok()?;
    let day = u8::try_from(number(8..10)?).ok()?;
    Date::from_calendar_date(i32::from(number(0..4)?), month, day).ok()
}

impl Data for OffsetDateTime {
    fn blank(_: usize) -> Self {
        OffsetDateTime::UNIX_EPOCH
    }
    fn view(&self) -> View<'_> {
        // RFC 3339 has no year beyond 9999 and no offset with seconds; neither can be read.
        View::Text(self.format(&Rfc3339).unwrap_or_default().into())
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
}

impl SetText for OffsetDateTime {
    fn set(&mut self, text: &str) -> Result<Fit, &'static str> {
        *self = OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| "a date and time as RFC 3339 has them, such as `2026-01-31T12:00:00Z`")?;
        Ok(Fit::Known)
    }
}

/// The first variant of an enum.
///
/// # Panics
///
/// When the enum has no variants, which the generator never writes.
pub fn first_text<E: TextEnum>() -> E {
    E::VALUES[0].1.clone()
}

/// The text of a variant.
pub fn enum_text<E: TextEnum>(value: &E) -> &str {
    value.other().unwrap_or_else(|| {
        E::VALUES
            .iter()
            .find(|(_, known)| discriminant(known) == discriminant(value))
            .map_or("", |(text, _)| text)
    })
}

/// Becomes the variant of a text.
pub fn set_enum_text<E: TextEnum>(value: &mut E, text: &str) -> Result<Fit, &'static str> {
    if let Some((_, known)) = E::VALUES.iter().find(|(known, _)| *known == text) {
        *value = known.clone();
        Ok(Fit::Known)
    } else if let Some(other) = E::OTHER {
        *value = other(text.to_owned());
        Ok(Fit::Unknown)
    } else {
        Err(E::NAME)
    }
}

/// The first variant of an enum.
///
/// # Panics
///
/// When the enum has no variants, which the generator never writes.
pub fn first_integer<E: IntegerEnum>() -> E {
    E::VALUES[0].1.clone()
}

/// The integer of a variant.
pub fn enum_integer<E: IntegerEnum>(value: &E) -> i64 {
    value.other().unwrap_or_else(|| {
        E::VALUES
            .iter()
            .find(|(_, known)| discriminant(known) == discriminant(value))
            .map_or(0, |(integer, _)| *integer)
    })
}

/// Becomes the variant of an integer.
pub fn set_enum_integer<E: IntegerEnum>(value: &mut E, integer: i128) -> Result<Fit, &'static str> {
    if let Some((_, known)) = E::VALUES
        .iter()
        .find(|(known, _)| i128::from(*known) == integer)
    {
        *value = known.clone();
        return Ok(Fit::Known);
    }
    match (E::OTHER, i64::try_from(integer)) {
        (Some(other), Ok(integer)) => {
            *value = other(integer);
            Ok(Fit::Unknown)
        }
        _ => Err(E::NAME),
    }
}
