//! The types of JSON's scalars.

use std::mem::discriminant;

use serde_json::Value;

use super::{Data, Fit, IntegerEnum, SetInteger, SetText, TextEnum, View, ViewMut};

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
    fn null() -> Option<Self> {
        Some(Value::Null)
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
