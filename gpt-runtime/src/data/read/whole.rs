//! Reads what need not be JSON, or is so only in part: bodies, items of streams, headers. A value
//! is put on the tape in each form that it may have, and a type takes the one that it knows.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    super::{Data, parts::Parts, tape::Tape},
    DecodeError, Reader, from_tape,
    record::Frame,
};

/// Puts values on a tape.
pub(crate) type Build<'a> = &'a dyn Fn(&mut Tape<'_>) -> Result<(), String>;

/// A body that need not be JSON.
pub(crate) struct Body<'a> {
    /// What was received.
    pub(crate) bytes: &'a [u8],
    /// What the bytes are as text, where the type may be one.
    pub(crate) text: Option<&'a dyn Fn() -> String>,
    /// Whether a type of bytes takes the bytes, or the text of them that JSON holds.
    pub(crate) is_raw: bool,
    /// Whether a text is the one that the JSON is, if it is one.
    pub(crate) may_be_json: bool,
    /// Puts the items on a tape, of a stream.
    pub(crate) items: Option<Build<'a>>,
}

impl Body<'_> {
    /// Reads the body; as the payload of a variant, of a union by status.
    pub(crate) fn read<T: Data>(&self, variant: Option<usize>) -> Result<T, DecodeError> {
        if let Some(tape) = self.only_json() {
            return from_tape(&tape, None, variant);
        }
        let mut tape = Tape::empty();
        tape.forms(|tape| {
            if let Some(items) = self.items {
                tape.array(items)?;
            }
            // The last form is the one that any JSON takes.
            if !self.may_be_json {
                self.put_json(tape);
            }
            tape.body();
            if self.may_be_json {
                self.put_json(tape);
            }
            Ok(())
        })
        .map_err(DecodeError::whole)?;
        from_tape(&tape, Some(self), variant)
    }

    /// The body where it is JSON and cannot be taken for anything else.
    fn only_json(&self) -> Option<Tape<'_>> {
        let is_json = self.text.is_none() && self.items.is_none();
        Tape::new(self.json().ok().filter(|_| is_json)?).ok()
    }

    fn json(&self) -> Result<&str, String> {
        if self.is_empty() {
            return Err("the body is empty".to_owned());
        }
        std::str::from_utf8(self.bytes).map_err(|error| format!("the body is not UTF-8: {error}"))
    }

    fn put_json(&self, tape: &mut Tape<'_>) {
        let Ok(json) = self.json() else {
            return;
        };
        // A text in quotes is itself, unless it is JSON.
        if self.may_be_json || !json.trim_start().starts_with('"') {
            // What is no JSON is none of the forms.
            let _ = tape.json(json);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        self.text.map(|text| text().into())
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.is_raw.then_some(self.bytes)
    }

    /// Why the body is no JSON, if it is none.
    pub(super) fn no_json(&self) -> Option<String> {
        self.json().and_then(Tape::new).err()
    }
}

pub(super) fn decode<T: Data>(reader: &Reader<'_>, variant: Option<usize>) -> T {
    match variant {
        None => T::decode(reader, 0),
        Some(variant) => {
            reader.frame.set(Frame::of(variant, 0));
            T::from_parts(Parts::read(reader))
        }
    }
}

/// Reads a value that is put on a tape.
pub(crate) fn from_built<T: Data>(
    build: impl FnOnce(&mut Tape<'_>) -> Result<(), String>,
) -> Result<T, DecodeError> {
    let mut tape = Tape::empty();
    build(&mut tape).map_err(DecodeError::whole)?;
    from_tape(&tape, None, None)
}

/// The lines of a header, which are in the style `simple` (OpenAPI, section 4.8.12.3).
pub(crate) struct HeaderLines<'a> {
    /// The values of the header.
    pub(crate) lines: &'a [String],
    /// Whether items are separated by commas, or are lines.
    pub(crate) is_list: bool,
    /// Whether objects are written as `a=1,b=2`, or as `a,1,b,2`.
    pub(crate) is_exploded: bool,
}

impl HeaderLines<'_> {
    /// Reads the header.
    pub(crate) fn read<T: Data>(&self) -> Result<T, DecodeError> {
        let parts = self.parts();
        let whole = self.lines.join(", ");
        from_built(|tape| {
            tape.forms(|tape| {
                tape.array(|tape| parts.iter().try_for_each(|it| scalar(tape, it)))?;
                tape.object(|tape| {
                    self.pairs(&parts).into_iter().try_for_each(|(name, it)| {
                        tape.text(name)?;
                        scalar(tape, it)
                    })
                })?;
                forms_of_scalar(tape, whole.trim())
            })
        })
    }

    fn parts(&self) -> Vec<&str> {
        let lines = self.lines.iter();
        let parts: Vec<_> = if self.is_list {
            lines.flat_map(|line| line.split(',')).collect()
        } else {
            lines.map(String::as_str).collect()
        };
        let trimmed = parts.into_iter().map(str::trim);
        trimmed.filter(|it| !it.is_empty()).collect()
    }

    fn pairs<'a>(&self, parts: &[&'a str]) -> Vec<(&'a str, &'a str)> {
        if self.is_exploded {
            let pairs = parts
                .iter()
                .map(|it| it.split_once('=').unwrap_or((it, "")));
            return pairs.collect();
        }
        let pairs = parts.chunks(2);
        pairs
            .filter_map(|pair| Some((*pair.first()?, pair.get(1).copied().unwrap_or_default())))
            .collect()
    }
}

/// Adds a text that may be meant as a number or as `true`.
fn scalar(tape: &mut Tape<'_>, text: &str) -> Result<(), String> {
    tape.forms(|tape| forms_of_scalar(tape, text))
}

fn forms_of_scalar(tape: &mut Tape<'_>, text: &str) -> Result<(), String> {
    if let Ok(value @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(text) {
        tape.value(&value)?;
    }
    tape.text(text)
}
