//! How parameters are spelled: OpenAPI 3.2, section 4.12.3 with its table of examples, which is
//! RFC 6570 for everything but `spaceDelimited`, `pipeDelimited`, `deepObject` and `cookie`.

use std::fmt::Write;

use serde_json::Value;

use crate::action::{Parameter, Style};

/// Encodes all but unreserved characters (RFC 3986, section 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    escape(text, &[])
}

/// How a value is spelled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub(super) style: Style,
    pub(super) explode: bool,
    pub(super) allow_reserved: bool,
}

impl Spelling {
    pub(super) fn of(parameter: &Parameter) -> Self {
        Self {
            style: parameter.style,
            explode: parameter.explode,
            allow_reserved: parameter.allow_reserved,
        }
    }
}

/// A path parameter; `None` where there is nothing to write.
pub(super) fn path(parameter: &Parameter, value: &Value) -> Option<String> {
    let parts = Parts::of(value)?;
    let parts = parts.escaped(Escape::Percent(if parameter.allow_reserved {
        b":[]@!$&'()*+,;="
    } else {
        &[]
    }));
    let name = percent_encode(parameter.name);
    let separator = match (parameter.style, parameter.explode) {
        (Style::Label, true) => ".",
        (Style::Matrix, true) => ";",
        _ => ",",
    };
    Some(match parameter.style {
        Style::Label => format!(".{}", parts.joined(separator, parameter.explode)),
        Style::Matrix => match &parts {
            Parts::One(text) if text.is_empty() => format!(";{name}"),
            Parts::Many(items) if parameter.explode => {
                format!(";{name}={}", items.join(&format!(";{name}=")))
            }
            Parts::Named(_) if parameter.explode => format!(";{}", parts.joined(separator, true)),
            parts => format!(";{name}={}", parts.joined(separator, false)),
        },
        _ => parts.joined(separator, parameter.explode),
    })
}

/// The pairs of a query parameter or of a form's property, encoded.
pub(super) fn query(name: &str, spelling: Spelling, value: &Value) -> Vec<(String, String)> {
    let kept: &[u8] = if spelling.allow_reserved {
        // Without `#`, which would end the query, and `&` and `+`, which mean something else in it.
        b":/?[]@!$'()*,;="
    } else {
        &[]
    };
    pairs(name, spelling, value, Escape::Percent(kept))
}

/// The pairs of what is not percent-encoded: parts of a `multipart` body, cookies of that style.
pub(super) fn plain(name: &str, spelling: Spelling, value: &Value) -> Vec<(String, String)> {
    pairs(name, spelling, value, Escape::Nothing)
}

fn pairs(name: &str, spelling: Spelling, value: &Value, escape: Escape) -> Vec<(String, String)> {
    let name = escape.name(name);
    if spelling.style == Style::DeepObject && matches!(value, Value::Object(_) | Value::Array(_)) {
        let mut pairs = Vec::new();
        deep(&name, value, escape, &mut pairs);
        return pairs;
    }
    let Some(parts) = Parts::of(value) else {
        return Vec::new();
    };
    match (parts.escaped(escape), spelling.explode) {
        (Parts::Many(items), true) => items.into_iter().map(|item| (name.clone(), item)).collect(),
        (Parts::Named(properties), true) => properties,
        (parts, _) => {
            let separator = match spelling.style {
                Style::SpaceDelimited => escape.name(" "),
                Style::PipeDelimited => escape.name("|"),
                _ => ",".to_owned(),
            };
            vec![(name, parts.joined(&separator, false))]
        }
    }
}

/// A header's text; not encoded, as the specification advises.
pub(super) fn header(parameter: &Parameter, value: &Value) -> Option<String> {
    Some(Parts::of(value)?.joined(",", parameter.explode))
}

/// A scalar as text; anything else as JSON text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "an integer of this size is exact"
            )]
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                (float as i64).to_string()
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// The value of a parameter, one level deep.
enum Parts {
    One(String),
    Many(Vec<String>),
    Named(Vec<(String, String)>),
}

impl Parts {
    /// `None` for what RFC 6570 calls undefined: `null`, and arrays and objects with nothing in
    /// them. Values nested deeper than the specification defines are written as JSON.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Array(items) => {
                let items: Vec<_> = items.iter().filter(|it| !it.is_null()).map(text).collect();
                (!items.is_empty()).then_some(Self::Many(items))
            }
            Value::Object(properties) => {
                let properties: Vec<_> = properties
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.clone(), text(value)))
                    .collect();
                (!properties.is_empty()).then_some(Self::Named(properties))
            }
            scalar => Some(Self::One(text(scalar))),
        }
    }

    fn escaped(self, escape: Escape) -> Self {
        match self {
            Self::One(text) => Self::One(escape.value(&text)),
            Self::Many(items) => Self::Many(items.iter().map(|it| escape.value(it)).collect()),
            Self::Named(properties) => Self::Named(
                properties
                    .iter()
                    .map(|(name, value)| (escape.name(name), escape.value(value)))
                    .collect(),
            ),
        }
    }

    fn joined(&self, separator: &str, explode: bool) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(items) => items.join(separator),
            Self::Named(properties) => {
                let between = if explode { "=" } else { separator };
                properties
                    .iter()
                    .map(|(name, value)| format!("{name}{between}{value}"))
                    .collect::<Vec<_>>()
                    .join(separator)
            }
        }
    }
}

/// `deepObject` as far as the specification goes, and beyond it as most servers read it:
/// `a[b][c]=1`, `a[b][]=1&a[b][]=2` and, for arrays of more than scalars, `a[b][0][c]=1`.
fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut Vec<(String, String)>) {
    let inside = |key: &str| format!("{name}{}", escape.name(&format!("[{key}]")));
    match value {
        Value::Null => {}
        Value::Object(properties) => {
            for (key, value) in properties {
                deep(&inside(key), value, escape, pairs);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let index = if matches!(item, Value::Object(_) | Value::Array(_)) {
                    index.to_string()
                } else {
                    String::new()
                };
                deep(&inside(&index), item, escape, pairs);
            }
        }
        scalar => pairs.push((name.to_owned(), escape.value(&text(scalar)))),
    }
}

/// What becomes of characters that mean something else where they would stand.
#[derive(Clone, Copy)]
enum Escape {
    /// They are percent-encoded; these are kept in values.
    Percent(&'static [u8]),
    /// They are written as they are.
    Nothing,
}

impl Escape {
    fn name(self, text: &str) -> String {
        match self {
            Self::Percent(_) => percent_encode(text),
            Self::Nothing => text.to_owned(),
        }
    }

    fn value(self, text: &str) -> String {
        match self {
            Self::Percent(kept) => escape(text, kept),
            Self::Nothing => text.to_owned(),
        }
    }
}

/// Encodes all but unreserved and the `kept` characters. Where reserved characters are kept, so is
/// what is percent-encoded already, as RFC 6570 has it.
fn escape(text: &str, kept: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut escaped = String::with_capacity(text.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let is_triple = || {
            let digit = |offset| bytes.get(index + offset).is_some_and(u8::is_ascii_hexdigit);
            byte == b'%' && !kept.is_empty() && digit(1) && digit(2)
        };
        if byte.is_ascii_alphanumeric()
            || b"-._~".contains(&byte)
            || kept.contains(&byte)
            || is_triple()
        {
            escaped.push(char::from(byte));
        } else {
            // Writing into a `String` cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
