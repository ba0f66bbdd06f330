//! Writes values as any serde format.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value;

use super::{Data, Presence, RecordObject, Rest, Slot, UnionObject, View};

/// Writes a value as JSON text.
pub fn to_string(value: &impl Data) -> String {
    to_value(value).to_string()
}

/// Writes a value as JSON. Numbers that JSON has no word for (NaN, infinities) become `null`.
pub fn to_value(value: &impl Data) -> Value {
    // Into a `Value`, only a map whose keys are no strings can fail, and there is none.
    serde_json::to_value(Written(value)).unwrap_or_default()
}

/// Writes a value.
pub fn serialize<S: Serializer>(value: &impl Data, serializer: S) -> Result<S::Ok, S::Error> {
    Written(value).serialize(serializer)
}

/// A slot on its way out.
pub(super) struct Written<'a>(pub(super) &'a dyn Slot);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.view() {
            View::Unit | View::Option(None) => serializer.serialize_unit(),
            View::Boolean(value) => serializer.serialize_bool(value),
            View::Integer(value) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_i128(value),
            },
            View::Float(value) => serializer.serialize_f32(value),
            View::Double(value) => serializer.serialize_f64(value),
            View::Text(value) => serializer.serialize_str(&value),
            View::Any(value) => value.serialize(serializer),
            View::Option(Some(value)) => Written(value).serialize(serializer),
            View::List(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.len()))?;
                for item in (0..list.len()).filter_map(|index| list.get(index)) {
                    sequence.serialize_element(&Written(item))?;
                }
                sequence.end()
            }
            View::Map(map) => serializer.collect_map(
                map.entries()
                    .map(|(key, value)| (key.to_owned(), Written(value))),
            ),
            View::Record(record) => {
                let mut map = serializer.serialize_map(None)?;
                serialize_fields(record, &mut map, &mut |_| false)?;
                map.end()
            }
            View::Union(union) => serialize_union(union, serializer),
        }
    }
}

/// Writes the properties of a record except those the caller writes itself.
fn serialize_fields<M: SerializeMap>(
    record: &dyn RecordObject,
    map: &mut M,
    passed_over: &mut dyn FnMut(&str) -> bool,
) -> Result<(), M::Error> {
    let table = record.table();
    for (index, (name, presence)) in table.fields.iter().enumerate() {
        let slot = record.get(index);
        let missing = matches!(presence, Presence::Optional | Presence::OptionalNullable)
            && matches!(slot.view(), View::Option(None));
        if !missing && !passed_over(name) {
            map.serialize_entry(name, &Written(slot))?;
        }
    }
    if table.rest == Rest::Kept
        && let View::Map(rest) = record.get(table.fields.len()).view()
    {
        for (key, value) in rest.entries() {
            // A named property wins over one of the same name in the rest.
            if table.fields.iter().all(|(name, _)| *name != key) && !passed_over(key) {
                map.serialize_entry(key, &Written(value))?;
            }
        }
    }
    Ok(())
}

/// Writes the payload; a tagged one with the tag of its variant.
fn serialize_union<S: Serializer>(
    union: &dyn UnionObject,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let (variant, payload) = union.get();
    let table = union.table();
    let tags = table.variants.get(variant).map_or(&[][..], |it| it.tags);
    let (Some(tag), Some(first), View::Record(record)) = (table.tag, tags.first(), payload.view())
    else {
        return Written(payload).serialize(serializer);
    };
    // The payload may hold the tag itself, as one of several that choose this variant.
    let own = record
        .table()
        .fields
        .iter()
        .position(|(name, _)| *name == tag)
        .and_then(|index| text_of(record.get(index)))
        .filter(|text| tags.contains(&text.as_str()));
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry(tag, own.as_deref().unwrap_or(first))?;
    serialize_fields(record, &mut map, &mut |name| name == tag)?;
    map.end()
}

fn text_of(slot: &dyn Slot) -> Option<String> {
    match slot.view() {
        View::Text(text) => Some(text.into_owned()),
        View::Option(Some(inner)) => text_of(inner),
        _ => None,
    }
}
