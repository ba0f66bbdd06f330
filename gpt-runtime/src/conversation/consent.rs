//! Which calls ask a person first, and who has said "always".

use crate::{
    action::{Method, Operation},
    store::{Change, Store, StoreError},
};

/// How a call asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Whoever has said "always" is not asked again.
    Once,
    /// Each time.
    EachTime,
}

/// What a call of an operation asks, by `x-openai-isConsequential` and the method: with the flag it
/// asks each time, without it, or with `false`, reading asks nothing unless `reading_asks` or the
/// GPT says so of the operation.
pub(crate) fn question(operation: &Operation, reading_asks: bool) -> Option<Question> {
    let reads = matches!(operation.method, Method::Get | Method::Head | Method::Query);
    let reads = reads && !operation.asks_once;
    match operation.consequential {
        true => Some(Question::EachTime),
        false if reads && !reading_asks => None,
        false => Some(Question::Once),
    }
}

/// Whether a person has said "always" of an operation.
pub(crate) async fn is_given(
    store: &dyn Store,
    person: &str,
    operation: &Operation,
) -> Result<bool, StoreError> {
    let record = store.record(&key(person, operation)).await?;
    Ok(record.is_some())
}

/// Remembers that a person has said "always".
pub(crate) async fn give(
    store: &dyn Store,
    person: &str,
    operation: &Operation,
) -> Result<(), StoreError> {
    let key = key(person, operation);
    store.put(&key, Change::to(operation.tool.name)).await
}

fn key(person: &str, operation: &Operation) -> String {
    format!("{}{}/{}", prefix(person), operation.api.name, operation.id)
}

/// What the keys of a person's consents begin with. Their values are the names of tools.
pub(crate) fn prefix(person: &str) -> String {
    format!("consent/{person}/")
}
