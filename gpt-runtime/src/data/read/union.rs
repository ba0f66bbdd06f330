//! Chooses the variant of a union.

use std::cmp::Reverse;

use super::{
    super::{
        Data,
        parts::Parts,
        table::Table,
        tape::{At, Form},
    },
    Reader,
    failure::{Failure, Mismatch},
    record::Frame,
};

/// How often, on the average, a value in a union may be read on trial: unions in unions are read
/// again for each variant around them, which has no bound but the depth of the JSON.
const TRIALS: usize = 256;
/// That many are let pass in any case.
const FEWEST_TRIALS: usize = 1_000_000;

/// Reads a union: the variant of the tag where there is one, else the variant that fits best:
/// fewest parts it does not know, then most parts it knows, then the first.
pub(in crate::data) fn union<T: Data>(reader: &Reader<'_>, at: At) -> T {
    if !reader.take_room(size_of::<T>(), at) {
        return T::blank();
    }
    let mut best = None;
    if let Some(mut choice) = Choice::new(reader, Table::new(T::TABLE), at) {
        while choice.enter() {
            let value = T::from_parts(Parts::read(reader));
            if choice.leave() {
                best = Some(value);
            }
        }
        choice.end();
    }
    reader.give_room(size_of::<T>());
    best.unwrap_or_else(T::blank)
}

/// How well a variant fits; less is better.
type Rank = (u32, Reverse<u32>);

/// The choice of one variant.
struct Choice<'a> {
    reader: &'a Reader<'a>,
    table: Table,
    at: At,
    tag: Option<At>,
    /// The next variant to try, or the one that the tag chose.
    next: Next,
    best: Option<Rank>,
    first: Option<Failure>,
    /// What was known before the variant that is being read.
    before: Before,
    is_outermost: bool,
    /// How many failures of first variants are kept.
    firsts: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// The variant of a tag.
    Tagged(usize),
    /// One of those that may fit.
    Tried(usize),
    /// The variant for what fits no other.
    Open,
    /// Nothing is left.
    End,
}

#[derive(Clone, Copy)]
struct Before {
    frame: Frame,
    known: u32,
    unknown: u32,
    fields: usize,
    remainders: usize,
}

impl<'a> Choice<'a> {
    fn new(reader: &'a Reader<'a>, table: Table, at: At) -> Option<Self> {
        if reader.has_failed() {
            return None;
        }
        // Unions can be variants of each other. What fits only by going round fits nothing.
        let goes_round = reader.within.borrow().contains(&(at, table));
        if goes_round {
            reader.fail(at, Mismatch::Itself(table));
            return None;
        }
        reader.within.borrow_mut().push((at, table));
        let is_outermost = reader.trials.get().is_none();
        if is_outermost {
            let trials = reader.tape.size(at).saturating_mul(TRIALS);
            reader.trials.set(Some(trials.max(FEWEST_TRIALS)));
        }
        let tag = table.tag().and_then(|tag| reader.property(at, tag));
        let chosen = tag.filter(|it| reader.tape.form(*it) == Form::Text);
        let chosen = chosen.and_then(|it| table.tagged(&reader.tape.string(it)?));
        Some(Self {
            reader,
            table,
            at,
            tag,
            next: chosen.map_or(Next::Tried(0), Next::Tagged),
            best: None,
            first: None,
            before: Before {
                frame: reader.frame.get(),
                known: reader.known.get(),
                unknown: reader.unknown.get(),
                fields: reader.fields.borrow().len(),
                remainders: reader.remainders.borrow().len(),
            },
            is_outermost,
            firsts: reader.firsts.borrow().len(),
        })
    }

    /// The variants that are not for what fits no other.
    fn typed(&self) -> usize {
        self.table.variants() - usize::from(self.table.is_open())
    }

    /// Whether the tag is there with a text.
    fn has_tag(&self) -> bool {
        self.tag
            .is_some_and(|it| self.reader.tape.form(it) == Form::Text)
    }

    /// Goes to the next variant that may fit, and lets the parts come from its payload.
    fn enter(&mut self) -> bool {
        if let Next::Tried(variant) = self.next {
            // A variant that names its tags is not chosen for another tag.
            let may_fit = |it: &usize| !self.has_tag() || self.table.tags(*it).next().is_none();
            self.next = match (variant..self.typed()).find(may_fit) {
                Some(variant) if self.reader.may_try(self.at) => Next::Tried(variant),
                Some(_) => {
                    self.best = None;
                    self.reader.fail(self.at, Mismatch::TooMany(self.table));
                    Next::End
                }
                None if self.best.is_none() && self.may_be_unknown() => Next::Open,
                None => Next::End,
            };
        }
        let variant = match self.next {
            Next::Tagged(variant) | Next::Tried(variant) => variant,
            Next::Open => self.typed(),
            Next::End => return false,
        };
        self.reader.known.set(0);
        self.reader.unknown.set(0);
        let tag = self
            .table
            .tag()
            .filter(|_| matches!(self.next, Next::Tagged(_)));
        self.reader.tag.set(tag.map(|it| (self.at, it)));
        self.reader.frame.set(Frame::of(variant, self.at));
        true
    }

