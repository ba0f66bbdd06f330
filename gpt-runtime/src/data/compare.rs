//! Equality and `Debug` of generated types.

use std::fmt;

use super::{Data, Rest, Slot, View};

/// Whether two values of a type hold the same.
pub fn equal<T: Data>(left: &T, right: &T) -> bool {
    left.equals(right)
}

/// Prints a value as a derived `Debug` would, with wire names.
pub fn debug(value: &impl Data, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Printed(value), f)
}

fn slots_equal(left: &dyn Slot, right: &dyn Slot) -> bool {
    left.equals(right.as_any())
}

/// Whether the views of two values of a type show the same.
#[allow(
    clippy::float_cmp,
    reason = "equality of floats is what derived code compares too"
)]
pub(super) fn views_equal(left: View<'_>, right: View<'_>) -> bool {
    match (left, right) {
        (View::Record(left), View::Record(right)) => {
            (0..left.table().slots()).all(|it| slots_equal(left.get(it), right.get(it)))
        }
        (View::Union(left), View::Union(right)) => {
            let (left_variant, left) = left.get();
            let (right_variant, right) = right.get();
            left_variant == right_variant && slots_equal(left, right)
        }
        (View::Unit, View::Unit) => true,
        (View::Boolean(left), View::Boolean(right)) => left == right,
        (View::Integer(left), View::Integer(right)) => left == right,
        (View::Float(left), View::Float(right)) => left == right,
        (View::Double(left), View::Double(right)) => left == right,
        (View::Digits(left), View::Digits(right)) | (View::Text(left), View::Text(right)) => {
            left == right
        }
        (View::File(left), View::File(right)) => left == right,
        (View::Any(left), View::Any(right)) => left == right,
        (View::Option(left), View::Option(right)) => match (left, right) {
            (None, None) => true,
            (Some(left), Some(right)) => slots_equal(left, right),
            _ => false,
        },
        (View::List(left), View::List(right)) => {
            left.len() == right.len()
                && (0..left.len()).all(|index| match (left.get(index), right.get(index)) {
                    (Some(left), Some(right)) => slots_equal(left, right),
                    _ => false,
                })
        }
        (View::Tuple(left), View::Tuple(right)) => {
            (0..left.len()).all(|index| match (left.get(index), right.get(index)) {
                (Some(left), Some(right)) => slots_equal(left, right),
                _ => false,
            })
        }
        (View::Map(left), View::Map(right)) => left
            .entries()
            .map(Some)
            .chain([None])
            .zip(right.entries().map(Some).chain([None]))
            .all(|pair| match pair {
                (Some((left_key, left)), Some((right_key, right))) => {
                    left_key == right_key && slots_equal(left, right)
                }
                (None, None) => true,
                _ => false,
            }),
        _ => false,
    }
}

/// A slot on its way to a debug print.
struct Printed<'a>(&'a dyn Slot);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.view() {
            View::Unit => f.write_str("()"),
            View::Boolean(value) => value.fmt(f),
            View::Integer(value) => value.fmt(f),
            View::Float(value) => value.fmt(f),
            View::Double(value) => value.fmt(f),
            View::Digits(value) => f.write_str(&value),
            View::Text(value) => value.fmt(f),
            View::File(value) => value.fmt(f),
            View::Any(value) => value.fmt(f),
            View::Option(value) => value.map(Printed).fmt(f),
            View::List(list) => f
                .debug_list()
                .entries(
                    (0..list.len())
                        .filter_map(|index| list.get(index))
                        .map(Printed),
                )
                .finish(),
            View::Tuple(tuple) => {
                let mut print = f.debug_tuple("");
                for item in (0..tuple.len()).filter_map(|index| tuple.get(index)) {
                    print.field(&Printed(item));
                }
                print.finish()
            }
            View::Map(map) => f
                .debug_map()
                .entries(
                    map.entries()
                        .map(|(key, value)| (key.to_owned(), Printed(value))),
                )
                .finish(),
            View::Record(record) => {
                let table = record.table();
                let mut print = f.debug_struct(table.name());
                for (index, (name, _)) in table.fields().enumerate() {
                    print.field(name, &Printed(record.get(index)));
                }
                if table.rest() == Rest::Kept {
                    print.field("additional", &Printed(record.get(table.slots() - 1)));
                }
                print.finish()
            }
            View::Union(union) => {
                let (variant, payload) = union.get();
                let name = union.table().variant(variant);
                f.debug_tuple(name).field(&Printed(payload)).finish()
            }
        }
    }
}
