//! Reads objects into the fields of records.

use super::{
    super::{
        Data, Presence, Rest,
        parts::Parts,
        table::{Record, Table},
        tape::{At, Form, Within},
    },
    Reader,
    failure::Mismatch,
};

/// In place of the value of a field that is not there.
const ABSENT: At = At::MAX;

/// What the parts are of that come next.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// Of a record where its fields' values begin among those of the records around.
    base: u32,
    /// The next field.
    next: u32,
    /// The variant, of a union.
    variant: u32,
    /// The payload of a union; `ABSENT` for a record.
    payload: At,
}

impl Frame {
    /// Nothing, as if it were a record without fields.
    pub(super) const NONE: Self = Self {
        base: u32::MAX,
        next: 0,
        variant: 0,
        payload: ABSENT,
    };

    /// The payload of a union.
    pub(super) fn of(variant: usize, payload: At) -> Self {
        Self {
            variant: u32::try_from(variant).unwrap_or(u32::MAX),
            payload,
            ..Self::NONE
        }
    }
}

/// The properties of a record that have no field.
#[derive(Clone, Copy)]
pub(super) struct Remainder {
    /// The object.
    at: At,
    record: &'static Record,
    /// The tag of the union that the record is a variant of, where the record does not name it.
    hidden: Option<&'static str>,
}

/// Reads a record.
pub(in crate::data) fn record<T: Data>(reader: &Reader<'_>, at: At) -> T {
    if !reader.take_room(size_of::<T>(), at) {
        return T::blank();
    }
    let record = match reader.open(Table::new(T::TABLE), at) {
        Some(around) => {
            let record = T::from_parts(Parts::read(reader));
            reader.close(around);
            record
        }
        None => T::blank(),
    };
    reader.give_room(size_of::<T>());
    record
}

impl Reader<'_> {
    /// The variant of the union whose payload comes next.
    pub(in crate::data) fn variant(&self) -> usize {
        self.frame.get().variant as usize
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
        let index = frame.base as usize + frame.next as usize;
        frame.next += 1;
        self.frame.set(frame);
        let at = self.fields.borrow().get(index).copied();
        at.filter(|it| *it != ABSENT)
    }

    /// Finds the fields of a record. The parts come from it until it is closed with what is
    /// returned.
    fn open(&self, table: Table, at: At) -> Option<Frame> {
        let hidden = self.hidden(at);
        let object = self.expect(at, Form::Object, "an object")?;
        let record = self.records.get(table);
        let mut fields = self.fields.borrow_mut();
        let base = fields.len();
        fields.resize(base + record.slots(), ABSENT);
        let mut parts = self.tape.within(object);
        let (mut next, mut known, mut unknown) = (0, 0, 0);
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let text = self.name(name)?;
            if let Some(index) = record.find(next, &text) {
                next = index + 1;
                known += 1;
                if let Some(field) = fields.get_mut(base + index) {
                    *field = value;
                }
            } else if hidden.is_none_or(|it| it != text) {
                match record.rest {
                    Rest::Ignored => unknown += 1,
                    Rest::Kept => {}
                    Rest::Refused => {
                        self.fail(at, Mismatch::Unknown(name));
                        return None;
                    }
                }
            }
        }
        let found = fields.get(base..).unwrap_or_default();
        for (field, found) in record.fields.iter().zip(found) {
            let is_required = matches!(
                field.presence,
                Presence::Required | Presence::RequiredNullable
            );
            if is_required && *found == ABSENT {
                self.fail(at, Mismatch::Missing(field.name));
                return None;
            }
        }
        self.known.set(self.known.get().saturating_add(known));
        self.unknown.set(self.unknown.get().saturating_add(unknown));
        if record.rest == Rest::Kept {
            // The last slot holds the rest; there may be records in between.
            if let Some(field) = fields.last_mut() {
                *field = object;
            }
            self.remainders.borrow_mut().push(Remainder {
                at: object,
                record,
                hidden,
            });
        }
        let frame = Frame {
            base: u32::try_from(base).unwrap_or(u32::MAX),
            ..Frame::NONE
        };
        Some(self.frame.replace(frame))
    }

    fn close(&self, around: Frame) {
        let frame = self.frame.replace(around);
        self.fields.borrow_mut().truncate(frame.base as usize);
    }

    /// The names and values of an object; of the object whose properties are being read those that
    /// have no field.
    pub(in crate::data) fn entries(&self, at: At) -> Entries<'_> {
        let mut remainders = self.remainders.borrow_mut();
        let is_rest = remainders.last().is_some_and(|it| it.at == at);
        Entries {
            parts: self.tape.within(at),
            rest: is_rest.then(|| remainders.pop()).flatten(),
        }
    }
}

/// Names and values.
pub(in crate::data) struct Entries<'a> {
    parts: Within<'a>,
    /// The record that the entries have no field in.
    rest: Option<Remainder>,
}

impl Entries<'_> {
    /// The next name and value.
    pub(in crate::data) fn next(&mut self, reader: &Reader<'_>) -> Option<(String, At)> {
        loop {
            let (name, value) = (self.parts.next()?, self.parts.next()?);
            let name = reader.name(name)?;
            let is_rest = self
                .rest
                .as_ref()
                .is_none_or(|it| it.hidden.is_none_or(|it| it != name) && !it.record.names(&name));
            if is_rest {
                return Some((name.into_owned(), value));
            }
        }
    }
}
