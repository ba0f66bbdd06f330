//! The items of a stream as their types.

use serde_json::Value;

use crate::{
    action::StreamItem,
    data::{self, Data, DecodeError, Tape},
    sequence::Item,
};

/// What ends a stream by convention, where a media type has no end of its own.
const SENTINEL: &str = "[DONE]";

/// Whether an item says that there are no more.
pub(super) fn is_last(kind: StreamItem, item: &Item) -> bool {
    kind == StreamItem::Data && item.data.trim() == SENTINEL
}

/// Reads an item.
pub(super) fn read<T: Data>(kind: StreamItem, item: &Item) -> Result<T, DecodeError> {
    data::from_built(|tape| put(tape, kind, item))
}

/// Puts an item on a tape.
pub(super) fn put(tape: &mut Tape<'_>, kind: StreamItem, item: &Item) -> Result<(), String> {
    match kind {
        StreamItem::Data => text_or_json(tape, &item.data),
        StreamItem::Event => event(tape, item),
    }
}

/// Adds text that is JSON to any type that is no text.
fn text_or_json(tape: &mut Tape<'_>, data: &str) -> Result<(), String> {
    tape.forms(|tape| {
        tape.text(data)?;
        // What is no JSON is text alone.
        let _ = tape.json(data);
        Ok(())
    })
}

/// Adds an event as the object that OpenAPI makes of it (section 4.14.4.4 of 3.2.0).
fn event(tape: &mut Tape<'_>, item: &Item) -> Result<(), String> {
    tape.object(|tape| {
        tape.text("data")?;
        text_or_json(tape, &item.data)?;
        let fields = [
            ("event", item.event.as_deref().map(Value::from)),
            ("id", item.id.as_deref().map(Value::from)),
            ("retry", item.retry.map(Value::from)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                tape.text(name)?;
                tape.value(&value)?;
            }
        }
        Ok(())
    })
}
