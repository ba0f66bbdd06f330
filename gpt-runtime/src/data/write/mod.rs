//! Writes values: as JSON text, as a [`Value`], and as any serde format.

mod format;
mod json;
mod value;

use super::{
    Data, File, Presence, Rest, Slot, Slots, View,
    table::{Field, Record, Records, Table},
};

pub use format::serialize;
pub use json::to_string;
pub use value::to_value;
pub(crate) use value::{Marked, to_marked};

/// The name of a property that is written.
#[derive(Clone, Copy)]
enum Name<'a> {
    /// One with a field.
    Field(&'static Field),
    /// One of the rest.
    Other(&'a str),
}

impl<'a> Name<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Field(field) => field.name,
            Self::Other(name) => name,
        }
    }
}

/// Takes the properties of a record that are written.
type Each<'a, E> = &'a mut dyn FnMut(Name<'_>, &View<'_>) -> Result<(), E>;

/// Shows the properties of a record that are written, except the tag that the caller writes itself.
fn properties<E>(
    records: &Records,
    table: Table,
    record: &dyn Slot,
    tag: Option<&str>,
    each: Each<'_, E>,
) -> Result<(), E> {
    let mut shown = Ok(());
    record.slots(Slots(&mut |slots| {
        shown = show(records, table, slots, tag, &mut *each);
    }));
    shown
}

fn show<E>(
    records: &Records,
    table: Table,
    slots: &[&dyn Slot],
    tag: Option<&str>,
    each: Each<'_, E>,
) -> Result<(), E> {
    let record = records.get(table);
    for (field, slot) in record.fields.iter().zip(slots) {
        let view = slot.view();
        let is_left_out = matches!(view, View::Nothing(0))
            && matches!(
                field.presence,
                Presence::Optional | Presence::OptionalNullable
            );
        if !is_left_out && tag != Some(field.name) {
            each(Name::Field(field), &view)?;
        }
    }
    if record.rest == Rest::Kept
        && let Some(View::Map(rest)) = slots.last().map(|it| it.view())
    {
        for (key, value) in rest.entries() {
            // A named property wins over one of the same name in the rest.
            if !record.names(key) && tag != Some(key) {
                each(Name::Other(key), &value.view())?;
            }
        }
    }
    Ok(())
}

/// The tag that is written in front of a record, because a union is told by it.
struct Tag {
    name: &'static str,
    /// What the payload holds itself, if that chooses the variant too.
    own: Option<String>,
    first: &'static str,
}

impl Tag {
    /// The tag of a variant whose payload is a record.
    fn new(
        records: &Records,
        union: Table,
        variant: usize,
        payload: Table,
        slot: &dyn Slot,
    ) -> Option<Self> {
        let name = union.tag()?;
        let mut tags = union.tags(variant);
        let first = tags.clone().next()?;
        let own =
            own_tag(records.get(payload), slot, name).filter(|text| tags.any(|it| it == text));
        Some(Self { name, own, first })
    }

    fn value(&self) -> &str {
        self.own.as_deref().unwrap_or(self.first)
    }
}

/// The text of a property.
fn own_tag(record: &Record, slot: &dyn Slot, tag: &str) -> Option<String> {
    let index = record.find(0, tag)?;
    let mut text = None;
    slot.slots(Slots(&mut |slots| {
        if let Some(View::Text(found)) = slots.get(index).map(|it| it.view()) {
            text = Some(found.into_owned());
        }
    }));
    text
}

/// A number on its way out.
enum Number {
    Integer(i64),
    Unsigned(u64),
    Double(f64),
    /// More digits than those have.
    Digits,
}

impl Number {
    /// The number that digits are, without losing one. Zeros at the end of a fraction are digits if
    /// `all` are to be kept.
    fn new(digits: &str, all: bool) -> Self {
        if let Ok(integer) = digits.parse() {
            return Self::Integer(integer);
        }
        if let Ok(integer) = digits.parse() {
            return Self::Unsigned(integer);
        }
        let kept = if all { digits } else { without_zeros(digits) };
        match digits.parse::<f64>() {
            Ok(float) if float.is_finite() && float.to_string() == kept => Self::Double(float),
            _ => Self::Digits,
        }
    }
}

/// The number without zeros at the end of its fraction.
fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') && !digits.contains(['e', 'E']) {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}
