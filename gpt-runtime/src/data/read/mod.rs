//! Reads values from any serde format, JSON's bytes straight from the wire.

mod union;

use std::{
    cell::{Cell, RefCell},
    fmt::{self, Write},
    rc::Rc,
};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::{
    Data, Fit, List, Map, Presence, RecordObject, Rest, SetText, Slot, Table, Tuple, UnionObject,
    ViewMut,
    formats::is_number,
    table::{Cursor, Field},
};

use self::union::{read_whole_union, values_in};

/// JSON that does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", if path.is_empty() { String::new() } else { format!("at `{path}`: ") })]
pub struct DecodeError {
    /// Where it does not fit, such as `features[3].geometry`; empty for the whole.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
}

/// Reads a value from JSON text.
///
/// # Errors
///
/// When the text is no JSON or does not fit the type.
pub fn from_slice<T: Data>(json: &[u8]) -> Result<T, DecodeError> {
    let mut value = T::blank(0);
    read_slot_slice(&mut value, json)?;
    Ok(value)
}

/// Reads JSON text into a blank slot.
pub(crate) fn read_slot_slice(slot: &mut dyn Slot, json: &[u8]) -> Result<(), DecodeError> {
    let reading = Reading::default();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    reading
        .seed(slot)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| reading.error(&error))
}

/// Reads a value from JSON.
///
/// # Errors
///
/// When the JSON does not fit the type.
pub fn from_value<T: Data>(json: &Value) -> Result<T, DecodeError> {
    let mut value = T::blank(0);
    read_slot(&mut value, json)?;
    Ok(value)
}

/// Reads JSON into a blank slot.
pub(crate) fn read_slot(slot: &mut dyn Slot, json: &Value) -> Result<(), DecodeError> {
    let reading = Reading::default();
    reading
        .seed(slot)
        .deserialize(json)
        .map_err(|error| reading.error(&error))
}

/// Reads a value; what `Deserialize` of a generated type calls.
pub fn deserialize<'de, T: Data, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::blank(0);
    Reading::default()
        .seed(&mut value)
        .deserialize(deserializer)?;
    Ok(value)
}

/// What is known about one reading beside the values read.
#[derive(Default)]
struct Reading {
    /// The path to the first failure, innermost segment first.
    path: RefCell<Vec<Segment>>,
    /// Properties and enum values that the types name.
    known: Cell<u32>,
    /// Properties and enum values that the types do not name.
    unknown: Cell<u32>,
    /// How many values may still be read on trial, while a union is read.
    trials: Rc<Cell<Option<usize>>>,
}

enum Segment {
    Property(String),
    Item(usize),
}

impl Reading {
    fn seed<'a>(&'a self, slot: &'a mut dyn Slot) -> Seed<'a> {
        Seed {
            slot,
            reading: self,
        }
    }

    /// A reading on trial, which is part of this one.
    fn trial(&self) -> Self {
        Self {
            trials: Rc::clone(&self.trials),
            ..Self::default()
        }
    }

    /// Counts a trial; whether it may take place.
    fn may_try(&self, json: &Value) -> bool {
        let left = self.trials.get().unwrap_or(0).checked_sub(values_in(json));
        self.trials.set(Some(left.unwrap_or(0)));
        left.is_some()
    }

    fn note(&self, fit: Fit) {
        let count = match fit {
            Fit::Known => &self.known,
            Fit::Unknown => &self.unknown,
        };
        count.set(count.get().saturating_add(1));
    }

    fn error(&self, error: &dyn fmt::Display) -> DecodeError {
        let mut path = String::new();
        for segment in self.path.borrow().iter().rev() {
            // Writing into a `String` cannot fail.
            let _ = match segment {
                Segment::Property(name) if path.is_empty() => write!(path, "{name}"),
                Segment::Property(name) => write!(path, ".{name}"),
                Segment::Item(index) => write!(path, "[{index}]"),
            };
        }
        DecodeError {
            path,
            message: error.to_string(),
        }
    }
}

/// Reads into one slot.
struct Seed<'a> {
    slot: &'a mut dyn Slot,
    reading: &'a Reading,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let reading = self.reading;
        match self.slot.view_mut() {
            ViewMut::Unit => {
                deserializer.deserialize_ignored_any(serde::de::IgnoredAny)?;
                Ok(())
            }
            ViewMut::Any(value) => {
                *value = serde::Deserialize::deserialize(deserializer)?;
                Ok(())
            }
            ViewMut::Boolean(value) => {
                *value = serde::Deserialize::deserialize(deserializer)?;
                Ok(())
            }
            ViewMut::Option(option) => {
                deserializer.deserialize_option(Optional { option, reading })
            }
            ViewMut::Union(union) => {
                let json = serde::Deserialize::deserialize(deserializer)?;
                read_whole_union(union, &json, reading)
            }
            view @ (ViewMut::Integer(_) | ViewMut::Float(_) | ViewMut::Double(_)) => {
                deserializer.deserialize_any(Filling { view, reading })
            }
            view @ ViewMut::Text(_) => deserializer.deserialize_str(Filling { view, reading }),
            ViewMut::Digits(digits) => {
                deserializer.deserialize_newtype_struct(RAW, Number { digits })
            }
            view @ (ViewMut::List(_) | ViewMut::Tuple(_)) => {
                deserializer.deserialize_seq(Filling { view, reading })
            }
            view @ (ViewMut::Map(_) | ViewMut::Record(_)) => {
                deserializer.deserialize_map(Filling { view, reading })
            }
        }
    }
}

