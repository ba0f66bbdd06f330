//! What a generated type is put together from.

use std::cell::Cell;

use super::{Data, Slot, is, read::Reader, table::Kind};

/// The parts of a record in the order of its fields, or the payload of a union.
///
/// They come from JSON, from another value of the type, or are blank.
#[derive(Clone, Copy)]
pub struct Parts<'a>(Origin<'a>);

#[derive(Clone, Copy)]
enum Origin<'a> {
    Nothing,
    Reader(&'a Reader<'a>),
    Value(&'a Copied<'a>),
}

/// A value that is copied part by part.
struct Copied<'a> {
    slots: &'a [&'a dyn Slot],
    variant: usize,
    next: Cell<usize>,
}

impl<'a> Parts<'a> {
    /// Blank parts.
    pub(super) const BLANK: Self = Self(Origin::Nothing);

    pub(super) fn read(reader: &'a Reader<'a>) -> Self {
        Self(Origin::Reader(reader))
    }

    /// The variant of a union.
    pub fn variant(self) -> usize {
        match self.0 {
            Origin::Nothing => 0,
            Origin::Reader(reader) => reader.variant(),
            Origin::Value(value) => value.variant,
        }
    }

    /// The next part.
    pub fn next<T: Data>(self) -> T {
        match self.0 {
            Origin::Nothing => T::blank(),
            Origin::Reader(reader) => match reader.part() {
                Some(at) => T::decode(reader, at),
                None => T::blank(),
            },
            Origin::Value(value) => {
                let index = value.next.replace(value.next.get() + 1);
                let slot = value
                    .slots
                    .get(index)
                    .and_then(|it| it.as_any().downcast_ref());
                slot.cloned().unwrap_or_else(T::blank)
            }
        }
    }
}

/// A copy of a record or a union, part by part.
pub fn copy<T: Data>(value: &T) -> T {
    let mut copy = None;
    let mut from = |slots: &[&dyn Slot], variant| {
        let copied = Copied {
            slots,
            variant,
            next: Cell::new(0),
        };
        copy = Some(T::from_parts(Parts(Origin::Value(&copied))));
    };
    if const { is(T::TABLE, Kind::Union) } {
        let (variant, payload) = value.payload();
        from(&[payload], variant);
    } else {
        value.slots(Slots(&mut |slots| from(slots, 0)));
    }
    copy.unwrap_or_else(T::blank)
}

/// Takes the slots of a record.
pub struct Slots<'a>(pub(crate) &'a mut dyn FnMut(&[&dyn Slot]));

impl Slots<'_> {
    /// All slots, in the order of the fields.
    pub fn all(self, slots: &[&dyn Slot]) {
        (self.0)(slots);
    }
}
