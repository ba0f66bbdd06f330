//! Enums of texts and of integers: a list of values and, in their table, what each is on the wire.

use std::{borrow::Cow, mem::discriminant};

use super::{Data, Fit, Table};

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

/// Whether two values are the same on the wire.
pub(super) fn equal<E: Data>(left: &E, right: &E) -> bool {
    let is_other = |it: &E| it.other_text().is_some() || it.other_integer().is_some();
    if is_other(left) || is_other(right) {
        return text(left) == text(right) && integer(left) == integer(right);
    }
    discriminant(left) == discriminant(right)
}

/// What a listed value is on the wire.
fn known<E: Data>(value: &E) -> &'static str {
    let mut values = E::VALUES.iter();
    let index = values.position(|known| discriminant(known) == discriminant(value));
    let text = index.and_then(|index| Table::new(E::TABLE).values().nth(index));
    text.unwrap_or_default()
}

/// Becomes the value of a text.
pub(super) fn set_text<E: Data>(value: &mut E, text: &str) -> Result<Fit, Cow<'static, str>> {
    let table = Table::new(E::TABLE);
    let index = table.values().position(|it| it == text);
    if let Some(known) = index.and_then(|it| E::VALUES.get(it)) {
        value.clone_from(known);
        return Ok(Fit::Known);
    }
    match E::OTHER_TEXT {
        Some(other) => {
            *value = other(text.to_owned());
            Ok(Fit::Unknown)
        }
        None => Err(expected(table)),
    }
}

/// Becomes the value of an integer.
pub(super) fn set_integer<E: Data>(value: &mut E, integer: i128) -> Result<Fit, Cow<'static, str>> {
    let table = Table::new(E::TABLE);
    let index = table.values().position(|it| it.parse() == Ok(integer));
    if let Some(known) = index.and_then(|it| E::VALUES.get(it)) {
        value.clone_from(known);
        return Ok(Fit::Known);
    }
    match (E::OTHER_INTEGER, i64::try_from(integer)) {
        (Some(other), Ok(integer)) => {
            *value = other(integer);
            Ok(Fit::Unknown)
        }
        _ => Err(expected(table)),
    }
}

fn expected(table: Table) -> Cow<'static, str> {
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
