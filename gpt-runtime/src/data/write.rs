//! Writes values as any serde format.

use std::cell::RefCell;

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap, SerializeSeq},
};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use super::{
    Data, File, Presence, Rest, Slot, Slots, View,
    table::{Records, Table},
};

/// Writes a value as JSON text. Numbers that JSON has no word for (NaN, infinities) become `null`,
/// and so does a value that holds a [`File`] which is not in memory.
pub fn to_string(value: &impl Data) -> String {
    // Into a text, only such a file can fail, and a map whose keys are no strings, of which there
    // is none.
    let records = Records::default();
    let written = Written::whole(value, Target::Any, &records);
    serde_json::to_string(&written).unwrap_or_else(|_| "null".to_owned())
}

/// Writes a value as JSON. Numbers that JSON has no word for (NaN, infinities) become `null`, and
/// so does a value that holds a [`File`] which is not in memory; those with more digits than a
/// [`Value`] holds become texts.
pub fn to_value(value: &impl Data) -> Value {
    // Into a `Value`, only such a file can fail, and a map whose keys are no strings, of which
    // there is none.
    let records = Records::default();
    serde_json::to_value(Written::whole(value, Target::Value, &records)).unwrap_or_default()
}

/// Files by the marks that stand for them in a [`Value`]. A mark is random, so that no text from
/// elsewhere can be one; and it is base64 text, as a schema wants it.
pub(crate) type Marked = Vec<(String, File)>;

/// Writes a value as JSON, with marks for its files.
pub(crate) fn to_marked(value: &dyn Slot) -> (Value, Marked) {
    let files = RefCell::default();
    let records = Records::default();
    let written = Written {
        view: value.view(),
        aim: Aim {
            target: Target::Value,
            files: Some(&files),
            records: &records,
        },
    };
    // Without files, nothing can fail.
    let value = serde_json::to_value(written).unwrap_or_default();
    (value, files.into_inner())
}

/// Writes a value.
pub fn serialize<S: Serializer>(value: &impl Data, serializer: S) -> Result<S::Ok, S::Error> {
    Written::whole(value, Target::Any, &Records::default()).serialize(serializer)
}

/// What is written into.
#[derive(Clone, Copy)]
enum Target {
    /// A format that may hold numbers of any length.
    Any,
    /// A [`Value`], whose numbers have 64 bits.
    Value,
}

/// A value on its way out.
struct Written<'a> {
    view: View<'a>,
    aim: Aim<'a>,
}

/// How values are written.
#[derive(Clone, Copy)]
struct Aim<'a> {
    target: Target,
    /// Where files go, if a mark is to stand for each.
    files: Option<&'a RefCell<Marked>>,
    records: &'a Records,
}

impl Aim<'_> {
    fn file<S: Serializer>(self, file: &File, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(files) = self.files {
            let mark = Uuid::new_v4().simple().to_string();
            files.borrow_mut().push((mark.clone(), file.clone()));
            return serializer.serialize_str(&mark);
        }
        match file.base64() {
            Some(text) => serializer.serialize_str(&text),
            None => Err(S::Error::custom("a file that is not in memory has no text")),
        }
    }
}

impl<'a> Written<'a> {
    fn whole(value: &'a impl Data, target: Target, records: &'a Records) -> Self {
        let files = None;
        Self {
            view: value.view(),
            aim: Aim {
                target,
                files,
                records,
            },
        }
    }

    /// A part of it.
    fn part<'p>(&self, slot: &'p dyn Slot) -> Written<'p>
    where
        'a: 'p,
    {
        Written {
            view: slot.view(),
            aim: self.aim,
        }
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.view {
            View::File(file) => self.aim.file(file, serializer),
            View::Unit | View::Nothing(_) => serializer.serialize_unit(),
            View::Boolean(value) => serializer.serialize_bool(*value),
            View::Integer(value) => serializer.serialize_i64(*value),
            View::Unsigned(value) => serializer.serialize_u64(*value),
            View::Float(value) => serializer.serialize_f32(*value),
            View::Double(value) => serializer.serialize_f64(*value),
            View::Digits(digits) => serialize_digits(digits, self.aim.target, serializer),
            View::Text(value) => serializer.serialize_str(value),
            View::Any(value) => value.serialize(serializer),
            View::List(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.len()))?;
                for item in (0..list.len()).filter_map(|index| list.get(index)) {
                    sequence.serialize_element(&self.part(item))?;
                }
                sequence.end()
            }
            View::Tuple(tuple) => {
                let mut sequence = serializer.serialize_seq(Some(tuple.len()))?;
                for item in (0..tuple.len()).filter_map(|index| tuple.get(index)) {
                    sequence.serialize_element(&self.part(item))?;
                }
                sequence.end()
            }
            View::Map(map) => {
                serializer.collect_map(map.entries().map(|(key, value)| (key, self.part(value))))
            }
            View::Record(table, record) => {
                let mut map = serializer.serialize_map(None)?;
                self.fields(*table, *record, &mut map, None)?;
                map.end()
            }
            View::Union(table, variant, payload) => {
                self.union(*table, *variant, *payload, serializer)
            }
        }
    }
}

