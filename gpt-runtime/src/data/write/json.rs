//! JSON text.

use serde_json::value::RawValue;

use super::{Data, File, Name, Number, Records, Tag, View, properties};

/// Writes a value as JSON text. Numbers that JSON has no word for (NaN, infinities) become `null`,
/// and so does a value that holds a [`File`] which is not in memory.
pub fn to_string(value: &impl Data) -> String {
    let mut json = Json {
        text: Vec::with_capacity(128),
        records: &Records::default(),
    };
    match json.value(&value.view()) {
        // The text is made of texts.
        Ok(()) => String::from_utf8(json.text).unwrap_or_default(),
        Err(NotInMemory) => "null".to_owned(),
    }
}

/// A file that has no text.
struct NotInMemory;

type Result = core::result::Result<(), NotInMemory>;

/// The text so far.
struct Json<'a> {
    text: Vec<u8>,
    records: &'a Records,
}

impl Json<'_> {
    fn value(&mut self, view: &View<'_>) -> Result {
        match view {
            View::File(file) => return self.file(file),
            View::Unit | View::Nothing(_) => self.raw("null"),
            View::Boolean(true) => self.raw("true"),
            View::Boolean(false) => self.raw("false"),
            View::Integer(value) => self.scalar(value),
            View::Unsigned(value) => self.scalar(value),
            View::Float(value) => self.scalar(value),
            View::Double(value) => self.scalar(value),
            View::Digits(digits) => self.digits(digits),
            View::Text(value) => self.string(value),
            View::Any(value) => self.scalar(value),
            View::List(list) => {
                let items = (0..list.len()).filter_map(|index| list.get(index));
                return self.items(items.map(|it| it.view()));
            }
            View::Tuple(tuple) => {
                let items = (0..tuple.len()).filter_map(|index| tuple.get(index));
                return self.items(items.map(|it| it.view()));
            }
            View::Map(map) => {
                self.raw("{");
                let start = self.text.len();
                for (key, value) in map.entries() {
                    self.property(start, Name::Other(key), &value.view())?;
                }
                self.raw("}");
            }
            View::Record(table, record) => {
                self.raw("{");
                let start = self.text.len();
                properties(self.records, *table, *record, None, &mut |name, view| {
                    self.property(start, name, view)
                })?;
                self.raw("}");
            }
            View::Union(table, variant, payload) => {
                let payload = payload.view();
                let View::Record(record, slot) = payload else {
                    return self.value(&payload);
                };
                let Some(tag) = Tag::new(self.records, *table, *variant, record, slot) else {
                    return self.value(&payload);
                };
                self.raw("{");
                let start = self.text.len();
                let value = View::Text(tag.value().into());
                self.property(start, Name::Other(tag.name), &value)?;
                let records = self.records;
                properties(records, record, slot, Some(tag.name), &mut |name, view| {
                    self.property(start, name, view)
                })?;
                self.raw("}");
            }
        }
        Ok(())
    }

    /// A property of an object whose properties start there.
    fn property(&mut self, start: usize, name: Name<'_>, value: &View<'_>) -> Result {
        let is_first = self.text.len() == start;
        match name {
            Name::Field(field) if is_first => self.raw(field.json.trim_start_matches(',')),
            Name::Field(field) => self.raw(&field.json),
            Name::Other(name) => {
                if !is_first {
                    self.raw(",");
                }
                self.string(name);
                self.raw(":");
            }
        }
        self.value(value)
    }

    fn items<'v>(&mut self, items: impl Iterator<Item = View<'v>>) -> Result {
        self.raw("[");
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.value(&item)?;
        }
        self.raw("]");
        Ok(())
    }

    fn string(&mut self, text: &str) {
        if has_escapes(text) {
            self.scalar(text);
        } else {
            self.text.reserve(text.len() + 2);
            self.text.push(b'"');
            self.raw(text);
            self.text.push(b'"');
        }
    }

    fn digits(&mut self, digits: &str) {
        match Number::new(digits, true) {
            Number::Integer(value) => self.scalar(&value),
            Number::Unsigned(value) => self.scalar(&value),
            Number::Double(value) => self.scalar(&value),
            Number::Digits => match RawValue::from_string(digits.to_owned()) {
                Ok(number) => self.raw(number.get()),
                Err(_) => self.string(digits),
            },
        }
    }

    fn file(&mut self, file: &File) -> Result {
        self.string(&file.base64().ok_or(NotInMemory)?);
        Ok(())
    }

    /// What `serde_json` writes. Into a `Vec`, it writes all scalars and every JSON value.
    fn scalar<T: serde::Serialize + ?Sized>(&mut self, value: &T) {
        let written = serde_json::to_writer(&mut self.text, value);
        debug_assert!(written.is_ok(), "{written:?}");
    }

    fn raw(&mut self, json: &str) {
        self.text.extend_from_slice(json.as_bytes());
    }
}

/// Whether a text needs escapes in JSON.
fn has_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (blocks, rest) = bytes.as_chunks();
    match bytes.last_chunk() {
        // What is left is looked at together with bytes before it.
        Some(last) => blocks.iter().chain([last]).copied().any(is_escaped),
        None => rest
            .iter()
            .any(|byte| matches!(byte, ..b' ' | b'"' | b'\\')),
    }
}

/// Whether one of eight bytes needs an escape: for each, the highest bit of a difference tells that
/// it is below a bound, unless the byte has that bit itself.
fn is_escaped(bytes: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    let bytes = u64::from_ne_bytes(bytes);
    let below = |bytes: u64, bound: u8| bytes.wrapping_sub(ONES * u64::from(bound)) & !bytes;
    let is = |byte: u8| below(bytes ^ (ONES * u64::from(byte)), 1);
    (below(bytes, b' ') | is(b'"') | is(b'\\')) & (ONES << 7) != 0
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{has_escapes, to_string};

    #[test]
    fn texts_are_escaped_as_serde_json_escapes_them() {
        for character in (0..=0x100_u32).filter_map(char::from_u32) {
            for before in 0..34 {
                let text = format!("{}{character}é", "a".repeat(before));
                let json = serde_json::to_string(&text).unwrap_or_default();
                assert_eq!(has_escapes(&text), json.len() > text.len() + 2, "{text:?}");
                assert_eq!(to_string(&text), json);
                assert_eq!(to_string(&Value::from(text)), json);
            }
        }
    }
}
