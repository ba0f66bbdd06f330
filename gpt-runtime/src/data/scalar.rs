//! The types of JSON's scalars.

use std::borrow::Cow;

use serde_json::Value;

use super::{Data, Fit, View, ViewMut};

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
    fn equals(&self, other: &Self) -> bool {
        self == other
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
    #[allow(clippy::float_cmp, reason = "derived code compares so too")]
    fn equals(&self, other: &Self) -> bool {
        self == other
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
    #[allow(clippy::float_cmp, reason = "derived code compares so too")]
    fn equals(&self, other: &Self) -> bool {
        self == other
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
            fn equals(&self, other: &Self) -> bool {
                self == other
            }
            fn view(&self) -> View<'_> {
                View::Integer(i128::from(*self))
            }
            fn view_mut(&mut self) -> ViewMut<'_> {
                ViewMut::Integer(self)
            }
            fn set_integer(&mut self, integer: i128) -> Result<Fit, Cow<'static, str>> {
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
    fn equals(&self, other: &Self) -> bool {
        self == other
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
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
    fn view(&self) -> View<'_> {
        View::Text(self.as_str().into())
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Text(self)
    }
    fn set_text(&mut self, text: &str) -> Result<Fit, Cow<'static, str>> {
        text.clone_into(self);
        Ok(Fit::Known)
    }
}
