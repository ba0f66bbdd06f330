//! What the schema of a tool says about each argument, in one shape.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::words;
use crate::model::ToolDefinition;

/// Schemas refer to each other; this many steps are followed.
const DEPTH: usize = 8;

/// One argument of a tool.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    /// All descriptions on the way to its type.
    pub(super) description: String,
    pub(super) required: bool,
    /// Whether it takes several values.
    pub(super) is_list: bool,
    pub(super) kind: Kind,
    pub(super) pattern: Option<regress::Regex>,
    pub(super) least: Option<f64>,
    pub(super) most: Option<f64>,
    /// Values of text that the document gives as examples.
    pub(super) examples: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    Moment,
    Choice(Vec<Choice>),
    /// Something that no sentence spells.
    Other,
}

/// A value of an enumeration.
#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) value: Value,
    /// The value as text.
    pub(super) text: String,
    /// What the description calls it, such as `Florida` for `FL`.
    pub(super) meanings: Vec<String>,
}

impl Argument {
    /// The words of its name.
    pub(super) fn words(&self) -> Vec<String> {
        words::split(&self.name)
    }

    /// A value as a call takes it, if it fits.
    pub(super) fn accept(&self, value: &Value) -> Option<Value> {
        let accepted = self.accept_one(value)?;
        Some(if self.is_list {
            Value::Array(vec![accepted])
        } else {
            accepted
        })
    }

    /// One value or item, if it fits.
    pub(super) fn accept_one(&self, value: &Value) -> Option<Value> {
        match &self.kind {
            Kind::Text | Kind::Date | Kind::Moment => {
                let text = match value {
                    Value::String(text) => Cow::Borrowed(text.as_str()),
                    Value::Number(number) => Cow::Owned(number.to_string()),
                    _ => return None,
                };
                let fits = match &self.pattern {
                    Some(pattern) => pattern.find(&text).is_some(),
                    None => !text.is_empty(),
                };
                fits.then(|| Value::from(text))
            }
            Kind::Integer | Kind::Number => {
                let number = match value {
                    Value::Number(number) => number.as_f64()?,
                    Value::String(text) => text.trim().parse().ok()?,
                    _ => return None,
                };
                self.number(number)
            }
            Kind::Boolean => value.as_bool().map(Value::Bool),
            Kind::Choice(choices) => choices
                .iter()
                .find(|choice| choice.value == *value || value.as_str() == Some(&choice.text))
                .map(|choice| choice.value.clone()),
            Kind::Other => value.is_object().then(|| value.clone()),
        }
    }

    /// A number as the argument takes it, if it fits.
    pub(super) fn number(&self, number: f64) -> Option<Value> {
        let in_bounds = self.least.is_none_or(|least| number >= least)
            && self.most.is_none_or(|most| number <= most);
        if !in_bounds {
            return None;
        }
        // Beyond 2^53 not every integer is a number of this kind.
        let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        match self.kind {
            Kind::Integer | Kind::Number if is_whole => {
                format!("{number:.0}").parse::<i64>().ok().map(Value::from)
            }
            Kind::Number => serde_json::Number::from_f64(number).map(Value::Number),
            _ => None,
        }
    }
}

/// The arguments of a tool, in the order of its schema.
pub(super) fn read(tool: &ToolDefinition) -> Vec<Argument> {
    let root = &tool.parameters;
    let required = root.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|names| names.iter().any(|known| known.as_str() == Some(name)))
    };
    root.get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, schema)| argument(name, schema, root, is_required(name)))
        .collect()
}

fn argument(name: &str, schema: &Value, root: &Value, required: bool) -> Argument {
    let mut descriptions = Vec::new();
    let mut schema = resolve(schema, root, &mut descriptions);
    let is_list = has_type(&schema, "array");
    if is_list {
        let items = schema.get("items").cloned().unwrap_or_default();
        schema = resolve(&items, root, &mut descriptions);
    }
    let description = descriptions.join(" ");
    let mut examples = quotations(&description);
    examples.extend(
        schema
            .get("examples")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .chain(schema.get("example"))
            .filter_map(|example| example.as_str().map(str::to_owned)),
    );
    let bound = |names: [&str; 2]| {
        let mut values = names.iter().filter_map(|name| schema.get(*name)?.as_f64());
        values.next()
    };
    Argument {
        name: name.to_owned(),
        required,
        is_list,
        kind: kind(&schema, &description),
        pattern: schema
            .get("pattern")
            .and_then(Value::as_str)
            .and_then(|pattern| regress::Regex::with_flags(pattern, "u").ok()),
        least: bound(["minimum", "exclusiveMinimum"]),
        most: bound(["maximum", "exclusiveMaximum"]),
        examples,
        description,
    }
}