/// Reads a value or `null`.
struct Optional<'a> {
    option: &'a mut dyn super::SetOption,
    reading: &'a Reading,
}

impl<'de> Visitor<'de> for Optional<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or `null`")
    }
    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.option.clear();
        Ok(())
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.option.clear();
        Ok(())
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.reading
            .seed(self.option.fill())
            .deserialize(deserializer)
    }
}

/// How `serde_json` is asked for a value as it is written. Other formats take it for a name and
/// give the number as they read it.
const RAW: &str = "$serde_json::private::RawValue";

/// Takes a number digit by digit.
struct Number<'a> {
    digits: &'a mut dyn SetText,
}

impl Number<'_> {
    fn set<E: Error>(self, digits: &str) -> Result<(), E> {
        self.digits.set(digits).map(drop).map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for Number<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.set(&value.to_string())
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.set(&value.to_string())
    }
    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.set(&value.to_string())
    }
    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.set(&value.to_string())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.set(&value.to_string())
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let raw = match entries.next_key::<String>()? {
            Some(key) if key == RAW => entries.next_value::<String>()?,
            _ => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
        };
        if is_number(&raw) {
            return self.set(&raw);
        }
        let found = match raw.as_bytes().first() {
            Some(b'"') => "string",
            Some(b'{') => "map",
            Some(b'[') => "sequence",
            Some(b'n') => "null",
            _ => "boolean",
        };
        Err(A::Error::invalid_type(Unexpected::Other(found), &self))
    }
}

/// Fills whatever is no union, option or free JSON.
struct Filling<'a> {
    view: ViewMut<'a>,
    reading: &'a Reading,
}

