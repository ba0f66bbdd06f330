//! Values without others inside, and the sizes of those with.

use std::{borrow::Cow, fmt::Write};

use serde_json::{Number, Value};

use super::{
    Checker, Path,
    values::{compare, integer, is_multiple, same},
};
use crate::{
    data::check_format,
    schema::{
        Caller,
        node::{Numbers, Size, Texts},
        words::{excerpt, list, nearest},
    },
};

impl Checker<'_> {
    /// `enum` and `const`.
    pub(super) fn choice(&mut self, path: &Path<'_>, values: &[Value], value: &mut Cow<'_, Value>) {
        // A typed call holds a text or integer its type knows, or one it was given on purpose.
        let is_typed = value.is_string() || value.is_i64() || value.is_u64();
        if (self.caller == Caller::Code && is_typed) || values.iter().any(|it| same(it, value)) {
            return;
        }
        let texts = || values.iter().filter_map(|it| it.as_str());
        let mut suggestion = None;
        if let Value::String(text) = &**value {
            // Some providers do not hold models to the case of an enum's values.
            let mut alike = texts().filter(|it| it.eq_ignore_ascii_case(text));
            if let (Some(only), None) = (alike.next(), alike.next()) {
                *value = Cow::Owned(only.into());
                return;
            }
            suggestion = nearest(text, texts()).filter(|_| values.len() > 1);
        }
        let mut message = match values {
            [only] => format!("must be {}, not {}", excerpt(only), excerpt(value)),
            _ => format!("{} is not one of {}", excerpt(value), list(values.iter())),
        };
        if let Some(suggestion) = suggestion {
            let _ = write!(message, "; did you mean {}?", Value::from(suggestion));
        }
        self.report(path, message);
    }

    pub(super) fn number(&mut self, path: &Path<'_>, schema: &Numbers, number: &Number) {
        for bound in &schema.bounds {
            if !compare(number, &bound.limit).is_some_and(bound.holds) {
                let message = format!(
                    "{number} is out of range: it must be {} {}",
                    bound.words, bound.limit
                );
                self.report(path, message);
            }
        }
        if let Some(step) = &schema.step
            && !is_multiple(number, step)
        {
            self.report(path, format!("{number} is not a multiple of {step}"));
        }
        let format = schema.format.as_deref();
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
                self.report(path, format!("{number} is not {expected}"));
            }
        }
    }

    pub(super) fn text(&mut self, path: &Path<'_>, schema: &Texts, text: &str) {
        let Size { least, most } = schema.length;
        if least.is_some() || most.is_some() {
            let length = text.chars().count();
            self.size(path, &schema.length, length, ("character", "characters"));
        }
        if let Some((source, Some(pattern))) = &schema.pattern
            && pattern.matches(text) == Some(false)
        {
            let text = excerpt(&text.into());
            self.report(
                path,
                format!("{text} does not match the pattern `{source}`"),
            );
        }
        if let Some(format) = &schema.format
            && let Err(expected) = check_format(format, text)
        {
            let text = excerpt(&text.into());
            self.report(path, format!("{text} is not {expected}"));
        }
    }

    pub(super) fn size(&mut self, path: &Path<'_>, schema: &Size, size: usize, unit: (&str, &str)) {
        let size = size as u64;
        let unit = if size == 1 { unit.0 } else { unit.1 };
        if let Some(least) = schema.least.filter(|it| size < *it) {
            let message = format!("has {size} {unit}; it must have at least {least}");
            self.report(path, message);
        }
        if let Some(most) = schema.most.filter(|it| size > *it) {
            let message = format!("has {size} {unit}; it must have at most {most}");
            self.report(path, message);
        }
    }
}
