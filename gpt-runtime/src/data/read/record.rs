//! Reads objects into the fields of records.

use super::{
    super::{
        Data, Presence, Rest,
        parts::Parts,
        table::Table,
        tape::{At, Form, Within},
    },
    Reader,
    failure::Kind,
};

/// In place of the value of a field that is not there.
const ABSENT: At = At::MAX;

/// What the parts are of that come next.
#[derive(Clone, Copy)]
pub(in crate::data) struct Frame {
    pub(super) table: Table,
    /// The fields' values: where they begin among those of the records around, and which is next.
    pub(super) base: usize,
    pub(super) next: usize,
    /// The tag of the union that the record is a variant of, where the record does not name it.
    pub(super) hidden: Option<&'static str>,
    /// The variant and the payload, of a union.
    pub(super) variant: usize,
    pub(super) payload: At,
}

impl Frame {
    pub(super) const NONE: Self = Self {
        table: Table::new(""),
        base: 0,
        next: 0,
        hidden: None,
        variant: 0,
        payload: ABSENT,
    };
}

/// Reads a record.
pub(in crate::data) fn record<T: Data>(reader: &Reader<'_>, at: At) -> T {
    let Some(around) = reader.open(Table::new(T::TABLE), at) else {
        return T::blank();
    };
    let record = T::from_parts(Parts::read(reader));
    reader.close(around);
    record
}

impl Reader<'_> {
    /// The variant of the union whose payload comes next.
    pub(in crate::data) fn variant(&self) -> usize {
        self.frame.get().variant
    }

    /// Where the next part is, if it is there.
    pub(in crate::data) fn part(&self) -> Option<At> {
        if self.has_failed() {
            return None;
        }
        let mut frame = self.frame.get();
        if frame.payload != ABSENT {
            return Some(frame.payload);
        }
        let at = self.fields.borrow().get(frame.base + frame.next).copied();
        frame.next += 1;
        self.frame.set(frame);
        at.filter(|it| *it != ABSENT)
    }

    /// Finds the fields of a record. The parts come from it until it is closed with what is
    /// returned.
    fn open(&self, table: Table, at: At) -> Option<Frame> {
        let hidden = self.hidden(at);
        let object = self.expect(at, Form::Object, "an object")?;
        let around = self.frame.get();
        let mut fields = self.fields.borrow_mut();
        let base = fields.len();
        let slots = table.slots();
        fields.resize(base + slots, ABSENT);
        let rest = table.rest();
        if rest == Rest::Kept
            && let Some(field) = fields.last_mut()
        {
            *field = object;
        }
        let mut cursor = table.cursor();
        let mut parts = self.tape.within(object);
        let (mut known, mut unknown) = (0, 0);
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let text = self.name(name)?;
            if let Some((index, ..)) = cursor.find(&text) {
                known += 1;
                if let Some(field) = fields.get_mut(base + index) {
                    *field = value;
                }
            } else if hidden.is_none_or(|it| it != text) {
                match rest {
                    Rest::Ignored => unknown += 1,
                    Rest::Kept => {}
                    Rest::Refused => {
                        self.fail(at, Kind::Unknown(name));
                        return None;
                    }
                }
            }
        }
        let missing = table.fields().enumerate().find(|(index, (_, presence))| {
            matches!(presence, Presence::Required | Presence::RequiredNullable)
                && fields.get(base + index) == Some(&ABSENT)
        });
        if let Some((_, (name, _))) = missing {
            self.fail(at, Kind::Missing(name));
            return None;
        }
        self.known.set(self.known.get().saturating_add(known));
        self.unknown.set(self.unknown.get().saturating_add(unknown));
        self.frame.set(Frame {
            table,
            base,
            next: 0,
            hidden,
            variant: 0,
            payload: ABSENT,
        });
        Some(around)
    }

    fn close(&self, around: Frame) {
        let frame = self.frame.replace(around);
        self.fields.borrow_mut().truncate(frame.base);
    }

    /// The names and values of an object; of the object whose properties are being read those that
    /// have no field.
    pub(in crate::data) fn entries(&self, at: At) -> Entries<'_> {
        let frame = self.frame.get();
        let is_rest = {
            let fields = self.fields.borrow();
            let slots = frame.table.slots();
            frame.table.rest() == Rest::Kept
                && frame.next == slots
                && fields.get(frame.base + slots - 1) == Some(&at)
        };
        Entries {
            parts: self.tape.within(at),
            rest: is_rest.then_some((frame.table, frame.hidden)),
        }
    }
}

/// Names and values.
pub(in crate::data) struct Entries<'a> {
    parts: Within<'a>,
    /// The record that the entries have no field in, and the tag that is none of them.
    rest: Option<(Table, Option<&'static str>)>,
}

impl Entries<'_> {
    /// The next name and value.
    pub(in crate::data) fn next(&mut self, reader: &Reader<'_>) -> Option<(String, At)> {
        loop {
            let (name, value) = (self.parts.next()?, self.parts.next()?);
            let name = reader.name(name)?;
            let is_rest = self.rest.is_none_or(|(table, hidden)| {
                hidden.is_none_or(|it| it != name) && table.fields().all(|(it, _)| it != name)
            });
            if is_rest {
                return Some((name.into_owned(), value));
            }
        }
    }
}
