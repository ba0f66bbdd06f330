//! Reads values from JSON text.

mod failure;
mod format;
mod record;
mod union;
mod whole;

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use serde_json::Value;

use super::{
    Data, Fit,
    table::{Records, Table},
    tape::{At, Form, Tape},
};

pub(in crate::data) use failure::Mismatch;
pub use format::deserialize;
pub(in crate::data) use record::record;
pub(in crate::data) use union::union;
pub(crate) use whole::{Body, HeaderLines, from_built};

use failure::Failure;
use record::{Frame, Remainder};

/// How many bytes records and unions within each other may have. Each is on the stack several times
/// while it is read, and threads of servers have 2 MiB.
const ROOM: usize = 128 << 10;

/// JSON that does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", if path.is_empty() { String::new() } else { format!("at `{path}`: ") })]
pub struct DecodeError {
    /// Where it does not fit, such as `features[3].geometry`; empty for the whole.
    pub path: String,
    /// What was found and what was expected.
    pub message: String,
}

impl DecodeError {
    fn whole(message: String) -> Self {
        Self {
            path: String::new(),
            message,
        }
    }
}

/// Reads a value from JSON text.
///
/// # Errors
///
/// When the text is no JSON or does not fit the type.
pub fn from_slice<T: Data>(json: &[u8]) -> Result<T, DecodeError> {
    match std::str::from_utf8(json) {
        Ok(json) => from_str(json),
        Err(error) => Err(DecodeError::whole(format!(
            "the text is not UTF-8: {error}"
        ))),
    }
}

/// Reads a value from JSON text.
///
/// # Errors
///
/// When the text is no JSON or does not fit the type.
pub fn from_str<T: Data>(json: &str) -> Result<T, DecodeError> {
    from_tape(&Tape::new(json).map_err(DecodeError::whole)?, None, None)
}

/// Reads a value from JSON.
///
/// # Errors
///
/// When the JSON does not fit the type.
pub fn from_value<T: Data>(json: &Value) -> Result<T, DecodeError> {
    from_str(&json.to_string())
}

fn from_tape<'a, T: Data>(
    tape: &'a Tape<'a>,
    body: Option<&'a Body<'a>>,
    variant: Option<usize>,
) -> Result<T, DecodeError> {
    let reader = Reader {
        tape,
        body,
        frame: Cell::new(Frame::NONE),
        held: Cell::default(),
        fields: RefCell::new(Vec::with_capacity(32)),
        remainders: RefCell::default(),
        records: Records::default(),
        failure: Cell::default(),
        known: Cell::default(),
        unknown: Cell::default(),
        trials: Cell::default(),
        within: RefCell::default(),
        firsts: RefCell::default(),
        tag: Cell::default(),
    };
    let value = whole::decode(&reader, variant);
    match reader.failure.get() {
        None => Ok(value),
        Some(failure) => Err(failure.explain(&reader)),
    }
}

/// Reads the values of one tape.
///
/// A value that does not fit is noted here once, and blank values are read from there on.
pub struct Reader<'a> {
    tape: &'a Tape<'a>,
    /// The body that is read, where it need not be JSON.
    body: Option<&'a Body<'a>>,
    /// What is being put together.
    frame: Cell<Frame>,
    /// How many bytes the records and unions have that are being put together.
    held: Cell<usize>,
    /// Where the values of the fields are, of the records that are being put together.
    fields: RefCell<Vec<At>>,
    /// The rests of the records that are being put together.
    remainders: RefCell<Vec<Remainder>>,
    records: Records,
    failure: Cell<Option<Failure>>,
    /// How many properties and enum values were read that the types name.
    known: Cell<u32>,
    /// How many were read that they do not.
    unknown: Cell<u32>,
    /// How many values may still be read on trial, while a union is read.
    trials: Cell<Option<usize>>,
    /// The unions that are being read, and where.
    within: RefCell<Vec<(At, Table)>>,
    /// The failures of the first variants of unions that failed.
    firsts: RefCell<Vec<Failure>>,
    /// The tag that chose the variant which is read next, and where.
    tag: Cell<Option<(At, &'static str)>>,
}

