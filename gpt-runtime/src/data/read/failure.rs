//! Why JSON does not fit a type. A union tries types that do not fit, so that a failure must cost
//! little: words are found for the one that is reported.

use std::fmt::Write;

use super::{
    super::{
        enumeration,
        table::Table,
        tape::{At, Form},
    },
    DecodeError, Reader,
};

/// JSON that does not fit a type, and where.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    pub(super) at: At,
    pub(super) kind: Mismatch,
}

#[derive(Clone, Copy)]
pub(in crate::data) enum Mismatch {
    /// Another form of value is expected.
    Form(&'static str),
    /// Another value is expected.
    Value(&'static str),
    /// A value that an enum does not list.
    Unlisted(Table),
    /// A tuple has more items.
    Length { found: usize, expected: usize },
    /// A required property is not there.
    Missing(&'static str),
    /// The name of a property that a type does not allow.
    Unknown(At),
    /// Records within records that are too large together.
    TooDeep,
    /// Half a surrogate pair.
    Surrogate,
    /// A number is not within the range of its type.
    Range,
    /// A union that is its own variant.
    Itself(Table),
    /// A union with too many variants within variants.
    TooMany(Table),
    /// No variant of a union fits; the number of the failure of the first.
    NoVariant(Table, Option<usize>),
    /// The value of a tag is not known.
    UnknownTag(Table, At),
    /// The value of a tag cannot be one.
    NoTag(Table),
}

impl Failure {
    /// What is reported.
    pub(super) fn explain(self, reader: &Reader<'_>) -> DecodeError {
        DecodeError {
            path: path(reader, self.at),
            message: self.message(reader),
        }
    }

    fn message(self, reader: &Reader<'_>) -> String {
        match self.kind {
            Mismatch::Form(expected) => reader.no_json(self.at).unwrap_or_else(|| {
                format!(
                    "invalid type: {}, expected {expected}",
                    found(reader, self.at)
                )
            }),
            Mismatch::Value(expected) => format!("{} is not {expected}", self.written(reader)),
            Mismatch::Unlisted(table) => {
                let expected = enumeration::expected(table);
                format!("{} is not {expected}", self.written(reader))
            }
            Mismatch::Length { found, expected } => {
                format!("invalid length {found}, expected {expected} items")
            }
            Mismatch::Missing(name) => format!("missing property `{name}`"),
            Mismatch::Unknown(name) => format!("unknown property `{}`", text(reader, name)),
            Mismatch::TooDeep => "nested too deep to be read".to_owned(),
            Mismatch::Surrogate => "lone surrogate in a text".to_owned(),
            Mismatch::Range => "number out of range".to_owned(),
            Mismatch::Itself(table) => format!("{} is a variant of itself", table.name()),
            Mismatch::TooMany(table) => format!("too many ways to read this as {}", table.name()),
            Mismatch::NoVariant(table, first) => {
                let first = first.and_then(|it| reader.firsts.borrow().get(it).copied());
                let because = first.map(|it| format!(", the first because {}", it.message(reader)));
                format!(
                    "no variant of {} fits{}",
                    table.name(),
                    because.unwrap_or_default()
                )
            }
            Mismatch::UnknownTag(table, tag) => format!(
                "`{}` is not a `{}` that {} knows",
                text(reader, tag),
                table.tag().unwrap_or_default(),
                table.name()
            ),
            Mismatch::NoTag(table) => format!("this chooses no variant of {}", table.name()),
        }
    }

    /// A value as a message shows it.
    fn written(self, reader: &Reader<'_>) -> String {
        let at = reader.plain(self.at);
        match reader.tape.form(at) {
            Form::Text => format!("{:?}", text(reader, at)),
            Form::Body => "the body".to_owned(),
            _ => reader.tape.raw(at).to_owned(),
        }
    }
}

fn text(reader: &Reader<'_>, at: At) -> String {
    reader.tape.string(at).unwrap_or_default().into_owned()
}

/// What is there, as `serde` says it.
fn found(reader: &Reader<'_>, at: At) -> String {
    let at = reader.plain(at);
    let raw = reader.tape.raw(at);
    match reader.tape.form(at) {
        Form::Null | Form::Forms | Form::Body => "null".to_owned(),
        Form::Boolean => format!("boolean `{raw}`"),
        Form::Number if raw.contains(['.', 'e', 'E']) => format!("floating point `{raw}`"),
        Form::Number => format!("integer `{raw}`"),
        Form::Text => format!("string {:?}", text(reader, at)),
        Form::Array => "sequence".to_owned(),
        Form::Object => "map".to_owned(),
    }
}

/// The names and positions that lead to a value, such as `features[3].geometry`.
fn path(reader: &Reader<'_>, to: At) -> String {
    let tape = reader.tape;
    let (mut path, mut at) = (String::new(), 0);
    while at < to {
        let is_object = tape.form(at) == Form::Object;
        let is_array = tape.form(at) == Form::Array;
        let mut name = None;
        let around = tape.within(at).enumerate().find_map(|(index, it)| {
            if is_object && index % 2 == 0 {
                name = Some(it);
                return (it == to).then_some((index, it));
            }
            (it <= to && to < tape.behind(it)).then_some((index, it))
        });
        let Some((index, inner)) = around else {
            break;
        };
        // Writing into a `String` cannot fail.
        let _ = match name {
            Some(name) if is_object => {
                let dot = if path.is_empty() { "" } else { "." };
                write!(path, "{dot}{}", text(reader, name))
            }
            _ if is_array => write!(path, "[{index}]"),
            _ => Ok(()),
        };
        at = inner;
    }
    path
}
