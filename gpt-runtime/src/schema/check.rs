//! The check of arguments against their schema.

use std::{collections::HashSet, fmt::Write};

use serde_json::{Map, Number, Value};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{
    Caller, Violation,
    compiled::Compiled,
    words::{excerpt, kind, list, nearest},
};
use crate::data::{Base64, Data, SetInteger, SetText};

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
        if object.contains_key("$ref") {
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
        for schema in schemas(object, "allOf") {
            self.value(schema, value);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(variants)) = object.get(keyword) {
                self.any_of(variants, value);
            }
        }
    }

    /// Whether the value is of the type; reported where it is not.
    fn kind(&mut self, schema: &Map<String, Value>, value: &mut Value) -> bool {
        let kinds = kinds(schema);
        if kinds.is_empty() {
            return true;
        }
        if kinds.contains(&"integer")
            && let Some(integer) = integral(value)
        {
            *value = integer;
        }
        if kinds.iter().any(|kind| is_kind(value, kind)) {
            return true;
        }
        let message = wrong_kind(&kinds, value);
        self.report(message);
        false
    }

    /// `enum` and `const`.
    fn choice(&mut self, schema: &Map<String, Value>, value: &mut Value) {
        let values: Vec<&Value> = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => return,
        };
        // A typed call holds a value its type knows, or one it was given on purpose.
        if self.caller == Caller::Code || values.iter().any(|it| same(it, value)) {
            return;
        }
        let texts = || values.iter().filter_map(|it| it.as_str());
        let mut suggestion = None;
        if let Value::String(text) = value {
            // Some providers do not hold models to the case of an enum's values.
            let mut alike = texts().filter(|it| it.eq_ignore_ascii_case(text));
            if let (Some(only), None) = (alike.next(), alike.next()) {
                only.clone_into(text);
                return;
            }
            suggestion = nearest(text, texts()).filter(|_| values.len() > 1);
        }
        let mut message = match values.as_slice() {
            [only] => format!("must be {}, not {}", excerpt(only), excerpt(value)),
            _ => format!(
                "{} is not one of {}",
                excerpt(value),
                list(values.iter().copied())
            ),
        };
        if let Some(suggestion) = suggestion {
            let _ = write!(message, "; did you mean {}?", Value::from(suggestion));
        }
        self.report(message);
    }

    fn number(&mut self, schema: &Map<String, Value>, number: &Number) {
        type Holds = fn(std::cmp::Ordering) -> bool;
        let bounds: [(&str, &str, Holds); 4] = [
            ("minimum", "at least", std::cmp::Ordering::is_ge),
            ("maximum", "at most", std::cmp::Ordering::is_le),
            (
                "exclusiveMinimum",
                "greater than",
                std::cmp::Ordering::is_gt,
            ),
            ("exclusiveMaximum", "less than", std::cmp::Ordering::is_lt),
        ];
        for (keyword, words, holds) in bounds {
            if let Some(Value::Number(bound)) = schema.get(keyword)
                && !compare(number, bound).is_some_and(holds)
            {
                self.report(format!(
                    "{number} is out of range: it must be {words} {bound}"
                ));
            }
        }
        if let Some(Value::Number(step)) = schema.get("multipleOf")
            && !is_multiple(number, step)
        {
            self.report(format!("{number} is not a multiple of {step}"));
        }
        let format = schema.get("format").and_then(Value::as_str);
        if let (Some(format), Some(integer)) = (format, integer(number)) {
            let set = match format {
                "int32" => i32::blank().set(integer),
                "int64" => i64::blank().set(integer),
                "uint32" => u32::blank().set(integer),
                "uint64" => u64::blank().set(integer),
                _ => return,
            };
            if let Err(expected) = set {
                self.report(format!("{number} is not {expected}"));
            }
        }
    }

    fn text(&mut self, schema: &Map<String, Value>, text: &str) {
        self.size(
            schema,
            ("minLength", "maxLength"),
            text.chars().count(),
            ("character", "characters"),
        );
        if let Some(Value::String(pattern)) = schema.get("pattern")
            && let Some(false) = self
                .compiled
                .pattern(pattern)
                .and_then(|it| it.matches(text))
        {
            self.report(format!(
                "{} does not match the pattern `{pattern}`",
                excerpt(&text.into())
            ));
        }
        let format = match schema.get("contentEncoding") {
            Some(encoding) if encoding == "base64" => Some("byte"),
            _ => schema.get("format").and_then(Value::as_str),
        };
        let set = match format {
            Some("date") => Date::blank().set(text),
            Some("date-time") => OffsetDateTime::blank().set(text),
            Some("uuid") => Uuid::blank().set(text),
            Some("byte") => Base64::blank().set(text),
            _ => return,
        };
        if let Err(expected) = set {
            self.report(format!("{} is not {expected}", excerpt(&text.into())));
        }
    }

    fn items(&mut self, schema: &'a Map<String, Value>, items: &mut [Value]) {
        self.size(
            schema,
            ("minItems", "maxItems"),
            items.len(),
            ("item", "items"),
        );
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            let mut seen = HashSet::new();
            if let Some(twice) = items.iter().find(|item| !seen.insert(canonical(item))) {
                self.report(format!("holds {} twice", excerpt(twice)));
            }
        }
        let first = schemas(schema, "prefixItems");
        let rest = schema.get("items");
        for (index, item) in items.iter_mut().enumerate() {
            if let Some(schema) = first.get(index).or(rest) {
                self.inside(Segment::Item(index), schema, item);
            }
        }
    }

    fn properties(&mut self, schema: &'a Map<String, Value>, properties: &mut Map<String, Value>) {
        let described = schema.get("properties").and_then(Value::as_object);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        // Where a provider makes models write every property, `null` means none.
        properties.retain(|name, value| {
            !value.is_null()
                || required.contains(&name.as_str())
                || described
                    .and_then(|it| it.get(name))
                    .is_none_or(|it| self.takes_null(it, 0))
        });
        for name in &required {
            if !properties.contains_key(*name) {
                let schema = described.and_then(|it| it.get(*name));
                let description = schema
                    .and_then(|it| it.get("description"))
                    .or_else(|| self.compiled.resolve(schema?).get("description"))
                    .and_then(Value::as_str);
                let message = match description {
                    Some(text) => format!("is missing: {}", text.trim()),
                    None => "is missing".to_owned(),
                };
                self.report_at(Segment::Property((*name).to_owned()), message);
            }
        }
        self.size(
            schema,
            ("minProperties", "maxProperties"),
            properties.len(),
            ("property", "properties"),
        );
        let others = schema.get("additionalProperties");
        for (name, value) in properties.iter_mut() {
            let segment = || Segment::Property(name.clone());
            match (described.and_then(|it| it.get(name)), others) {
                (None, Some(Value::Bool(false))) if self.caller == Caller::Code => {}
                (None, Some(Value::Bool(false))) => {
                    let message = self.unknown(name, described);
                    self.report_at(segment(), message);
                }
                (Some(schema), _) | (None, Some(schema)) => self.inside(segment(), schema, value),
                (None, None) => {}
            }
        }
    }

    fn unknown(&self, name: &str, described: Option<&Map<String, Value>>) -> String {
        let names: Vec<&str> = described
            .map(|it| it.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let place = if self.path.is_empty() {
            format!("is not an argument of {}", self.tool)
        } else {
            "is not a property here".to_owned()
        };
        match (nearest(name, names.iter().copied()), names.as_slice()) {
            (Some(near), _) => format!("{place}; did you mean `{near}`?"),
            (None, []) => format!("{place}: there are none"),
            (None, names) => format!("{place}: there is `{}`", names.join("`, `")),
        }
    }

    fn size(
        &mut self,
        schema: &Map<String, Value>,
        (least, most): (&str, &str),
        size: usize,
        unit: (&str, &str),
    ) {
        let bound = |keyword| schema.get(keyword).and_then(Value::as_u64);
        let size = size as u64;
        let unit = if size == 1 { unit.0 } else { unit.1 };
        if let Some(least) = bound(least)
            && size < least
        {
            self.report(format!("has {size} {unit}; it must have at least {least}"));
        }
        if let Some(most) = bound(most)
            && size > most
        {
            self.report(format!("has {size} {unit}; it must have at most {most}"));
        }
    }

    /// The value becomes what the first variant that fits makes of it.
    fn any_of(&mut self, variants: &'a [Value], value: &mut Value) {
        let candidates: Vec<&Value> = variants
            .iter()
            .filter(|variant| self.may_be(variant, value))
            .collect();
        if candidates.is_empty() {
            return self.no_candidate(variants, value);
        }
        let mut nearest: Option<Vec<Violation>> = None;
        let outer = std::mem::take(&mut self.violations);
        for candidate in &candidates {
            let mut attempt = value.clone();
            self.value(candidate, &mut attempt);
            let found = std::mem::take(&mut self.violations);
            if found.is_empty() {
                self.violations = outer;
                *value = attempt;
                return;
            }
            if nearest.as_ref().is_none_or(|it| found.len() < it.len()) {
                nearest = Some(found);
            }
        }
        self.violations = outer;
        if candidates.len() > 1 {
            self.report(format!(
                "fits none of {} alternatives; this is what the nearest lacks",
                candidates.len()
            ));
        }
        self.violations.extend(nearest.unwrap_or_default());
    }

    /// Whether type and tag of a variant speak for it.
    fn may_be(&self, variant: &'a Value, value: &Value) -> bool {
        let Some(schema) = self.compiled.resolve(variant).as_object() else {
            return variant != &Value::Bool(false);
        };
        let kinds = kinds(schema);
        let is_integral = kinds.contains(&"integer") && integral(value).is_some();
        if !kinds.is_empty() && !is_integral && !kinds.iter().any(|kind| is_kind(value, kind)) {
            return false;
        }
        let Value::Object(properties) = value else {
            return true;
        };
        tags(self.compiled, schema)
            .all(|(name, tag)| properties.get(name).is_none_or(|it| it == tag))
    }

    fn no_candidate(&mut self, variants: &'a [Value], value: &Value) {
        let schemas: Vec<&Map<String, Value>> = variants
            .iter()
            .filter_map(|it| self.compiled.resolve(it).as_object())
            .collect();
        let tagged: Vec<(&String, &Value)> = schemas
            .iter()
            .flat_map(|schema| tags(self.compiled, schema))
            .collect();
        // The property that tells the variants apart is the one that was not understood.
        if let Value::Object(properties) = value
            && let Some((name, _)) = tagged.first()
            && let Some(found) = properties.get(*name)
        {
            let values: Vec<&Value> = tagged
                .iter()
                .filter(|(it, _)| it == name)
                .map(|(_, value)| *value)
                .collect();
            let message = format!(
                "{} is not one of {}",
                excerpt(found),
                list(values.iter().copied())
            );
            return self.report_at(Segment::Property((*name).clone()), message);
        }
        let mut all: Vec<&str> = Vec::new();
        for kind in schemas.iter().flat_map(|it| kinds(it)) {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
        let message = wrong_kind(&all, value);
        self.report(message);
    }

    fn takes_null(&self, schema: &Value, depth: u32) -> bool {
        let Some(object) = self.compiled.resolve(schema).as_object() else {
            return schema != &Value::Bool(false);
        };
        let kinds = kinds(object);
        let among = |keyword| {
            object.get(keyword).is_none_or(|it| match it {
                Value::Array(values) => values.contains(&Value::Null),
                value => value.is_null(),
            })
        };
        let of_variants = |keyword| {
            let variants = schemas(object, keyword);
            variants.is_empty()
                || depth > 16
                || variants.iter().any(|it| self.takes_null(it, depth + 1))
        };
        (kinds.is_empty() || kinds.contains(&"null"))
            && among("enum")
            && among("const")
            && of_variants("anyOf")
            && of_variants("oneOf")
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

fn schemas<'a>(schema: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    match schema.get(keyword) {
        Some(Value::Array(schemas)) => schemas,
        _ => &[],
    }
}

fn kinds(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The properties that can have one value only.
fn tags<'a>(
    compiled: &'a Compiled,
    schema: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let schema = compiled.resolve(schema);
            let only = schema.get("const").or_else(|| match schema.get("enum") {
                Some(Value::Array(values)) if values.len() == 1 => values.first(),
                _ => None,
            });
            Some((name, only?))
        })
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn wrong_kind(kinds: &[&str], value: &Value) -> String {
    let expected: Vec<&str> = kinds
        .iter()
        .map(|kind| match *kind {
            "boolean" => "true or false",
            "number" => "a number",
            "integer" => "an integer",
            "string" => "text",
            "array" => "an array",
            "object" => "an object",
            other => other,
        })
        .collect();
    let mut message = format!("must be {}, not ", expected.join(" or "));
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => message.push_str(kind(value)),
        scalar => message.push_str(&excerpt(scalar)),
    }
    let wants = |kind| kinds.contains(&kind);
    if let Value::String(text) = value
        && let Ok(unquoted) = serde_json::from_str::<Value>(text)
        && kinds
            .iter()
            .any(|kind| *kind != "null" && is_kind(&unquoted, kind))
    {
        let _ = write!(message, ": write {} without quotes", excerpt(&unquoted));
    } else if wants("string") && (value.is_number() || value.is_boolean()) {
        let _ = write!(message, ": write \"{value}\"");
    } else if wants("array") && !value.is_null() {
        let _ = write!(message, ": write [{}]", excerpt(value));
    }
    message
}

/// An integer that was written with a fraction of zero.
#[allow(
    clippy::cast_possible_truncation,
    reason = "an integer of this size is exact"
)]
fn integral(value: &Value) -> Option<Value> {
    let float = value.as_f64().filter(|_| value.is_f64())?;
    (float.fract() == 0.0 && float.abs() < 9e15).then(|| Value::from(float as i64))
}

fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn compare(left: &Number, right: &Number) -> Option<std::cmp::Ordering> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// `1` and `1.0` are the same number in JSON Schema.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            compare(left, right) == Some(std::cmp::Ordering::Equal)
        }
        _ => left == right,
    }
}

fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (integer(number), integer(step)) {
        return step == 0 || number % step == 0;
    }
    match (number.as_f64(), step.as_f64()) {
        // Decimal fractions are not exact: 0.3 / 0.1 is 2.9999999999999996.
        (Some(number), Some(step)) if step != 0.0 => {
            let quotient = number / step;
            (quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0)
        }
        _ => true,
    }
}

/// The same text for the same value, whatever the order of properties.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(properties) => {
            let mut parts: Vec<String> = properties
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        scalar => integral(scalar).as_ref().unwrap_or(scalar).to_string(),
    }
}