/// Writes a number without losing a digit. What a [`Value`] cannot hold is written into it as text,
/// which a check of the number refuses: sending another number would be worse.
fn serialize_digits<S: Serializer>(
    digits: &str,
    target: Target,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if let Ok(integer) = digits.parse() {
        return serializer.serialize_i64(integer);
    }
    if let Ok(integer) = digits.parse() {
        return serializer.serialize_u64(integer);
    }
    let float = digits.parse::<f64>().ok().filter(|it| it.is_finite());
    let float = float.filter(|it| match target {
        Target::Any => it.to_string() == digits,
        Target::Value => it.to_string() == without_zeros(digits),
    });
    match (float, target, RawValue::from_string(digits.to_owned())) {
        (Some(float), _, _) => serializer.serialize_f64(float),
        (None, Target::Any, Ok(raw)) => raw.serialize(serializer),
        _ => serializer.serialize_str(digits),
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

impl Written<'_> {
    /// Writes the properties of a record, except the tag that the caller writes itself.
    fn fields<M: SerializeMap>(
        &self,
        table: Table,
        record: &dyn Slot,
        map: &mut M,
        tag: Option<&str>,
    ) -> Result<(), M::Error> {
        let mut written = Ok(());
        record.slots(Slots(&mut |slots| {
            written = self.entries(table, slots, &mut *map, tag);
        }));
        written
    }

    fn entries<M: SerializeMap>(
        &self,
        table: Table,
        slots: &[&dyn Slot],
        map: &mut M,
        tag: Option<&str>,
    ) -> Result<(), M::Error> {
        let record = self.aim.records.get(table);
        for (&(name, presence), slot) in record.fields.iter().zip(slots) {
            let part = self.part(*slot);
            let is_left_out = matches!(part.view, View::Nothing(0))
                && matches!(presence, Presence::Optional | Presence::OptionalNullable);
            if !is_left_out && tag != Some(name) {
                map.serialize_entry(name, &part)?;
            }
        }
        if record.rest == Rest::Kept
            && let Some(View::Map(rest)) = slots.last().map(|it| it.view())
        {
            for (key, value) in rest.entries() {
                // A named property wins over one of the same name in the rest.
                if !record.names(key) && tag != Some(key) {
                    map.serialize_entry(key, &self.part(value))?;
                }
            }
        }
        Ok(())
    }

    /// Writes the payload; a tagged one with the tag of its variant.
    fn union<S: Serializer>(
        &self,
        table: Table,
        variant: usize,
        payload: &dyn Slot,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let part = self.part(payload);
        let mut tags = table.tags(variant);
        let (Some(tag), Some(first), View::Record(record, slot)) =
            (table.tag(), tags.clone().next(), &part.view)
        else {
            return part.serialize(serializer);
        };
        // The payload may hold the tag itself, as one of several that choose this variant.
        let own = own_tag(*record, *slot, tag).filter(|text| tags.any(|it| it == text));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(tag, own.as_deref().unwrap_or(first))?;
        self.fields(*record, *slot, &mut map, Some(tag))?;
        map.end()
    }
}

/// The text of a property.
fn own_tag(table: Table, record: &dyn Slot, tag: &str) -> Option<String> {
    let index = table.fields().position(|(name, _)| name == tag)?;
    let mut text = None;
    record.slots(Slots(&mut |slots| {
        if let Some(View::Text(found)) = slots.get(index).map(|it| it.view()) {
            text = Some(found.into_owned());
        }
    }));
    text
}
