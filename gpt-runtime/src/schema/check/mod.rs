//! The check of arguments against their schema.
//!
//! Values are borrowed until one is to be changed: most calls are as described, and most of a
//! typed call is only looked at.

mod object;
mod path;
mod scalar;
mod union;
mod values;

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Caller, Flat, Violation,
    compiled::Compiled,
    node::{Keywords, Kind, Schema},
};
use path::Path;
use values::{count, integral, wrong_kind};

/// The schemas that are tried on each value, on average. Unions that hold themselves can ask for
/// more without end.
const STEPS: u32 = 20;

/// The schemas that can be tried even on few values.
const FIRST_STEPS: u32 = 20_000;

/// How deep schemas may lie in each other on the way to a value.
const DEPTH: u32 = 200;

/// Checks the arguments of a tool.
pub(super) fn check(
    compiled: &Compiled,
    tool: &str,
    arguments: &mut Flat<'_>,
    caller: Caller,
) -> Result<(), Vec<Violation>> {
    let values = arguments.iter().map(|(_, value)| count(value));
    let values = values.fold(1, u32::saturating_add);
    let mut checker = Checker {
        compiled,
        tool,
        caller,
        steps: STEPS.saturating_mul(values).saturating_add(FIRST_STEPS),
        is_exhausted: false,
        depth: 0,
        violations: Vec::new(),
    };
    checker.arguments(&compiled.schema, arguments);
    if checker.is_exhausted {
        let message = "are too long or too deep to be checked: send less at once";
        checker.report(&Path::Root, message);
    }
    if checker.violations.is_empty() {
        Ok(())
    } else {
        Err(checker.violations)
    }
}

struct Checker<'a> {
    compiled: &'a Compiled,
    tool: &'a str,
    caller: Caller,
    /// What may still be tried.
    steps: u32,
    is_exhausted: bool,
    depth: u32,
    violations: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, path: &Path<'_>, message: impl Into<String>) {
        let path = path.to_text();
        let mut message = message.into();
        if path.is_empty() {
            message.insert_str(0, "the arguments ");
        }
        self.violations.push(Violation { path, message });
    }

    /// The arguments as a whole, which are not one value yet.
    fn arguments(&mut self, schema: &'a Schema, arguments: &mut Flat<'_>) {
        match schema {
            Schema::Keywords(keywords) if keywords.is_plain_object() => {
                self.flat(&Path::Root, &keywords.object, arguments);
            }
            _ => {
                let properties = std::mem::take(arguments).into_iter();
                let properties =
                    properties.map(|(name, value)| (name.into_owned(), value.into_owned()));
                let mut whole = Cow::Owned(Value::Object(properties.collect()));
                self.value(&Path::Root, schema, &mut whole);
                if let Value::Object(whole) = whole.into_owned() {
                    let owned = |(name, value)| (Cow::Owned(name), Cow::Owned(value));
                    *arguments = whole.into_iter().map(owned).collect();
                }
            }
        }
    }

    fn value(&mut self, path: &Path<'_>, schema: &'a Schema, value: &mut Cow<'_, Value>) {
        self.is_exhausted |= self.steps == 0 || self.depth >= DEPTH;
        if self.is_exhausted {
            return;
        }
        self.steps -= 1;
        self.depth += 1;
        match schema {
            Schema::Any => {}
            Schema::Never => self.report(path, "has no place here: leave it out"),
            Schema::Keywords(keywords) => {
                if keywords.reference.is_some() {
                    self.value(path, self.compiled.resolve(schema), value);
                }
                self.described(path, keywords, value);
            }
        }
        self.depth -= 1;
    }

    fn described(&mut self, path: &Path<'_>, keywords: &'a Keywords, value: &mut Cow<'_, Value>) {
        if !self.kind(path, &keywords.kinds, value) {
            return;
        }
        if let Some(choices) = &keywords.choices {
            self.choice(path, choices, value);
        }
        match &**value {
            Value::Number(number) => self.number(path, &keywords.number, number),
            Value::String(text) => self.text(path, &keywords.text, text),
            Value::Array(_) => self.items(path, &keywords.array, value),
            Value::Object(_) => self.properties(path, &keywords.object, value),
            Value::Null | Value::Bool(_) => {}
        }
        for schema in &keywords.all_of {
            self.value(path, schema, value);
        }
        for variants in &keywords.unions {
            self.any_of(path, variants, value);
        }
    }

    /// Whether the value is of the type; reported where it is not.
    fn kind(&mut self, path: &Path<'_>, kinds: &[Kind], value: &mut Cow<'_, Value>) -> bool {
        if kinds.is_empty() {
            return true;
        }
        if kinds.contains(&Kind::Integer)
            && let Some(integer) = integral(value)
        {
            *value = Cow::Owned(integer);
        }
        if kinds.iter().any(|kind| kind.takes(value)) {
            return true;
        }
        self.report(path, wrong_kind(kinds, value));
        false
    }
}

/// Puts what has changed, by its position, in the place of what was there. Only the rest is copied,
/// so that a change deep inside does not copy everything around it again and again.
fn put(value: &mut Cow<'_, Value>, changes: Vec<(usize, Value)>) {
    if changes.is_empty() {
        return;
    }
    let mut changes = changes.into_iter().peekable();
    let mut part = |(position, part): (usize, &Value)| {
        let found = changes.next_if(|(it, _)| *it == position);
        found.map_or_else(|| part.clone(), |(_, changed)| changed)
    };
    let whole = match &**value {
        Value::Array(items) => items.iter().enumerate().map(part).collect(),
        Value::Object(properties) => properties
            .iter()
            .enumerate()
            .map(|(position, (name, value))| (name.clone(), part((position, value))))
            .collect(),
        _ => return,
    };
    *value = Cow::Owned(whole);
}
