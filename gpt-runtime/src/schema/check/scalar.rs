//! Values without others inside, and the sizes of those with.

use std::{cmp::Ordering, fmt::Write};

use serde_json::{Number, Value};

use super::{
    Checker,
    keywords::{Keywords, compare, integer, is_multiple, same},
};
use crate::{
    data::{Data, check_format},
    schema::{
        Caller,
        words::{excerpt, list, nearest},
    },
};

impl Checker<'_> {
    /// `enum` and `const`.
    pub(super) fn choice(&mut self, schema: &Keywords<'_>, value: &mut Value) {
        let values: Vec<&Value> = match (schema.constant, schema.choices) {
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

    pub(super) fn number(&mut self, schema: &Keywords<'_>, number: &Number) {
        type Holds = fn(Ordering) -> bool;
        let bounds: [(Option<&Value>, &str, Holds); 4] = [
            (schema.minimum, "at least", Ordering::is_ge),
            (schema.maximum, "at most", Ordering::is_le),
            (schema.exclusive_minimum, "greater than", Ordering::is_gt),
            (schema.exclusive_maximum, "less than", Ordering::is_lt),
        ];
        for (bound, words, holds) in bounds {
            if let Some(Value::Number(bound)) = bound
                && !compare(number, bound).is_some_and(holds)
            {
                self.report(format!(
                    "{number} is out of range: it must be {words} {bound}"
                ));
            }
        }
        if let Some(Value::Number(step)) = schema.multiple_of
            && !is_multiple(number, step)
        {
            self.report(format!("{number} is not a multiple of {step}"));
        }
        let format = schema.format.and_then(Value::as_str);
        if let (Some(format), Some(integer)) = (format, integer(number)) {
            let set = match format {
                "int32" => i32::blank(0).set_integer(integer),
                "int64" => i64::blank(0).set_integer(integer),
                "uint32" => u32::blank(0).set_integer(integer),
                "uint64" => u64::blank(0).set_integer(integer),
                _ => return,
            };
            if let Err(expected) = set {
                self.report(format!("{number} is not {expected}"));
            }
        }
    }

    pub(super) fn text(&mut self, schema: &Keywords<'_>, text: &str) {
        self.size(
            (schema.min_length, schema.max_length),
            text.chars().count(),
            ("character", "characters"),
        );
        if let Some(Value::String(pattern)) = schema.pattern
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
        let format = match schema.content_encoding {
            Some(Value::String(encoding)) => Some(encoding.as_str()),
            _ => schema.format.and_then(Value::as_str),
        };
        if let Some(format) = format
            && let Err(expected) = check_format(format, text)
        {
            self.report(format!("{} is not {expected}", excerpt(&text.into())));
        }
    }

    pub(super) fn size(
        &mut self,
        (least, most): (Option<&Value>, Option<&Value>),
        size: usize,
        unit: (&str, &str),
    ) {
        let size = size as u64;
        let unit = if size == 1 { unit.0 } else { unit.1 };
        if let Some(least) = least.and_then(Value::as_u64)
            && size < least
        {
            self.report(format!("has {size} {unit}; it must have at least {least}"));
        }
        if let Some(most) = most.and_then(Value::as_u64)
            && size > most
        {
            self.report(format!("has {size} {unit}; it must have at most {most}"));
        }
    }
}
