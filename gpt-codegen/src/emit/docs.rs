//! Documentation of what is emitted, from what the document says of it.

use serde_json::{Number, Value};

use crate::{
    document::HeaderObject,
    ir::{Api, Bounds, Field, Operation, Parameter, Response, TextFormat, Type, TypeDef, TypeUse},
};

use super::{
    item::Code,
    markdown::{code, inline, lines},
};

/// A documentation comment. Paragraphs are separated by an empty line.
pub(super) fn comment(paragraphs: &[Vec<String>]) -> Code {
    let mut text = String::new();
    let paragraphs = paragraphs.iter().filter(|it| !it.is_empty());
    for (index, paragraph) in paragraphs.enumerate() {
        let separator = (index > 0).then(String::new);
        for line in separator.iter().chain(paragraph) {
            let line = line.trim_end_matches(' ');
            let space = if line.is_empty() { "" } else { " " };
            text.extend(["///", space, line, "\n"]);
        }
    }
    Code::new(text)
}

/// The one line of a comment that we write ourselves.
pub(super) fn line(text: &str) -> Code {
    comment(&[vec![text.to_owned()]])
}

/// What a schema says of itself.
pub(super) fn of_type(def: &TypeDef) -> Code {
    let text = def.description.as_deref().or(def.title.as_deref());
    comment(&[lines(text.unwrap_or_default()), deprecated(def.deprecated)])
}

/// What a property says of itself, with what a request must heed.
pub(super) fn of_field(api: &Api, field: &Field, name: &str, in_request: bool) -> Code {
    let mut notes = Vec::new();
    if in_request {
        notes.extend(constraints(api, field.ty));
    }
    if let Some(default) = &field.default {
        notes.push(format!("Default: {}.", code(&default.to_string())));
    }
    if field.read_only && in_request {
        notes.push("Set by the API alone.".to_owned());
    }
    if field.write_only {
        notes.push("Never part of an answer.".to_owned());
    }
    notes.extend(wire_name(&field.name, name));
    comment(&[
        lines(field.description.as_deref().unwrap_or_default()),
        joined(&notes),
        deprecated(field.deprecated),
    ])
}

/// What a parameter says of itself.
pub(super) fn of_parameter(api: &Api, parameter: &Parameter, name: &str) -> Code {
    let def = api.ty(parameter.ty.id);
    let text = parameter.description.as_ref().or(def.description.as_ref());
    let mut notes = constraints(api, parameter.ty);
    if let Some(default) = &def.default {
        notes.push(format!("Default: {}.", code(&default.to_string())));
    }
    notes.extend(wire_name(&parameter.name, name));
    comment(&[
        lines(text.map_or("", String::as_str)),
        joined(&notes),
        deprecated(parameter.deprecated || def.deprecated),
    ])
}

/// An operation's own words below a first line of ours.
pub(super) fn of_operation(op: &Operation, first: &str, method: &str) -> Code {
    let summary = op.summary.as_deref().map_or("", str::trim);
    let description = op.description.as_deref().map_or("", str::trim);
    let first = if summary.is_empty() {
        format!("{first}.")
    } else {
        let is_ended = summary.ends_with(['.', '!', '?']);
        let end = if is_ended { "" } else { "." };
        format!("{first}: {}{end}", inline(summary))
    };
    let description = if description.trim_end_matches('.') == summary.trim_end_matches('.') {
        ""
    } else {
        description
    };
    comment(&[
        vec![first],
        lines(description),
        vec![code(&format!("{method} {}", op.path))],
        media_types(op),
        headers("Headers of the answer:", &op.answers),
        headers("Headers of a failure:", &op.failures),
        deprecated(op.deprecated),
    ])
}

/// How else than by its type an answer can be asked for.
fn media_types(op: &Operation) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(stream) = op.stream() {
        let media_type = code(&stream.media_type);
        notes.push(format!(
            "Comes item by item, as {media_type}, with `stream`."
        ));
    }
    let mut others: Vec<String> = Vec::new();
    for other in op.answers.iter().flat_map(|it| &it.others) {
        let other = code(other);
        if !others.contains(&other) {
            others.push(other);
        }
    }
    if !others.is_empty() {
        let others = others.join(" and ");
        notes.push(format!("Comes as {others} too, with `accept`."));
    }
    joined(&notes)
}

