//! An item of a stream as its type.

use serde_json::{Map, Value};

use crate::{
    action::StreamItem,
    data::{self, DecodeError, Slot, UnionObject, ViewMut},
    sequence::Item,
};

/// What ends a stream by convention, where a media type has no end of its own.
const SENTINEL: &str = "[DONE]";

/// Whether an item says that there are no more.
pub(super) fn is_last(kind: StreamItem, item: &Item) -> bool {
    kind == StreamItem::Data && item.data.trim() == SENTINEL
}

/// Reads an item into a blank slot.
pub(super) fn read(slot: &mut dyn Slot, kind: StreamItem, item: &Item) -> Result<(), DecodeError> {
    match kind {
        StreamItem::Data => read_data(slot, &item.data),
        StreamItem::Event => read_event(slot, item),
    }
}

/// Reads JSON, or text where the type is one.
fn read_data(slot: &mut dyn Slot, data: &str) -> Result<(), DecodeError> {
    match slot.view_mut() {
        ViewMut::Option(option) if data.trim() == "null" => {
            option.clear();
            Ok(())
        }
        ViewMut::Option(option) => read_data(option.fill(), data),
        ViewMut::Text(_) => data::read_slot(slot, &data.into()),
        ViewMut::Any(value) => {
            *value = json_or_text(data);
            Ok(())
        }
        _ => data::read_slot_slice(slot, data.as_bytes()),
    }
}

/// Reads an event as the object that OpenAPI makes of it. Its data is text; where a type asks for
/// something else, it is JSON.
fn read_event(slot: &mut dyn Slot, item: &Item) -> Result<(), DecodeError> {
    let text = Value::from(item.data.as_str());
    let json = json_or_text(&item.data);
    match wants_text(slot) {
        Some(true) => data::read_slot(slot, &object(item, text)),
        Some(false) => data::read_slot(slot, &object(item, json)),
        // Some variants do. A union is blank again for the second attempt.
        None => data::read_slot(slot, &object(item, json))
            .or_else(|_| data::read_slot(slot, &object(item, text))),
    }
}

fn json_or_text(data: &str) -> Value {
    serde_json::from_str(data).unwrap_or_else(|_| data.into())
}

fn object(item: &Item, data: Value) -> Value {
    let fields = [
        ("data", Some(data)),
        ("event", item.event.as_deref().map(Value::from)),
        ("id", item.id.as_deref().map(Value::from)),
        ("retry", item.retry.map(Value::from)),
    ];
    let present = fields.into_iter();
    let present = present.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

/// Whether an event's type takes its data as text; `None` where its variants differ.
fn wants_text(event: &mut dyn Slot) -> Option<bool> {
    match event.view_mut() {
        ViewMut::Record(record) => {
            let index = record.table().fields().position(|(name, _)| name == "data");
            Some(index.is_some_and(|index| is_text(record.get_mut(index))))
        }
        ViewMut::Union(union) => variants_want_text(union),
        _ => Some(false),
    }
}

fn variants_want_text(union: &mut dyn UnionObject) -> Option<bool> {
    let table = union.table();
    let known = table.variants() - usize::from(table.is_open());
    let mut wanted: Option<bool> = None;
    for variant in 0..known {
        let own = wants_text(union.set(variant))?;
        if wanted.is_some_and(|it| it != own) {
            return None;
        }
        wanted = Some(own);
    }
    wanted
}

fn is_text(slot: &mut dyn Slot) -> bool {
    match slot.view_mut() {
        ViewMut::Text(_) => true,
        ViewMut::Option(option) => {
            let is_text = is_text(option.fill());
            option.clear();
            is_text
        }
        _ => false,
    }
}