impl Reader<'_> {
    pub(super) fn has_failed(&self) -> bool {
        self.failure.get().is_some()
    }

    /// Takes room on the stack, if there is enough; there always is for one alone.
    fn take_room(&self, size: usize, at: At) -> bool {
        let held = self.held.get();
        let is_room = held == 0 || held + size <= ROOM;
        if is_room {
            self.held.set(held + size);
        } else {
            self.fail(at, Mismatch::TooDeep);
        }
        is_room
    }

    fn give_room(&self, size: usize) {
        self.held.set(self.held.get() - size);
    }

    /// Notes what does not fit, unless something did not fit before.
    pub(super) fn fail(&self, at: At, kind: Mismatch) {
        if !self.has_failed() {
            self.failure.set(Some(Failure { at, kind }));
        }
    }

    pub(super) fn note(&self, fit: Fit) {
        let count = match fit {
            Fit::Known => &self.known,
            Fit::Unknown => &self.unknown,
        };
        count.set(count.get().saturating_add(1));
    }

    /// The value of a form, or nothing but the failure of that.
    fn expect(&self, at: At, form: Form, expected: &'static str) -> Option<At> {
        if self.tape.form(at) == form {
            return Some(at);
        }
        let found = self.find(at, form);
        if found.is_none() {
            self.fail(at, Mismatch::Form(expected));
        }
        found
    }

    /// The value of a form among several forms of it.
    fn find(&self, at: At, form: Form) -> Option<At> {
        if self.tape.form(at) != Form::Forms {
            return (self.tape.form(at) == form).then_some(at);
        }
        self.tape.within(at).find_map(|it| self.find(it, form))
    }

    /// What a value is by itself: the last of its forms.
    fn plain(&self, at: At) -> At {
        match self.tape.form(at) {
            Form::Forms => self.tape.within(at).last().map_or(at, |it| self.plain(it)),
            _ => at,
        }
    }

    fn name(&self, at: At) -> Option<Cow<'_, str>> {
        let name = self.tape.string(at);
        if name.is_none() {
            self.fail(at, Mismatch::Surrogate);
        }
        name
    }

    /// Whether a value is `null`.
    pub(super) fn is_null(&self, at: At) -> bool {
        match self.tape.form(at) {
            Form::Null => true,
            Form::Forms => {
                let is_empty = self.body.is_some_and(Body::is_empty);
                self.find(at, Form::Null).is_some()
                    || is_empty && self.find(at, Form::Body).is_some()
            }
            _ => false,
        }
    }

    pub(super) fn boolean(&self, at: At) -> Option<bool> {
        let at = self.expect(at, Form::Boolean, "a boolean")?;
        Some(self.tape.raw(at) == "true")
    }

    /// The digits of a number.
    pub(super) fn number(&self, at: At, expected: &'static str) -> Option<&str> {
        let at = self.expect(at, Form::Number, expected)?;
        Some(self.tape.raw(at))
    }

    /// An integer of a type, which may be written as a number without a fraction.
    pub(super) fn integer<T>(&self, at: At, expected: &'static str) -> Option<T>
    where
        T: std::str::FromStr + TryFrom<i128>,
    {
        let digits = self.number(at, "an integer")?;
        let integer = digits.parse().ok();
        let integer = integer.or_else(|| T::try_from(whole_number(digits)?).ok());
        if integer.is_none() {
            self.fail(at, not_whole(digits, expected));
        }
        integer
    }

    pub(super) fn float<T: std::str::FromStr>(&self, at: At) -> Option<T> {
        let digits = self.number(at, "a number")?;
        digits.parse().ok()
    }

    /// A text.
    pub(super) fn text(&self, at: At) -> Option<Cow<'_, str>> {
        match self.tape.form(at) {
            Form::Text => return self.name(at),
            Form::Forms => {
                // A number, `true` or the like is a text only if nothing else will have it.
                let is_scalar = |it| matches!(self.tape.form(it), Form::Number | Form::Boolean);
                if self.tape.within(at).any(is_scalar) {
                    self.note(Fit::Unknown);
                }
                let text = self.find(at, Form::Text);
                if let Some(text) = text {
                    return self.name(text);
                }
            }
            _ => {}
        }
        let body = self.body.filter(|_| self.find(at, Form::Body).is_some());
        let text = body.and_then(Body::text);
        if text.is_none() {
            self.fail(at, Mismatch::Form("a string"));
        }
        text
    }

    /// The bytes of a body, where it is not inside JSON.
    pub(super) fn bytes(&self, at: At) -> Option<&[u8]> {
        let body = self.body.filter(|_| self.find(at, Form::Body).is_some())?;
        body.bytes()
    }

    /// The items of an array.
    pub(super) fn items(&self, at: At) -> Option<impl Iterator<Item = At> + '_> {
        let at = self.expect(at, Form::Array, "an array")?;
        Some(self.tape.within(at))
    }

    /// The items of a tuple, of which there are enough. Further ones are passed over as unknown
    /// properties are.
    pub(super) fn positions(&self, at: At, count: usize) -> Option<impl Iterator<Item = At> + '_> {
        let items = self.items(at)?;
        let found = self.tape.within(self.find(at, Form::Array)?).count();
        if found < count {
            self.fail(
                at,
                Mismatch::Length {
                    found,
                    expected: count,
                },
            );
            return None;
        }
        for _ in count..found {
            self.note(Fit::Unknown);
        }
        Some(items)
    }

    /// Where the entries of an object are.
    pub(super) fn object(&self, at: At) -> Option<At> {
        self.expect(at, Form::Object, "an object")
    }

    /// Any JSON.
    pub(super) fn value(&self, at: At) -> Value {
        let at = self.plain(at);
        if self.tape.form(at) == Form::Body {
            if self.body.is_some_and(|it| it.may_be_json) {
                self.fail(at, Mismatch::Form("JSON"));
            }
            return self.text(at).map(Value::from).unwrap_or_default();
        }
        self.tape.to_value(at).unwrap_or_else(|_| {
            self.fail(at, Mismatch::Range);
            Value::Null
        })
    }

    /// Why a value is no JSON, if that is what does not fit.
    fn no_json(&self, at: At) -> Option<String> {
        let body = self.body.filter(|_| self.find(at, Form::Body).is_some())?;
        body.no_json()
    }
}

/// A number without a fraction: JSON Schema calls 1.0 an integer.
fn whole_number(digits: &str) -> Option<i128> {
    if let Ok(integer) = digits.parse() {
        return Some(integer);
    }
    let number: f64 = digits.parse().ok()?;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "it is within the range, and without a fraction"
    )]
    (number.fract() == 0.0 && number.abs() < 1e38).then_some(number as i128)
}

fn not_whole(digits: &str, expected: &'static str) -> Mismatch {
    match whole_number(digits) {
        Some(_) => Mismatch::Value(expected),
        None => Mismatch::Form("an integer"),
    }
}