/// What comes beside the body.
fn headers(title: &str, responses: &[Response]) -> Vec<String> {
    let mut listed: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for header in responses.iter().flat_map(|it| &it.headers) {
        let name = header.name.to_ascii_lowercase();
        if !names.contains(&name) {
            listed.push(described(header));
            names.push(name);
        }
    }
    if !listed.is_empty() {
        listed.splice(0..0, [title.to_owned(), String::new()]);
    }
    listed
}

fn described(header: &HeaderObject) -> String {
    let mut facts: Vec<&str> = header.kind.as_deref().into_iter().collect();
    if header.required {
        facts.push("always there");
    }
    if header.deprecated {
        facts.push("deprecated");
    }
    let facts = if facts.is_empty() {
        String::new()
    } else {
        format!(" ({})", inline(&facts.join(", ")))
    };
    let text = inline(header.description.as_deref().unwrap_or_default());
    let text = if text.is_empty() {
        text
    } else {
        format!(": {text}")
    };
    format!("- {}{facts}{text}", code(&header.name))
}

fn deprecated(deprecated: bool) -> Vec<String> {
    if deprecated {
        vec!["Deprecated.".to_owned()]
    } else {
        Vec::new()
    }
}

fn joined(notes: &[String]) -> Vec<String> {
    if notes.is_empty() {
        Vec::new()
    } else {
        vec![notes.join(" ")]
    }
}

/// The name on the wire where nobody would guess it.
pub(super) fn wire_name(wire: &str, name: &str) -> Option<String> {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|it| it.to_ascii_lowercase())
            .collect()
    };
    let is_plain = wire
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'));
    (!is_plain || letters(wire) != letters(name)).then(|| format!("{} on the wire.", code(wire)))
}

/// The bounds of a value in words.
fn constraints(api: &Api, ty: TypeUse) -> Vec<String> {
    let mut notes = Vec::new();
    match &api.ty(ty.id).kind {
        Type::Integer(integer) => bounds(&integer.bounds, &mut notes),
        Type::Number(number) => bounds(&number.bounds, &mut notes),
        Type::String(text) => {
            let unit = match text.format {
                TextFormat::File => "byte",
                _ => "character",
            };
            count(text.min_length, text.max_length, unit, &mut notes);
            if let Some(pattern) = &text.pattern {
                notes.push(format!("Matches {}.", code(pattern)));
            }
        }
        Type::Array(array) => {
            count(array.min_items, array.max_items, "item", &mut notes);
            if array.unique_items {
                notes.push("No item twice.".to_owned());
            }
        }
        Type::Map(map) => count(map.min_properties, map.max_properties, "entry", &mut notes),
        _ => {}
    }
    notes
}

fn bounds(bounds: &Bounds, notes: &mut Vec<String>) {
    let text = |number: &Option<Number>| {
        number
            .as_ref()
            .map(|it| Value::from(it.clone()).to_string())
    };
    let low = text(&bounds.minimum)
        .map(|it| format!("at least {it}"))
        .or_else(|| text(&bounds.exclusive_minimum).map(|it| format!("more than {it}")));
    let high = text(&bounds.maximum)
        .map(|it| format!("at most {it}"))
        .or_else(|| text(&bounds.exclusive_maximum).map(|it| format!("less than {it}")));
    let both: Vec<_> = low.into_iter().chain(high).collect();
    if !both.is_empty() {
        notes.push(capitalised(&both.join(" and ")) + ".");
    }
    if let Some(step) = text(&bounds.multiple_of) {
        notes.push(format!("A multiple of {step}."));
    }
}

fn count(min: Option<u64>, max: Option<u64>, what: &str, notes: &mut Vec<String>) {
    let of = |count: u64| match (count, what) {
        (1, _) => format!("1 {what}"),
        (_, "entry") => format!("{count} entries"),
        _ => format!("{count} {what}s"),
    };
    match (min.filter(|it| *it > 0), max) {
        (Some(min), Some(max)) if min == max => notes.push(format!("Exactly {}.", of(min))),
        (Some(min), Some(max)) => notes.push(format!("{min} to {}.", of(max))),
        (Some(min), None) => notes.push(format!("At least {}.", of(min))),
        (None, Some(max)) => notes.push(format!("At most {}.", of(max))),
        (None, None) => {}
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().to_string() + characters.as_str())
        .unwrap_or_default()
}
