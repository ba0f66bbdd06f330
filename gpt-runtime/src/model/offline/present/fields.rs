//! The fields of an object, flat and in words.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::moment;
use crate::model::offline::words;

/// A field that can be shown.
#[derive(Debug)]
pub(super) struct Field {
    /// Its key in words.
    pub(super) label: String,
    pub(super) text: String,
    pub(super) moment: Option<OffsetDateTime>,
    pub(super) is_boolean: bool,
    pub(super) is_list: bool,
    /// Whether it is meant for programs, such as an address or a mark of the format.
    pub(super) is_technical: bool,
}

/// Objects that only hold what belongs to the object around them.
const WRAPPERS: &[&str] = &["properties", "attributes", "fields"];
const TITLES: &[&str] = &[
    "headline",
    "title",
    "display name",
    "full name",
    "name",
    "event",
    "label",
    "subject",
];
const BODIES: &[&str] = &[
    "detailed forecast",
    "description",
    "summary",
    "short forecast",
    "text description",
    "text",
    "message",
    "body",
    "detail",
    "content",
    "abstract",
    "excerpt",
    "comment",
];
const DEPTH: usize = 3;

/// The fields of a value with those of the objects within it.
pub(super) fn read(value: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    match value {
        Value::Object(object) => collect(object, "", DEPTH, &mut found),
        other => push("value", "value", other, &mut found),
    }
    join_units(found)
}

/// `temperature: 44` beside `temperatureUnit: F` is `temperature: 44 F`.
fn join_units(mut fields: Vec<Field>) -> Vec<Field> {
    let is_unit = |field: &Field| {
        let of = field.label.strip_suffix(" unit")?;
        Some((of.to_owned(), field.text.clone()))
    };
    let units: Vec<(String, String)> = fields.iter().filter_map(is_unit).collect();
    for (of, unit) in units {
        if let Some(field) = fields.iter_mut().find(|field| field.label == of) {
            field.text = format!("{} {unit}", field.text);
            fields.retain(|field| field.label.strip_suffix(" unit") != Some(&of));
        }
    }
    fields
}

/// What names an object, and what says most about it.
pub(super) fn title_and_body(fields: &[Field]) -> (Option<&Field>, Option<&Field>) {
    let find = |labels: &[&str]| {
        labels.iter().find_map(|label| {
            let is_it = |field: &&Field| field.label == *label && !field.is_technical;
            fields.iter().find(is_it)
        })
    };
    let title = find(TITLES);
    let is_title = |body: &&Field| title.is_some_and(|title| std::ptr::eq(title, *body));
    let body = find(BODIES).filter(|body| !is_title(body));
    (title, body)
}

fn collect(object: &Map<String, Value>, within: &str, depth: usize, found: &mut Vec<Field>) {
    for (key, value) in object {
        let words = words::split(key).join(" ");
        let label = match within {
            _ if words.is_empty() => continue,
            "" => words,
            within => format!("{within} {words}"),
        };
        if key.starts_with(['@', '_', '$']) {
            continue;
        }
        match value {
            Value::Object(inner) => {
                if is_quantity(inner) {
                    found.extend(quantity(inner).map(|text| plain(key, label, text)));
                } else if depth > 0 && !inner.contains_key("coordinates") {
                    let is_wrapper = WRAPPERS.contains(&key.as_str());
                    let within = if is_wrapper { within } else { &label };
                    collect(inner, within, depth - 1, found);
                }
            }
            value => push(key, &label, value, found),
        }
    }
}

fn push(key: &str, label: &str, value: &Value, found: &mut Vec<Field>) {
    const ITEMS: usize = 8;
    let text = match value {
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(scalar).take(ITEMS).collect();
            let more = if items.len() > ITEMS { " …" } else { "" };
            texts.join(", ") + more
        }
        other => scalar(other).unwrap_or_default(),
    };
    if text.trim().is_empty() {
        return;
    }
    let (is_boolean, is_list) = (value.is_boolean(), value.is_array());
    found.push(match moment(&text) {
        Some((moment, text)) => Field {
            moment: Some(moment),
            ..plain(key, label.to_owned(), text)
        },
        None => Field {
            is_boolean,
            is_list,
            ..plain(key, label.to_owned(), text)
        },
    });
}

fn plain(key: &str, label: String, text: String) -> Field {
    let is_address = ["http://", "https://", "urn:"]
        .iter()
        .any(|it| text.starts_with(it));
    Field {
        is_technical: is_address || matches!(key, "type" | "number" | "index"),
        label,
        text,
        moment: None,
        is_boolean: false,
        is_list: false,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(decimal(number)),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        _ => None,
    }
}

/// `{"value": 12.2, "unitCode": "wmoUnit:degC"}`
fn is_quantity(object: &Map<String, Value>) -> bool {
    object.contains_key("value") && unit(object).is_some()
}

/// `12.2 °C`; nothing where there is no value.
fn quantity(object: &Map<String, Value>) -> Option<String> {
    let value = scalar(object.get("value")?)?;
    let unit = unit(object)?;
    let unit = match unit.rsplit(':').next().unwrap_or(unit) {
        "degC" => "°C",
        "degF" => "°F",
        "percent" => "%",
        "degree_(angle)" => "°",
        other => other,
    };
    // `km_h-1` is how the WMO spells km/h.
    let unit = match unit
        .strip_suffix("-1")
        .and_then(|unit| unit.split_once('_'))
    {
        Some((of, per)) => format!("{of}/{per}"),
        None => unit.to_owned(),
    };
    Some(format!("{value} {unit}"))
}

fn unit(object: &Map<String, Value>) -> Option<&str> {
    let keys = ["unitCode", "unit", "units", "currency"];
    keys.iter().find_map(|key| object.get(*key)?.as_str())
}

/// A number without the digits that only computing made.
fn decimal(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let text = format!("{float:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => number.to_string(),
    }
}
