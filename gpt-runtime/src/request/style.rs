//! How parameters are spelled: OpenAPI 3.2, section 4.12.3 with its table of examples, which is
//! RFC 6570 for everything but `spaceDelimited`, `pipeDelimited`, `deepObject` and `cookie`.

use std::{borrow::Cow, fmt::Write};

use serde_json::Value;

use crate::action::{Parameter, Style};

/// Encodes all but unreserved characters (RFC 3986, section 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape(text, &[], &mut escaped);
    escaped
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

/// Where pairs of a name and a value are written, both encoded.
pub(super) trait Pairs {
    /// Begins a pair, whose value is to be written into the text.
    fn begin(&mut self, name: &str) -> &mut String;
}

/// Pairs for themselves.
impl Pairs for Vec<(String, String)> {
    fn begin(&mut self, name: &str) -> &mut String {
        self.push((name.to_owned(), String::new()));
        let last = self.len() - 1;
        &mut self[last].1
    }
}

/// A query or a form.
impl Pairs for String {
    fn begin(&mut self, name: &str) -> &mut String {
        if !self.is_empty() {
            self.push('&');
        }
        self.push_str(name);
        self.push('=');
        self
    }
}

/// A path parameter; `None` where there is nothing to write.
pub(super) fn path(parameter: &Parameter, value: &Value) -> Option<String> {
    if is_undefined(value) {
        return None;
    }
    let escape = Escape::Percent(if parameter.allow_reserved {
        b":[]@!$&'()*+,;="
    } else {
        &[]
    });
    let mut text = String::new();
    match (parameter.style, parameter.explode) {
        (Style::Label, true) => join(value, (".", "."), "=", escape, &mut text),
        (Style::Label, false) => join(value, (".", ","), ",", escape, &mut text),
        (Style::Matrix, explode) => matrix(parameter.name, explode, value, escape, &mut text),
        (_, true) => join(value, ("", ","), "=", escape, &mut text),
        (_, false) => join(value, ("", ","), ",", escape, &mut text),
    }
    Some(text)
}

fn matrix(name: &str, explode: bool, value: &Value, escape: Escape, text: &mut String) {
    let name = escape.name(name);
    let first = format!(";{name}=");
    match value {
        Value::String(value) if value.is_empty() => text.extend([";", &name]),
        Value::Array(_) if explode => join(value, (&first, &first), "=", escape, text),
        Value::Object(_) if explode => join(value, (";", ";"), "=", escape, text),
        value => join(value, (&first, ","), ",", escape, text),
    }
}

/// The pairs of a query parameter or of a form's property, encoded.
pub(super) fn query(name: &str, spelling: Spelling, value: &Value, pairs: &mut impl Pairs) {
    let kept: &[u8] = if spelling.allow_reserved {
        // Without `#`, which would end the query, and `&` and `+`, which mean something else in it.
        b":/?[]@!$'()*,;="
    } else {
        &[]
    };
    write_pairs(name, spelling, value, Escape::Percent(kept), pairs);
}

/// The pairs of what is not percent-encoded: parts of a `multipart` body, cookies of that style.
pub(super) fn plain(name: &str, spelling: Spelling, value: &Value, pairs: &mut impl Pairs) {
    write_pairs(name, spelling, value, Escape::Nothing, pairs);
}

fn write_pairs(
    name: &str,
    spelling: Spelling,
    value: &Value,
    escape: Escape,
    pairs: &mut impl Pairs,
) {
    let name = escape.name(name);
    let explode = spelling.explode;
    match value {
        Value::Object(_) | Value::Array(_) if spelling.style == Style::DeepObject => {
            deep(&name, value, escape, pairs);
        }
        Value::Array(items) if explode => {
            for item in items.iter().filter(|it| !it.is_null()) {
                escape.value(item, pairs.begin(&name));
            }
        }
        Value::Object(properties) if explode => {
            for (name, value) in properties.iter().filter(|(_, it)| !it.is_null()) {
                escape.value(value, pairs.begin(&escape.name(name)));
            }
        }
        value if is_undefined(value) => {}
        value => {
            let separator = match spelling.style {
                Style::SpaceDelimited => escape.name(" "),
                Style::PipeDelimited => escape.name("|"),
                _ => ",".into(),
            };
            let text = pairs.begin(&name);
            join(value, ("", &separator), &separator, escape, text);
        }
    }
}

