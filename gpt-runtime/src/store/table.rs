//! What the stores with tables have in common: messages as text, versions of the tables.

use serde::Deserialize as _;

use super::Failure;
use crate::message::Message;

/// A message as the JSON that is kept.
pub(super) fn to_text(message: &Message) -> Result<String, Failure> {
    Ok(serde_json::to_string(message)?)
}

/// A message out of the JSON that was kept.
pub(super) fn from_text(text: &str) -> Result<Message, Failure> {
    let mut json = serde_json::Deserializer::from_str(text);
    // A call's arguments may be as deep as JSON may be, and the message around them is deeper. It
    // was all in memory once, so the stack holds it.
    json.disable_recursion_limit();
    let message = Message::deserialize(&mut json)?;
    json.end()?;
    Ok(message)
}

/// The changes that bring tables of a version to the newest; `found` is 0 where there are none.
///
/// # Errors
/// The tables are of a later version than this program knows.
pub(super) fn changes_since(
    found: i64,
    changes: &'static [&'static str],
) -> Result<impl Iterator<Item = (i64, &'static str)>, Failure> {
    let known = (1..).zip(changes.iter().copied());
    if usize::try_from(found).is_ok_and(|found| found <= changes.len()) {
        return Ok(known.filter(move |(version, _)| *version > found));
    }
    Err(format!(
        "its tables are of version {found}, and this program knows versions up to {}: a newer \
         program has used it, run that one",
        changes.len()
    )
    .into())
}