impl<'de> Visitor<'de> for Filling<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.view {
            ViewMut::Integer(_) => "an integer",
            ViewMut::Float(_) | ViewMut::Double(_) => "a number",
            ViewMut::Text(_) => "a string",
            ViewMut::List(_) | ViewMut::Tuple(_) => "an array",
            _ => "an object",
        })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_i128(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_i128(value.into())
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "a number in JSON has no precision of its own"
    )]
    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        match self.view {
            ViewMut::Integer(slot) => {
                let fit = slot
                    .set(value)
                    .map_err(|expected| E::custom(format_args!("{value} is not {expected}")))?;
                self.reading.note(fit);
            }
            ViewMut::Float(slot) => *slot = value as f32,
            ViewMut::Double(slot) => *slot = value as f64,
            _ => return Err(E::invalid_type(Unexpected::Other("an integer"), &self)),
        }
        Ok(())
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "single precision is what the document asks for; an integer is checked first"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        match self.view {
            // JSON Schema calls 1.0 an integer.
            ViewMut::Integer(_) if value.fract() == 0.0 && value.abs() < 1e38 => {
                self.visit_i128(value as i128)
            }
            ViewMut::Float(slot) => {
                *slot = value as f32;
                Ok(())
            }
            ViewMut::Double(slot) => {
                *slot = value;
                Ok(())
            }
            _ => Err(E::invalid_type(Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let ViewMut::Text(slot) = self.view else {
            return Err(E::invalid_type(Unexpected::Str(text), &self));
        };
        let fit = slot
            .set(text)
            .map_err(|expected| E::custom(format_args!("{text:?} is not {expected}")))?;
        self.reading.note(fit);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        match self.view {
            ViewMut::List(list) => read_list(list, items, self.reading),
            ViewMut::Tuple(tuple) => read_tuple(tuple, items, self.reading),
            _ => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        match self.view {
            ViewMut::Record(record) => read_record(record, entries, self.reading),
            ViewMut::Map(map) => read_map(map, entries, self.reading),
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn List,
    mut items: A,
    reading: &Reading,
) -> Result<(), A::Error> {
    list.clear();
    loop {
        let index = list.len();
        let mut next = Item {
            list: Some(list),
            reading,
        };
        match items.next_element_seed(&mut next) {
            Ok(Some(())) => {}
            Ok(None) => return Ok(()),
            Err(error) => {
                reading.path.borrow_mut().push(Segment::Item(index));
                return Err(error);
            }
        }
    }
}

/// Reads an item into each position; further ones are passed over as unknown properties are.
fn read_tuple<'de, A: SeqAccess<'de>>(
    tuple: &mut dyn Tuple,
    mut items: A,
    reading: &Reading,
) -> Result<(), A::Error> {
    let length = tuple.len();
    for index in 0..length {
        let Some(slot) = tuple.get_mut(index) else {
            break;
        };
        let read = items.next_element_seed(reading.seed(slot));
        let read = read.inspect_err(|_| reading.path.borrow_mut().push(Segment::Item(index)))?;
        if read.is_none() {
            let expected = format!("{length} items");
            return Err(A::Error::invalid_length(index, &expected.as_str()));
        }
    }
    while items.next_element::<serde::de::IgnoredAny>()?.is_some() {
        reading.note(Fit::Unknown);
    }
    Ok(())
}

/// Appends an item only once the format has said that there is one.
struct Item<'a> {
    list: Option<&'a mut dyn List>,
    reading: &'a Reading,
}

impl<'de> DeserializeSeed<'de> for &mut Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.list.take() {
            Some(list) => self.reading.seed(list.push()).deserialize(deserializer),
            None => Ok(()),
        }
    }
}

fn read_map<'de, A: MapAccess<'de>>(
    map: &mut dyn Map,
    mut entries: A,
    reading: &Reading,
) -> Result<(), A::Error> {
    map.clear();
    while let Some(key) = entries.next_key::<String>()? {
        let slot = map.insert(key.clone());
        read_property(&mut entries, &key, slot, reading)?;
    }
    Ok(())
}

fn read_record<'de, A: MapAccess<'de>>(
    record: &mut dyn RecordObject,
    mut entries: A,
    reading: &Reading,
) -> Result<(), A::Error> {
    let table = record.table();
    let (mut cursor, mut seen) = (table.cursor(), Seen::default());
    while let Some(key) = entries.next_key_seed(Key(&mut cursor))? {
        let (index, name, presence) = match key {
            Ok(field) => field,
            Err(unknown) => {
                read_unknown(record, table, &unknown, &mut entries, reading)?;
                continue;
            }
        };
        seen.insert(index);
        reading.note(Fit::Known);
        let slot = record.get_mut(index);
        if presence == Presence::OptionalNullable
            && let ViewMut::Option(option) = slot.view_mut()
        {
            // Being there, even as `null`, fills the outer option.
            read_property(&mut entries, name, option.fill(), reading)?;
        } else {
            read_property(&mut entries, name, slot, reading)?;
        }
    }
    let missing = table.fields().enumerate().find(|(index, (_, presence))| {
        matches!(presence, Presence::Required | Presence::RequiredNullable)
            && !seen.contains(*index)
    });
    match missing {
        Some((_, (name, _))) => Err(A::Error::custom(format_args!("missing property `{name}`"))),
        None => Ok(()),
    }
}

/// Reads the name of a property: the field of that name, or the name where there is none.
struct Key<'a>(&'a mut Cursor);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Result<Field, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Result<Field, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name).ok_or_else(|| name.to_owned()))
    }
}

fn read_unknown<'de, A: MapAccess<'de>>(
    record: &mut dyn RecordObject,
    table: Table,
    key: &str,
    entries: &mut A,
    reading: &Reading,
) -> Result<(), A::Error> {
    match table.rest() {
        Rest::Refused => {
            return Err(A::Error::custom(format_args!("unknown property `{key}`")));
        }
        Rest::Ignored => {
            reading.note(Fit::Unknown);
            entries.next_value::<serde::de::IgnoredAny>()?;
        }
        Rest::Kept => {
            if let ViewMut::Map(rest) = record.get_mut(table.slots() - 1).view_mut() {
                read_property(entries, key, rest.insert(key.to_owned()), reading)?;
            }
        }
    }
    Ok(())
}

fn read_property<'de, A: MapAccess<'de>>(
    entries: &mut A,
    key: &str,
    slot: &mut dyn Slot,
    reading: &Reading,
) -> Result<(), A::Error> {
    entries
        .next_value_seed(reading.seed(slot))
        .inspect_err(|_| {
            reading
                .path
                .borrow_mut()
                .push(Segment::Property(key.to_owned()));
        })
}

/// Which fields of a record were there: a word for the usual record, more for a wide one.
#[derive(Default)]
struct Seen {
    first: u64,
    more: Vec<u64>,
}

impl Seen {
    fn insert(&mut self, index: usize) {
        let (word, bit) = (index / 64, 1 << (index % 64));
        if word == 0 {
            self.first |= bit;
        } else {
            if self.more.len() < word {
                self.more.resize(word, 0);
            }
            self.more[word - 1] |= bit;
        }
    }

    fn contains(&self, index: usize) -> bool {
        let (word, bit) = (index / 64, 1 << (index % 64));
        let held = match word {
            0 => self.first,
            _ => self.more.as_slice().get(word - 1).copied().unwrap_or(0),
        };
        held & bit != 0
    }
}