/// A header's text; not encoded, as the specification advises.
pub(super) fn header(parameter: &Parameter, value: &Value) -> Option<String> {
    if is_undefined(value) {
        return None;
    }
    let between = if parameter.explode { "=" } else { "," };
    let mut text = String::new();
    join(value, ("", ","), between, Escape::Nothing, &mut text);
    Some(text)
}

/// A scalar as text; anything else as JSON text.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        Value::Number(number) => match number.as_f64() {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "an integer of this size is exact"
            )]
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                (float as i64).to_string().into()
            }
            _ => number.to_string().into(),
        },
        other => other.to_string().into(),
    }
}

/// What RFC 6570 calls undefined: `null`, and arrays and objects with nothing in them.
fn is_undefined(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(Value::is_null),
        Value::Object(properties) => properties.values().all(Value::is_null),
        _ => false,
    }
}

/// Writes a value one level deep: with one text before the first item or property and another
/// before each that follows, and one between name and value. Values nested deeper than the
/// specification defines are written as JSON.
fn join(
    value: &Value,
    (first, next): (&str, &str),
    between: &str,
    escape: Escape,
    text: &mut String,
) {
    let mut before = std::iter::once(first).chain(std::iter::repeat(next));
    let mut begin = |text: &mut String| text.extend(before.next());
    match value {
        Value::Array(items) => {
            for item in items.iter().filter(|it| !it.is_null()) {
                begin(text);
                escape.value(item, text);
            }
        }
        Value::Object(properties) => {
            for (name, value) in properties.iter().filter(|(_, it)| !it.is_null()) {
                begin(text);
                text.push_str(&escape.name(name));
                text.push_str(between);
                escape.value(value, text);
            }
        }
        scalar => {
            begin(text);
            escape.value(scalar, text);
        }
    }
}

/// `deepObject` as far as the specification goes, and beyond it as most servers read it:
/// `a[b][c]=1`, `a[b][]=1&a[b][]=2` and, for arrays of more than scalars, `a[b][0][c]=1`.
fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut impl Pairs) {
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
        scalar => escape.value(scalar, pairs.begin(name)),
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
    fn name(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Percent(_) if !text.bytes().all(is_unreserved) => percent_encode(text).into(),
            _ => text.into(),
        }
    }

    fn value(self, value: &Value, into: &mut String) {
        match (self, value) {
            // Digits need no encoding. Writing into a `String` cannot fail.
            (_, Value::Number(number)) if !number.is_f64() => drop(write!(into, "{number}")),
            (Self::Percent(kept), value) => escape(&text(value), kept, into),
            (Self::Nothing, value) => into.push_str(&text(value)),
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Encodes all but unreserved and the `kept` characters. Where reserved characters are kept, so is
/// what is percent-encoded already, as RFC 6570 has it.
fn escape(text: &str, kept: &[u8], into: &mut String) {
    let bytes = text.as_bytes();
    // What comes before a byte that is encoded is copied at once.
    let mut copied = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        let is_triple = || {
            let digit = |offset| bytes.get(index + offset).is_some_and(u8::is_ascii_hexdigit);
            byte == b'%' && !kept.is_empty() && digit(1) && digit(2)
        };
        if is_unreserved(byte) || kept.contains(&byte) || is_triple() {
            continue;
        }
        into.push_str(text.get(copied..index).unwrap_or_default());
        copied = index + 1;
        // Writing into a `String` cannot fail.
        let _ = write!(into, "%{byte:02X}");
    }
    into.push_str(text.get(copied..).unwrap_or_default());
}
