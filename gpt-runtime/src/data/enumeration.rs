//! Enums of texts and of integers: a list of values and, in their table, what each is on the wire.

use std::{borrow::Cow, mem::discriminant};

use super::{
    Data, Fit, Table,
    read::{Mismatch, Reader},
    tape::At,
};

/// How many values a message lists.
const LISTED: usize = 12;

/// The text of a value.
pub fn text<E: Data>(value: &E) -> &str {
    value.other_text().unwrap_or_else(|| known(value))
}

/// The integer of a value.
pub fn integer<E: Data>(value: &E) -> i64 {
    let known = || known(value).parse().unwrap_or_default();
    value.other_integer().unwrap_or_else(known)
}

/// What a listed value is on the wire.
fn known<E: Data>(value: &E) -> &'static str {
    let mut values = E::VALUES.iter();
    let index = values.position(|known| discriminant(known) == discriminant(value));
    let text = index.and_then(|index| Table::new(E::TABLE).values().nth(index));
    text.unwrap_or_default()
}

/// Reads an enum of texts.
pub(super) fn decode_text<E: Data>(reader: &Reader<'_>, at: At) -> Option<E> {
    let text = reader.text(at)?;
    let table = Table::new(E::TABLE);
    let index = table.values().position(|it| it == text);
    if let Some(known) = index.and_then(|it| E::VALUES.get(it)) {
        reader.note(Fit::Known);
        return Some(known.clone());
    }
    if let Some(other) = E::OTHER_TEXT {
        reader.note(Fit::Unknown);
        return Some(other(text.into_owned()));
    }
    reader.fail(at, Mismatch::Unlisted(table));
    None
}

/// Reads an enum of integers.
pub(super) fn decode_integer<E: Data>(reader: &Reader<'_>, at: At) -> Option<E> {
    let integer: i128 = reader.integer(at, "an integer")?;
    let table = Table::new(E::TABLE);
    let index = table.values().position(|it| it.parse() == Ok(integer));
    if let Some(known) = index.and_then(|it| E::VALUES.get(it)) {
        reader.note(Fit::Known);
        return Some(known.clone());
    }
    if let (Some(other), Ok(integer)) = (E::OTHER_INTEGER, i64::try_from(integer)) {
        reader.note(Fit::Unknown);
        return Some(other(integer));
    }
    reader.fail(at, Mismatch::Unlisted(table));
    None
}

/// What is listed.
pub(super) fn expected(table: Table) -> Cow<'static, str> {
    let texts = table.values();
    let mut listed: Vec<_> = texts.clone().take(LISTED).map(code).collect();
    let count = texts.count();
    if count > LISTED {
        listed.push(format!("{} others", count - LISTED));
    }
    match listed.as_slice() {
        [only] => only.clone().into(),
        _ => format!("one of {}", listed.join(", ")).into(),
    }
}

/// A value as a message shows it.
fn code(text: &str) -> String {
    if text.trim().is_empty() || text.contains(['`', '\n']) {
        format!("{text:?}")
    } else {
        format!("`{text}`")
    }
}
