//! Equality and `Debug` of generated types.

use std::fmt;

use super::{Data, Presence, Slot, Slots, View};

/// Whether two values of a type hold the same.
pub fn equal<T: Data>(left: &T, right: &T) -> bool {
    views_equal(&left.view(), &right.view())
}

/// Prints a value as a derived `Debug` would, with wire names.
pub fn debug(value: &impl Data, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Printed(value), f)
}

fn slots_equal(left: &dyn Slot, right: &dyn Slot) -> bool {
    views_equal(&left.view(), &right.view())
}

/// Whether the views of two values of a type show the same.
#[allow(
    clippy::float_cmp,
    reason = "equality of floats is what derived code compares too"
)]
fn views_equal(left: &View<'_>, right: &View<'_>) -> bool {
    match (left, right) {
        (View::Record(_, left), View::Record(_, right)) => records_equal(*left, *right),
        (View::Union(_, left_variant, left), View::Union(_, right_variant, right)) => {
            left_variant == right_variant && slots_equal(*left, *right)
        }
        (View::Unit, View::Unit) => true,
        (View::Boolean(left), View::Boolean(right)) => left == right,
        (View::Integer(left), View::Integer(right)) => left == right,
        (View::Unsigned(left), View::Unsigned(right)) => left == right,
        (View::Float(left), View::Float(right)) => left == right,
        (View::Double(left), View::Double(right)) => left == right,
        (View::Digits(left), View::Digits(right)) | (View::Text(left), View::Text(right)) => {
            left == right
        }
        (View::File(left), View::File(right)) => left == right,
        (View::Any(left), View::Any(right)) => left == right,
        (View::Nothing(left), View::Nothing(right)) => left == right,
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

fn records_equal(left: &dyn Slot, right: &dyn Slot) -> bool {
    let mut are_equal = false;
    left.slots(Slots(&mut |left| {
        right.slots(Slots(&mut |right| {
            are_equal = left
                .iter()
                .zip(right)
                .all(|(left, right)| slots_equal(*left, *right));
        }));
    }));
    are_equal
}

/// A slot on its way to a debug print.
struct Printed<'a>(&'a dyn Slot);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.view() {
            View::Unit => f.write_str("()"),
            View::Boolean(value) => value.fmt(f),
            View::Integer(value) => value.fmt(f),
            View::Unsigned(value) => value.fmt(f),
            View::Float(value) => value.fmt(f),
            View::Double(value) => value.fmt(f),
            View::Digits(value) => f.write_str(&value),
            View::Text(value) => value.fmt(f),
            View::File(value) => value.fmt(f),
            View::Any(value) => value.fmt(f),
            View::Nothing(depth) => nothing(depth, f),
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
            View::Record(table, record) => {
                let mut print = f.debug_struct(table.name());
                record.slots(Slots(&mut |slots| {
                    let rest = ("additional", Presence::Required);
                    for ((name, presence), slot) in table.fields().chain([rest]).zip(slots) {
                        print.field(name, &Field(presence, *slot));
                    }
                }));
                print.finish()
            }
            View::Union(table, variant, payload) => {
                let name = table.variant(variant);
                f.debug_tuple(name).field(&Printed(payload)).finish()
            }
        }
    }
}

/// A field, in the options that its type has around the value.
struct Field<'a>(Presence, &'a dyn Slot);

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(presence, slot) = *self;
        match (presence, slot.view()) {
            (Presence::Required, _) | (_, View::Nothing(_)) => Printed(slot).fmt(f),
            (Presence::OptionalNullable, _) => Some(Some(Printed(slot))).fmt(f),
            (Presence::Optional | Presence::RequiredNullable, _) => Some(Printed(slot)).fmt(f),
        }
    }
}

fn nothing(depth: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match depth.checked_sub(1) {
        Some(inner) => f.debug_tuple("Some").field(&Absent(inner)).finish(),
        None => f.write_str("None"),
    }
}

struct Absent(u32);

impl fmt::Debug for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        nothing(self.0, f)
    }
}
