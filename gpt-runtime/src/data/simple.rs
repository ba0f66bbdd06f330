//! Reads values from the style `simple`, in which headers are written (OpenAPI, section 4.8.12.3).

use super::{DecodeError, Presence, RecordObject, Slot, ViewMut, read_slot};
use serde_json::Value;

/// Reads the lines of a header into a blank slot. Arrays and objects are separated by commas where
/// `is_list`, and by lines; `is_exploded` tells how objects are written.
pub(crate) fn read_simple(
    slot: &mut dyn Slot,
    lines: &[String],
    is_list: bool,
    is_exploded: bool,
) -> Result<(), DecodeError> {
    let parts = || {
        let parts = lines.iter().flat_map(|line| {
            if is_list {
                line.split(',').collect::<Vec<_>>()
            } else {
                vec![line.as_str()]
            }
        });
        parts.map(str::trim).filter(|it| !it.is_empty())
    };
    match slot.view_mut() {
        ViewMut::Option(option) => read_simple(option.fill(), lines, is_list, is_exploded),
        ViewMut::List(list) => {
            for (index, part) in parts().enumerate() {
                read_scalar(list.push(), part)
                    .map_err(|error| inside(&format!("[{index}]"), error))?;
            }
            Ok(())
        }
        ViewMut::Map(map) => {
            for (name, text) in pairs(parts(), is_exploded) {
                read_scalar(map.insert(name.to_owned()), text)
                    .map_err(|error| inside(name, error))?;
            }
            Ok(())
        }
        ViewMut::Record(record) => read_record(record, &pairs(parts(), is_exploded)),
        _ => read_scalar(slot, lines.join(", ").trim()),
    }
}

/// `a=1,b=2` where it is exploded, else `a,1,b,2`.
fn pairs<'a>(parts: impl Iterator<Item = &'a str>, is_exploded: bool) -> Vec<(&'a str, &'a str)> {
    if is_exploded {
        return parts
            .map(|it| it.split_once('=').unwrap_or((it, "")))
            .collect();
    }
    let parts: Vec<_> = parts.collect();
    parts
        .chunks(2)
        .filter_map(|pair| Some((*pair.first()?, pair.get(1).copied().unwrap_or_default())))
        .collect()
}

fn read_record(record: &mut dyn RecordObject, pairs: &[(&str, &str)]) -> Result<(), DecodeError> {
    for (index, (name, presence)) in record.table().fields().enumerate() {
        let found = pairs.iter().find(|(key, _)| *key == name);
        match (found, presence) {
            (Some((_, text)), _) => {
                read_scalar(record.get_mut(index), text).map_err(|error| inside(name, error))?;
            }
            (None, Presence::Optional | Presence::OptionalNullable) => {}
            (None, _) => return Err(wrong(format!("missing property `{name}`"))),
        }
    }
    Ok(())
}

fn read_scalar(slot: &mut dyn Slot, text: &str) -> Result<(), DecodeError> {
    match slot.view_mut() {
        ViewMut::Unit => Ok(()),
        ViewMut::Option(option) => read_scalar(option.fill(), text),
        ViewMut::Text(_) => read_slot(slot, &text.into()),
        ViewMut::Any(value) => {
            *value = text.into();
            Ok(())
        }
        // A number, `true`, or one of several types.
        ViewMut::Union(_) => read_slot(slot, &scalar(text))
            .or_else(|error| read_slot(slot, &text.into()).map_err(|_| error)),
        _ => read_slot(slot, &scalar(text)),
    }
}

/// What JSON would say.
fn scalar(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => text.into(),
    }
}

fn inside(part: &str, error: DecodeError) -> DecodeError {
    let path = match error.path.as_str() {
        "" => part.to_owned(),
        path => format!("{part}.{path}"),
    };
    DecodeError { path, ..error }
}

fn wrong(message: String) -> DecodeError {
    DecodeError {
        path: String::new(),
        message,
    }
}
