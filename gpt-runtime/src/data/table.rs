//! What a generated type says of itself: a text, because a text costs nothing to compile.
//!
//! | text | type |
//! |---|---|
//! | `{3.Pet 2:id 4:name 3?tag` | a record with two required properties and an optional one |
//! | `\|6.Animal 4=kind 3:Cat 3,cat 3:Dog 3,dog` | a union with two variants, told apart by `kind` |
//! | `"5+State 4:open 6:closed` | an enum of texts |
//! | `#5.Level 1:1 1:2` | an enum of integers |
//!
//! The first character is the kind. Every entry is the length of a text in bytes, a character for
//! what the text is, and the text. The first is the name of the type, and its character what becomes
//! of what is not listed.

use std::{cell::RefCell, ptr};

use serde_json::Value;

use super::{Presence, Rest};
use crate::cache::{Cache, TextPlace, place_of};

/// The table of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(&'static str);

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An object with named properties.
    Record,
    /// One of several types.
    Union,
    /// One of several texts.
    TextEnum,
    /// One of several integers.
    IntegerEnum,
    /// Something the runtime knows.
    Other,
}

/// A listed text, and what it is.
#[derive(Clone, Copy)]
struct Entry {
    mark: u8,
    text: &'static str,
}

impl Table {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The kind of type a text describes.
    pub(super) const fn kind_of(text: &str) -> Kind {
        match text.as_bytes() {
            [b'{', ..] => Kind::Record,
            [b'|', ..] => Kind::Union,
            [b'"', ..] => Kind::TextEnum,
            [b'#', ..] => Kind::IntegerEnum,
            _ => Kind::Other,
        }
    }

    /// The Rust name of the type.
    pub(crate) fn name(self) -> &'static str {
        self.split().0
    }

    /// What becomes of properties that a record does not name.
    pub(crate) fn rest(self) -> Rest {
        match self.split().1 {
            b'!' => Rest::Refused,
            b'+' => Rest::Kept,
            _ => Rest::Ignored,
        }
    }

    /// Whether a union is chosen by HTTP status rather than by content.
    pub(super) fn is_by_status(self) -> bool {
        Self::kind_of(self.0) == Kind::Union && self.split().1 == b'#'
    }

    /// Whether a union or an enum keeps what it does not know.
    pub(crate) fn is_open(self) -> bool {
        self.split().1 == b'+'
    }

    /// The properties of a record in the order of its slots, by wire name.
    pub(crate) fn fields(self) -> impl Iterator<Item = (&'static str, Presence)> {
        self.entries().map(Entry::field)
    }

    /// The property that tells the variants of a union apart, if one does.
    pub(crate) fn tag(self) -> Option<&'static str> {
        self.entries().find(|it| it.mark == b'=').map(|it| it.text)
    }

    /// The number of variants of a union, the one for what fits no other included.
    pub(crate) fn variants(self) -> usize {
        self.entries().filter(|it| it.mark == b':').count()
    }

    /// The Rust name of a variant.
    pub(super) fn variant(self, index: usize) -> &'static str {
        let mut variants = self.entries().filter(|it| it.mark == b':');
        variants.nth(index).map_or("", |it| it.text)
    }

    /// The values of the tag that choose a variant; the first is written.
    pub(super) fn tags(self, variant: usize) -> impl Iterator<Item = &'static str> + Clone {
        let mut entries = self.entries();
        entries.by_ref().filter(|it| it.mark == b':').nth(variant);
        entries.take_while(|it| it.mark == b',').map(|it| it.text)
    }

    /// The variant that a value of the tag chooses.
    pub(super) fn tagged(self, tag: &str) -> Option<usize> {
        let mut variant = None;
        for entry in self.entries() {
            match entry.mark {
                b':' => variant = Some(variant.map_or(0, |it| it + 1)),
                b',' if entry.text == tag => return variant,
                _ => {}
            }
        }
        None
    }

    /// The values of an enum in order.
    pub(super) fn values(self) -> impl Iterator<Item = &'static str> + Clone {
        self.entries().map(|it| it.text)
    }

    /// The name and the character before it.
    fn split(self) -> (&'static str, u8) {
        let head = Entries(self.0).next();
        head.map_or(("", b'.'), |it| (it.text, it.mark))
    }

    fn entries(self) -> Entries {
        let mut entries = Entries(self.0);
        entries.next();
        entries
    }
}

impl Entry {
    fn field(self) -> (&'static str, Presence) {
        let presence = match self.mark {
            b'?' => Presence::Optional,
            b'~' => Presence::RequiredNullable,
            b'*' => Presence::OptionalNullable,
            _ => Presence::Required,
        };
        (self.text, presence)
    }
}

/// The entries that are left, each with the character before it.
#[derive(Clone)]
struct Entries(&'static str);

impl Iterator for Entries {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let bytes = self.0.as_bytes();
        let (mut length, mut at) = (0, 1);
        let mark = loop {
            match *bytes.get(at)? {
                digit @ b'0'..=b'9' => {
                    length =
                        usize::saturating_mul(length, 10).saturating_add((digit - b'0').into());
                }
                _ if at == 1 => return None,
                mark => break mark,
            }
            at += 1;
        };
        let text = self.0.get(at + 1..)?;
        let (text, rest) = text.split_at_checked(length)?;
        self.0 = rest;
        Some(Entry { mark, text })
    }
}

