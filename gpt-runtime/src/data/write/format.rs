//! Any serde format.

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;

use super::{Data, File, Number, Records, Slot, Table, Tag, View, properties};

/// Writes a value.
pub fn serialize<S: Serializer>(value: &impl Data, serializer: S) -> Result<S::Ok, S::Error> {
    let written = Written {
        view: &value.view(),
        records: &Records::default(),
    };
    written.serialize(serializer)
}

/// A value on its way out.
struct Written<'a> {
    view: &'a View<'a>,
    records: &'a Records,
}

/// What is behind a slot on its way out.
struct Part<'a> {
    slot: &'a dyn Slot,
    records: &'a Records,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            view: &self.slot.view(),
            records: self.records,
        };
        written.serialize(serializer)
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let records = self.records;
        match self.view {
            View::File(file) => serialize_file(file, serializer),
            View::Unit | View::Nothing(_) => serializer.serialize_unit(),
            View::Boolean(value) => serializer.serialize_bool(*value),
            View::Integer(value) => serializer.serialize_i64(*value),
            View::Unsigned(value) => serializer.serialize_u64(*value),
            View::Float(value) => serializer.serialize_f32(*value),
            View::Double(value) => serializer.serialize_f64(*value),
            View::Digits(digits) => serialize_digits(digits, serializer),
            View::Text(value) => serializer.serialize_str(value),
            View::Any(value) => value.serialize(serializer),
            View::List(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.len()))?;
                for slot in (0..list.len()).filter_map(|index| list.get(index)) {
                    sequence.serialize_element(&Part { slot, records })?;
                }
                sequence.end()
            }
            View::Tuple(tuple) => {
                let mut sequence = serializer.serialize_seq(Some(tuple.len()))?;
                for slot in (0..tuple.len()).filter_map(|index| tuple.get(index)) {
                    sequence.serialize_element(&Part { slot, records })?;
                }
                sequence.end()
            }
            View::Map(map) => {
                let entries = map.entries();
                serializer.collect_map(entries.map(|(key, slot)| (key, Part { slot, records })))
            }
            View::Record(table, record) => {
                let mut map = serializer.serialize_map(None)?;
                self.properties(*table, *record, &mut map, None)?;
                map.end()
            }
            View::Union(table, variant, payload) => {
                let view = &payload.view();
                let part = Written { view, records };
                let View::Record(record, slot) = *view else {
                    return part.serialize(serializer);
                };
                let Some(tag) = Tag::new(records, *table, *variant, record, slot) else {
                    return part.serialize(serializer);
                };
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry(tag.name, tag.value())?;
                self.properties(record, slot, &mut map, Some(tag.name))?;
                map.end()
            }
        }
    }
}

impl Written<'_> {
    fn properties<M: SerializeMap>(
        &self,
        table: Table,
        record: &dyn Slot,
        map: &mut M,
        tag: Option<&str>,
    ) -> Result<(), M::Error> {
        let records = self.records;
        properties(records, table, record, tag, &mut |name, view| {
            map.serialize_entry(name.text(), &Written { view, records })
        })
    }
}

fn serialize_file<S: Serializer>(file: &File, serializer: S) -> Result<S::Ok, S::Error> {
    match file.base64() {
        Some(text) => serializer.serialize_str(&text),
        None => Err(S::Error::custom("a file that is not in memory has no text")),
    }
}

/// Writes a number without losing a digit.
fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match Number::new(digits, true) {
        Number::Integer(value) => serializer.serialize_i64(value),
        Number::Unsigned(value) => serializer.serialize_u64(value),
        Number::Double(value) => serializer.serialize_f64(value),
        Number::Digits => match RawValue::from_string(digits.to_owned()) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => serializer.serialize_str(digits),
        },
    }
}
