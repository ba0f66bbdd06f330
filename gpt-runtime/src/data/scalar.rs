//! The types of JSON's scalars.

use serde_json::Value;

use super::{Data, View, read::Reader, tape::At};

impl Data for () {
    fn decode(_: &Reader<'_>, _: At) -> Self {}
    fn blank() -> Self {}
    fn view(&self) -> View<'_> {
        View::Unit
    }
}

impl Data for bool {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        reader.boolean(at).unwrap_or_default()
    }
    fn blank() -> Self {
        false
    }
    fn view(&self) -> View<'_> {
        View::Boolean(*self)
    }
}

impl Data for f32 {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        reader.float(at).unwrap_or_default()
    }
    fn blank() -> Self {
        0.0
    }
    fn view(&self) -> View<'_> {
        View::Float(*self)
    }
}

impl Data for f64 {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        reader.float(at).unwrap_or_default()
    }
    fn blank() -> Self {
        0.0
    }
    fn view(&self) -> View<'_> {
        View::Double(*self)
    }
}

macro_rules! integer {
    ($($ty:ty, $view:ident, $expected:literal;)*) => {$(
        impl Data for $ty {
            fn decode(reader: &Reader<'_>, at: At) -> Self {
                reader.integer(at, $expected).unwrap_or_default()
            }
            fn blank() -> Self {
                0
            }
            fn view(&self) -> View<'_> {
                View::$view((*self).into())
            }
        }
    )*};
}

integer! {
    i32, Integer, "an integer of 32 bits";
    i64, Integer, "an integer of 64 bits";
    u32, Integer, "a non-negative integer of 32 bits";
    u64, Unsigned, "a non-negative integer of 64 bits";
}

impl Data for Value {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        reader.value(at)
    }
    fn blank() -> Self {
        Value::Null
    }
    fn null() -> Option<Self> {
        Some(Value::Null)
    }
    fn view(&self) -> View<'_> {
        View::Any(self)
    }
}

impl Data for String {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        reader.text(at).unwrap_or_default().into_owned()
    }
    fn blank() -> Self {
        String::new()
    }
    fn view(&self) -> View<'_> {
        View::Text(self.as_str().into())
    }
}