/// A property that a record names.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) presence: Presence,
    /// The name in JSON text, between a comma and a colon.
    pub(super) json: String,
}

impl Field {
    fn new((name, presence): (&'static str, Presence)) -> Self {
        Self {
            name,
            presence,
            json: format!(",{}:", Value::from(name)),
        }
    }
}

/// What a table says of a record.
pub(super) struct Record {
    table: Table,
    /// The properties in the order of the slots.
    pub(super) fields: Vec<Field>,
    /// What becomes of the others.
    pub(super) rest: Rest,
}

impl Record {
    fn new(table: Table) -> Self {
        Self {
            table,
            fields: table.fields().map(Field::new).collect(),
            rest: table.rest(),
        }
    }

    /// The number of slots.
    pub(super) fn slots(&self) -> usize {
        self.fields.len() + usize::from(self.rest == Rest::Kept)
    }

    /// Whether a property has a field.
    pub(super) fn names(&self, key: &str) -> bool {
        self.fields.iter().any(|it| it.name == key)
    }

    /// The field of a property: the one at a position first, because most come in order.
    pub(super) fn find(&self, next: usize, key: &str) -> Option<usize> {
        let is_it = |index: &usize| self.fields.get(*index).is_some_and(|it| it.name == key);
        (next..self.fields.len()).chain(0..next).find(is_it)
    }
}

/// The records met in one reading or writing: one is mostly one of many.
#[derive(Default)]
pub(super) struct Records(RefCell<Vec<&'static Record>>);

impl Records {
    pub(super) fn get(&self, table: Table) -> &'static Record {
        let mut met = self.0.borrow_mut();
        let found = met.iter().rfind(|it| ptr::eq(it.table.0, table.0));
        if let Some(found) = found {
            return found;
        }
        let record = RECORDS.get(place_of(table.0), || Record::new(table));
        met.push(record);
        record
    }
}

/// What the tables of records say, by their texts.
static RECORDS: Cache<TextPlace, Record> = Cache::new();

#[cfg(test)]
mod tests {
    use super::{Kind, Presence, Record, Rest, Table};

    const PET: Table = Table::new("{3!Pet 2:id 7?a name! 3~tag 4*é 1");
    const ANIMAL: Table = Table::new("|6+Animal 4=kind 3:Cat 3,cat 3,kit 3:Dog 5:Other");

    #[test]
    fn reads_records() {
        assert_eq!(Table::kind_of(PET.0), Kind::Record);
        assert_eq!(
            (PET.name(), PET.rest(), Record::new(PET).slots()),
            ("Pet", Rest::Refused, 4)
        );
        let fields = [
            ("id", Presence::Required),
            ("a name!", Presence::Optional),
            ("tag", Presence::RequiredNullable),
            ("é 1", Presence::OptionalNullable),
        ];
        assert_eq!(PET.fields().collect::<Vec<_>>(), fields);
        assert_eq!(Record::new(Table::new("{5+Empty")).slots(), 1);
    }

    #[test]
    fn finds_properties_in_any_order() {
        let record = Record::new(PET);
        let mut next = 0;
        let mut find = |key| {
            let found = record.find(next, key);
            next = found.map_or(next, |it| it + 1);
            found
        };
        let keys = [
            "id", "tag", "no", "a name!", "a name!", "é 1", "id", "no", "é 1", "tag",
        ];
        let found = [
            Some(0),
            Some(2),
            None,
            Some(1),
            Some(1),
            Some(3),
            Some(0),
            None,
            Some(3),
            Some(2),
        ];
        assert_eq!(keys.map(&mut find), found);
        assert_eq!(Record::new(Table::new("{5.Empty")).find(0, "id"), None);
    }

    #[test]
    fn reads_unions() {
        assert_eq!((ANIMAL.name(), ANIMAL.tag()), ("Animal", Some("kind")));
        assert_eq!((ANIMAL.variants(), ANIMAL.is_open()), (3, true));
        assert_eq!(
            [0, 1, 2, 3].map(|it| ANIMAL.variant(it)),
            ["Cat", "Dog", "Other", ""]
        );
        let tags = |variant| ANIMAL.tags(variant).collect::<Vec<_>>();
        assert_eq!(
            [tags(0), tags(1), tags(2)],
            [vec!["cat", "kit"], vec![], vec![]]
        );
        assert_eq!(
            [ANIMAL.tagged("kit"), ANIMAL.tagged("Cat")],
            [Some(0), None]
        );
        assert!(Table::new("|7#Failure 3:One 3:Two").is_by_status());
        assert!(!ANIMAL.is_by_status());
    }

    #[test]
    fn survives_what_the_generator_never_writes() {
        for text in [
            "",
            "{",
            "{1.A ",
            "{1.A 9",
            "{1.A 9:id",
            "{1.A 99999999999999999999:a",
            "{9.A 1:b",
            "x y",
        ] {
            let table = Table::new(text);
            assert_eq!((table.fields().count(), table.variants()), (0, 0), "{text}");
        }
    }
}
