//! The check of arguments against their schema.

mod keywords;
mod object;
mod scalar;
mod union;

use std::fmt::Write;

use serde_json::{Map, Value};

use super::{Caller, Violation, compiled::Compiled};
use keywords::{Keywords, integral, is_kind, kinds, schemas, wrong_kind};

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
    arguments: &mut Map<String, Value>,
    caller: Caller,
) -> Result<(), Vec<Violation>> {
    let mut whole = Value::Object(std::mem::take(arguments));
    let mut checker = Checker {
        compiled,
        tool,
        caller,
        steps: STEPS
            .saturating_mul(count(&whole))
            .saturating_add(FIRST_STEPS),
        is_exhausted: false,
        depth: 0,
        path: Vec::new(),
        violations: Vec::new(),
    };
    checker.value(&compiled.whole, &mut whole);
    if let Value::Object(whole) = whole {
        *arguments = whole;
    }
    if checker.is_exhausted {
        checker.path.clear();
        checker.report("are too long or too deep to be checked: send less at once");
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
    path: Vec<Segment>,
    violations: Vec<Violation>,
}

enum Segment {
    Property(String),
    Item(usize),
    /// The name of a property, not what is in it.
    Name(String),
}

impl<'a> Checker<'a> {
    fn report(&mut self, message: impl Into<String>) {
        let mut path = String::new();
        for segment in &self.path {
            // Writing into a `String` cannot fail.
            let _ = match segment {
                Segment::Property(name) if path.is_empty() => write!(path, "{name}"),
                Segment::Property(name) => write!(path, ".{name}"),
                Segment::Item(index) => write!(path, "[{index}]"),
                Segment::Name(name) => write!(path, "{{{name}}}"),
            };
        }
        let mut message = message.into();
        if path.is_empty() {
            message.insert_str(0, "the arguments ");
        }
        self.violations.push(Violation { path, message });
    }

    fn report_at(&mut self, segment: Segment, message: impl Into<String>) {
        self.path.push(segment);
        self.report(message);
        self.path.pop();
    }

    fn inside(&mut self, segment: Segment, schema: &'a Value, value: &mut Value) {
        self.path.push(segment);
        self.value(schema, value);
        self.path.pop();
    }

    fn value(&mut self, schema: &'a Value, value: &mut Value) {
        self.is_exhausted |= self.steps == 0 || self.depth >= DEPTH;
        if self.is_exhausted {
            return;
        }
        self.steps -= 1;
        self.depth += 1;
        self.described(schema, value);
        self.depth -= 1;
    }

    fn described(&mut self, schema: &'a Value, value: &mut Value) {
        let object = match schema {
            Value::Bool(false) => return self.report("has no place here: leave it out"),
            Value::Object(object) => object,
            _ => return,
        };
        let object = &Keywords::of(object);
        if object.reference.is_some() {
            self.value(self.compiled.resolve(schema), value);
        }
        if !self.kind(object, value) {
            return;
        }
        self.choice(object, value);
        match value {
            Value::Number(number) => self.number(object, number),
            Value::String(text) => self.text(object, text),
            Value::Array(items) => self.items(object, items),
            Value::Object(properties) => self.properties(object, properties),
            Value::Null | Value::Bool(_) => {}
        }
        for schema in schemas(object.all_of) {
            self.value(schema, value);
        }
        for variants in [object.any_of, object.one_of] {
            if let Some(Value::Array(variants)) = variants {
                self.any_of(variants, value);
            }
        }
    }

    /// Whether the value is of the type; reported where it is not.
    fn kind(&mut self, schema: &Keywords<'_>, value: &mut Value) -> bool {
        let kinds = kinds(schema);
        if kinds.clone().next().is_none() {
            return true;
        }
        if value.is_f64()
            && kinds.clone().any(|it| it == "integer")
            && let Some(integer) = integral(value)
        {
            *value = integer;
        }
        if kinds.clone().any(|kind| is_kind(value, kind)) {
            return true;
        }
        let message = wrong_kind(&kinds.collect::<Vec<_>>(), value);
        self.report(message);
        false
    }
}

/// The values in a value, itself included.
fn count(value: &Value) -> u32 {
    match value {
        Value::Array(items) => items.iter().map(count).fold(1, u32::saturating_add),
        Value::Object(properties) => properties.values().map(count).fold(1, u32::saturating_add),
        _ => 1,
    }
}
