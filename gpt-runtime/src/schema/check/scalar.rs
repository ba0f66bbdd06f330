//! Values without others inside, and the sizes of those with.

use std::{cmp::Ordering, fmt::Write};

use serde_json::{Map, Number, Value};

use super::{
    Checker,
    keywords::{compare, integer, is_multiple, same},
};
use crate::{
    data::check_format,
    schema::{
        Caller,
        words::{excerpt, list, nearest},
    },
};

impl Checker<'_> {
    /// `enum` and `const`.
    pub(super) fn choice(&mut self, schema: &Map<String, Value>, value: &mut Value) {
        let values: Vec<&Value> = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => return,
        };
        // A typed call holds a text or integer its type knows, or one it was given on purpose.
        let is_typed = value.is_string() || value.is_i64() || value.is_u64();
        if (self.caller == Caller::Code && is_typed) || values.iter().any(|it| same(it, value)) {
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

    pub(super) fn number(&mut self, schema: &Map<String, Value>, number: &Number) {
        type Holds = fn(Ordering) -> bool;
        let bounds: [(&str, &str, Holds); 4] = [
            ("minimum", "at least", Ordering::is_ge),
            ("maximum", "at most", Ordering::is_le),
            ("exclusiveMinimum", "greater than", Ordering::is_gt),
            ("exclusiveMaximum", "less than", Ordering::is_lt),
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
            let (is_fit, expected) = match format {
                "int32" => (i32::try_from(integer).is_ok(), "an integer of 32 bits"),
                "int64" => (i64::try_from(integer).is_ok(), "an integer of 64 bits"),
                "uint32" => (
                    u32::try_from(integer).is_ok(),
                    "a non-negative integer of 32 bits",
                ),
                "uint64" => (
                    u64::try_from(integer).is_ok(),
                    "a non-negative integer of 64 bits",
                ),
                _ => return,
            };
            if !is_fit {
                self.report(format!("{number} is not {expected}"));
            }
        }
    }

    pub(super) fn text(&mut self, schema: &Map<String, Value>, text: &str) {
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
            Some(Value::String(encoding)) => Some(encoding.as_str()),
            _ => schema.get("format").and_then(Value::as_str),
        };
        if let Some(format) = format
            && let Err(expected) = check_format(format, text)
        {
            self.report(format!("{} is not {expected}", excerpt(&text.into())));
        }
    }

    pub(super) fn size(
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
}