    /// Ends a variant; whether it is the best so far.
    fn leave(&mut self) -> bool {
        let reader = self.reader;
        reader.frame.set(self.before.frame);
        reader.tag.set(None);
        reader.fields.borrow_mut().truncate(self.before.fields);
        reader
            .remainders
            .borrow_mut()
            .truncate(self.before.remainders);
        match self.next {
            Next::Tried(variant) => {
                self.next = Next::Tried(variant + 1);
                if let Some(failure) = reader.failure.take() {
                    // Of what failed within, the first failure alone may be reported.
                    if self.first.is_none() {
                        self.first = Some(failure);
                        self.firsts = reader.firsts.borrow().len();
                    }
                    reader.firsts.borrow_mut().truncate(self.firsts);
                    return false;
                }
                let rank = (reader.unknown.get(), Reverse(reader.known.get()));
                let is_best = self.best.is_none_or(|best| rank < best);
                if is_best {
                    self.best = Some(rank);
                }
                is_best
            }
            Next::Open => {
                self.best = Some((1, Reverse(0)));
                self.next = Next::End;
                true
            }
            Next::Tagged(_) | Next::End => {
                self.best = Some((0, Reverse(0)));
                self.next = Next::End;
                true
            }
        }
    }

    /// Says why nothing fits, if so.
    fn end(self) {
        let reader = self.reader;
        if self.is_outermost {
            reader.trials.set(None);
        }
        reader.within.borrow_mut().pop();
        reader.known.set(self.before.known);
        let unknown = self.best.map_or(0, |(unknown, _)| unknown);
        reader
            .unknown
            .set(self.before.unknown.saturating_add(unknown));
        if self.best.is_none() && !reader.has_failed() {
            self.refuse();
        }
    }

    /// Whether JSON that fits no variant may be a new one. Where tags tell them all apart, a new one
    /// has a tag as well.
    fn may_be_unknown(&self) -> bool {
        if !self.table.is_open() {
            return false;
        }
        let variants = self.table.variants();
        let is_tagged = |variant: &usize| self.table.tags(*variant).next().is_some();
        let tagged = (0..variants).filter(is_tagged).count();
        if self.table.tag().is_none() || tagged + 1 != variants {
            return true;
        }
        self.tag.is_some_and(|it| self.is_scalar(it))
    }

    fn is_scalar(&self, at: At) -> bool {
        matches!(
            self.reader.tape.form(at),
            Form::Text | Form::Number | Form::Boolean
        )
    }

    /// Why no variant fits.
    fn refuse(&self) {
        let reader = self.reader;
        match (self.first, self.tag) {
            // With one candidate its own failure says more than the union's.
            (Some(failure), _) if self.typed() == 1 => reader.fail(failure.at, failure.kind),
            (_, Some(tag)) if reader.tape.form(tag) == Form::Text => {
                reader.fail(self.at, Mismatch::UnknownTag(self.table, tag));
            }
            (_, Some(tag)) if !self.is_scalar(tag) => reader.fail(tag, Mismatch::NoTag(self.table)),
            (first, _) => {
                let mut firsts = reader.firsts.borrow_mut();
                let number = firsts.len();
                firsts.extend(first);
                drop(firsts);
                reader.fail(
                    self.at,
                    Mismatch::NoVariant(self.table, first.map(|_| number)),
                );
            }
        }
    }
}

impl Reader<'_> {
    /// Counts a trial; whether it may take place.
    fn may_try(&self, at: At) -> bool {
        let left = self
            .trials
            .get()
            .unwrap_or(0)
            .checked_sub(self.tape.size(at));
        self.trials.set(Some(left.unwrap_or(0)));
        left.is_some()
    }

    /// The property of a name.
    fn property(&self, at: At, name: &str) -> Option<At> {
        let mut parts = self.tape.within(self.find(at, Form::Object)?);
        let mut found = None;
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            if self.tape.string(key).is_some_and(|it| it == name) {
                found = Some(value);
            }
        }
        found
    }

    /// The tag that chose a record, which is none of its own properties.
    pub(super) fn hidden(&self, at: At) -> Option<&'static str> {
        let (chosen, tag) = self.tag.take()?;
        (chosen == at).then_some(tag)
    }
}