/// Follows references and combinations to the schema that says the type.
fn resolve(schema: &Value, root: &Value, descriptions: &mut Vec<String>) -> Map<String, Value> {
    let mut current = schema.clone();
    let mut found = Map::new();
    for _ in 0..DEPTH {
        let Value::Object(object) = current else {
            break;
        };
        if let Some(text) = object.get("description").and_then(Value::as_str)
            && !descriptions.iter().any(|known| known == text)
        {
            descriptions.push(text.to_owned());
        }
        let next = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| root.pointer(reference.strip_prefix('#')?))
            .or_else(|| {
                let variants = ["anyOf", "oneOf", "allOf"]
                    .iter()
                    .find_map(|key| object.get(*key)?.as_array())?;
                variants
                    .iter()
                    .find(|variant| variant.get("type").and_then(Value::as_str) != Some("null"))
            })
            .cloned();
        // What stands nearer to the argument is more specific.
        for (key, value) in object {
            found.entry(key).or_insert(value);
        }
        let Some(next) = next else { break };
        current = next;
    }
    found
}

fn has_type(schema: &Map<String, Value>, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == wanted,
        Some(Value::Array(names)) => names.iter().any(|name| name.as_str() == Some(wanted)),
        _ => false,
    }
}

fn kind(schema: &Map<String, Value>, description: &str) -> Kind {
    let values = match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => std::slice::from_ref(value),
        (None, Some(Value::Array(values))) => values.as_slice(),
        _ => &[],
    };
    let texts: Vec<(Value, String)> = values
        .iter()
        .filter_map(|value| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((value.clone(), text))
        })
        .collect();
    if !texts.is_empty() {
        let choices = texts.into_iter().map(|(value, text)| Choice {
            meanings: meanings(&text, description),
            value,
            text,
        });
        return Kind::Choice(choices.collect());
    }
    let format = schema.get("format").and_then(Value::as_str);
    match format {
        _ if has_type(schema, "integer") => Kind::Integer,
        _ if has_type(schema, "number") => Kind::Number,
        _ if has_type(schema, "boolean") => Kind::Boolean,
        _ if has_type(schema, "object") || has_type(schema, "array") => Kind::Other,
        Some("date") => Kind::Date,
        Some("date-time") => Kind::Moment,
        _ => Kind::Text,
    }
}

/// What a description calls a value: `FL: Florida`, `FL = Florida`, `FL (Florida)`, `Florida (FL)`.
fn meanings(value: &str, description: &str) -> Vec<String> {
    let mut meanings = Vec::new();
    for (at, _) in description.match_indices(value) {
        let before = description.get(..at).unwrap_or_default();
        let after = description.get(at + value.len()..).unwrap_or_default();
        if before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let after = after.trim_start_matches(['"', '\'', '`']);
        let follows = [": ", " = ", "=", " (", " - ", " – ", " — ", " means "]
            .iter()
            .find_map(|separator| after.strip_prefix(separator));
        let named = before.trim_end_matches(['"', '\'', '`']).strip_suffix('(');
        let phrase = match (follows, named) {
            (_, Some(named)) if after.starts_with(')') => last_words(named),
            (Some(follows), _) => first_words(follows),
            _ => continue,
        };
        // `Fahrenheit and miles per hour` names two things.
        let parts = phrase.split(" and ").flat_map(|part| part.split(" or "));
        meanings.extend(
            parts
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty()),
        );
    }
    meanings
}

/// A phrase up to where the next thing begins.
fn first_words(text: &str) -> &str {
    let end = text.find([',', ';', '(', ')', '\n']).unwrap_or(text.len());
    let phrase = text.get(..end).unwrap_or_default();
    let sentence = phrase.match_indices(". ").find(|(at, _)| {
        // The point of `St. Clair` ends no sentence.
        let word = phrase.get(..*at).unwrap_or_default();
        word.rsplit(' ').next().is_some_and(|word| word.len() > 3)
    });
    let end = sentence.map_or(phrase.len(), |(at, _)| at);
    phrase.get(..end).unwrap_or_default().trim_end_matches('.')
}

/// The capitalised words, or the one word, before a parenthesis.
fn last_words(text: &str) -> &str {
    let text = text.trim_end();
    let start = text
        .rfind([',', ';', ':', '(', '\n'])
        .map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default().trim()
}

/// Texts in quotation marks.
fn quotations(text: &str) -> Vec<String> {
    words::tokens(text)
        .into_iter()
        .filter(|token| token.kind == words::Kind::Quoted)
        .map(|token| token.text)
        .collect()
}
