//! Chooses the variant of a union.

use serde::de::{DeserializeSeed, Error};
use serde_json::Value;

use super::{Fit, Reading, Rest, Segment, Slot, Table, UnionObject, ViewMut};

/// How often, on the average, a value in a union may be read on trial: unions in unions are read
/// again for each variant around them, which has no bound but the depth of the JSON.
const TRIALS: usize = 256;
/// That many are let pass in any case.
const FEWEST_TRIALS: usize = 1_000_000;

/// Reads a union that is not a variant itself.
pub(super) fn read_whole_union<E: Error>(
    union: &mut dyn UnionObject,
    json: &Value,
    reading: &Reading,
) -> Result<(), E> {
    if reading.trials.get().is_some() {
        return read_union(union, json, reading, None);
    }
    let trials = values_in(json).saturating_mul(TRIALS);
    reading.trials.set(Some(trials.max(FEWEST_TRIALS)));
    let read = read_union(union, json, reading, None);
    reading.trials.set(None);
    read
}

pub(super) fn values_in(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().fold(1, |sum, it| sum + values_in(it)),
        Value::Object(entries) => entries.values().fold(1, |sum, it| sum + values_in(it)),
        _ => 1,
    }
}

/// A union that is being read, and the one whose variant it is.
struct Above<'a> {
    name: &'static str,
    above: Option<&'a Above<'a>>,
}

/// Chooses the variant by the tag where there is one, else the one that fits best: fewest parts it
/// does not know, then most parts it knows, then the first.
fn read_union<E: Error>(
    union: &mut dyn UnionObject,
    json: &Value,
    reading: &Reading,
    above: Option<&Above<'_>>,
) -> Result<(), E> {
    let table = union.table();
    // Unions can be variants of each other. What fits only by going round fits nothing.
    if std::iter::successors(above, |it| it.above).any(|it| it.name == table.name()) {
        return Err(E::custom(format_args!(
            "{} is a variant of itself",
            table.name()
        )));
    }
    let within = Above {
        name: table.name(),
        above,
    };
    let typed = table.variants() - usize::from(table.is_open());
    let tag_name = table.tag();
    let tag = tag_name
        .and_then(|tag| json.get(tag))
        .and_then(Value::as_str);
    if let Some(variant) = tag.and_then(|tag| table.tagged(tag)) {
        let inner = reading.trial();
        let payload = union.set(variant);
        let untagged = without_tag(json, tag_name, payload);
        let json = untagged.as_ref().unwrap_or(json);
        return read_payload(payload, json, &inner, &within).map_err(|error| {
            reading.path.borrow_mut().extend(inner.path.take());
            E::custom(error)
        });
    }
    let mut best: Option<((u32, std::cmp::Reverse<u32>), usize)> = None;
    let mut first_error = None;
    let mut last = None;
    for variant in 0..typed {
        // A variant that names its tags is not chosen for another tag.
        if tag.is_some() && table.tags(variant).next().is_some() {
            continue;
        }
        if !reading.may_try(json) {
            return Err(E::custom(format_args!(
                "too many ways to read this as {}",
                table.name()
            )));
        }
        last = Some(variant);
        let inner = reading.trial();
        match read_payload(union.set(variant), json, &inner, &within) {
            Ok(()) => {
                let rank = (inner.unknown.get(), std::cmp::Reverse(inner.known.get()));
                if best.as_ref().is_none_or(|(best, _)| rank < *best) {
                    best = Some((rank, variant));
                }
            }
            Err(error) => {
                first_error.get_or_insert((error, inner));
            }
        }
    }
    match best {
        Some((rank, variant)) => {
            for _ in 0..rank.0 {
                reading.note(Fit::Unknown);
            }
            if last == Some(variant) {
                return Ok(());
            }
            read_payload(union.set(variant), json, &reading.trial(), &within).map_err(E::custom)
        }
        None if table.is_open() && may_be_unknown(table, json) => {
            reading.note(Fit::Unknown);
            read_payload(union.set(typed), json, &reading.trial(), &within).map_err(E::custom)
        }
        None => Err(refusal(table, json, reading, first_error)),
    }
}

/// Whether JSON that fits no variant may be a new one. Where tags tell them all apart, a new one has
/// a tag as well.
fn may_be_unknown(table: Table, json: &Value) -> bool {
    let is_tagged = |variant: &usize| table.tags(*variant).next().is_some();
    let variants = table.variants();
    let tagged = (0..variants).filter(is_tagged).count();
    let Some(tag) = table.tag().filter(|_| tagged + 1 == variants) else {
        return true;
    };
    json.get(tag).is_some_and(is_scalar)
}

fn is_scalar(json: &Value) -> bool {
    json.is_string() || json.is_number() || json.is_boolean()
}

/// Why no variant fits.
fn refusal<E: Error>(
    table: Table,
    json: &Value,
    reading: &Reading,
    first: Option<(serde_json::Error, Reading)>,
) -> E {
    let typed = table.variants() - usize::from(table.is_open());
    match (
        first,
        table.tag().and_then(|tag| Some((tag, json.get(tag)?))),
    ) {
        // With one candidate its own failure says more than the union's.
        (Some((error, inner)), _) if typed == 1 => {
            reading.path.borrow_mut().extend(inner.path.take());
            E::custom(error)
        }
        (_, Some((tag, Value::String(value)))) => E::custom(format_args!(
            "`{value}` is not a `{tag}` that {} knows",
            table.name()
        )),
        (_, Some((tag, value))) if !is_scalar(value) => {
            let segment = Segment::Property(tag.to_owned());
            reading.path.borrow_mut().push(segment);
            E::custom(format_args!("this chooses no variant of {}", table.name()))
        }
        (first, _) => E::custom(format_args!(
            "no variant of {} fits{}",
            table.name(),
            first
                .map(|(error, _)| format!(", the first because {error}"))
                .unwrap_or_default()
        )),
    }
}

/// Reads the payload of a variant. A union in a union reads the same JSON again.
fn read_payload(
    payload: &mut dyn Slot,
    json: &Value,
    reading: &Reading,
    above: &Above<'_>,
) -> Result<(), serde_json::Error> {
    match payload.view_mut() {
        ViewMut::Union(union) => read_union(union, json, reading, Some(above)),
        _ => reading.seed(payload).deserialize(json),
    }
}

/// The object without its tag, where the payload would take the tag for a property it does not
/// name.
fn without_tag(json: &Value, tag: Option<&str>, payload: &mut dyn Slot) -> Option<Value> {
    let ViewMut::Record(record) = payload.view_mut() else {
        return None;
    };
    let table = record.table();
    let named = table.fields().any(|(name, _)| Some(name) == tag);
    if named || table.rest() == Rest::Ignored {
        return None;
    }
    let mut object = json.as_object()?.clone();
    object.shift_remove(tag?);
    Some(Value::Object(object))
}
