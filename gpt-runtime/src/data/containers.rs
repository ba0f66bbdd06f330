//! Options, boxes, arrays and maps.

use std::collections::BTreeMap;

use super::{Data, List, Map, SetOption, Slot, View, ViewMut};

impl<T: Data> Data for Option<T> {
    fn blank(_: usize) -> Self {
        None
    }
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (None, None) => true,
            (Some(left), Some(right)) => left.equals(right),
            _ => false,
        }
    }
    fn view(&self) -> View<'_> {
        View::Option(self.as_ref().map(|value| value as &dyn Slot))
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Option(self)
    }
}

impl<T: Data> SetOption for Option<T> {
    fn clear(&mut self) {
        *self = T::null();
    }
    fn fill(&mut self) -> &mut dyn Slot {
        self.insert(T::blank(0))
    }
}

impl<T: Data> Data for Box<T> {
    fn blank(_: usize) -> Self {
        Box::new(T::blank(0))
    }
    fn equals(&self, other: &Self) -> bool {
        T::equals(self, other)
    }
    fn view(&self) -> View<'_> {
        T::view(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        T::view_mut(self)
    }
}

impl<T: Data> Data for Vec<T> {
    fn blank(_: usize) -> Self {
        Vec::new()
    }
    fn equals(&self, other: &Self) -> bool {
        Vec::len(self) == Vec::len(other)
            && self.iter().zip(other).all(|(it, other)| it.equals(other))
    }
    fn view(&self) -> View<'_> {
        View::List(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::List(self)
    }
}

impl<T: Data> List for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn get(&self, index: usize) -> Option<&dyn Slot> {
        self.as_slice().get(index).map(|value| value as &dyn Slot)
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
    fn push(&mut self) -> &mut dyn Slot {
        let index = Vec::len(self);
        self.push(T::blank(0));
        &mut self[index]
    }
}

impl<T: Data> Data for BTreeMap<String, T> {
    fn blank(_: usize) -> Self {
        BTreeMap::new()
    }
    fn equals(&self, other: &Self) -> bool {
        BTreeMap::len(self) == BTreeMap::len(other)
            && self
                .iter()
                .zip(other)
                .all(|((key, value), (other_key, other))| key == other_key && value.equals(other))
    }
    fn view(&self) -> View<'_> {
        View::Map(self)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::Map(self)
    }
}

impl<T: Data> Map for BTreeMap<String, T> {
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, &dyn Slot)> + '_> {
        Box::new(
            self.iter()
                .map(|(key, value)| (key.as_str(), value as &dyn Slot)),
        )
    }
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
    fn insert(&mut self, key: String) -> &mut dyn Slot {
        let entry = self.entry(key).or_insert_with(|| T::blank(0));
        *entry = T::blank(0);
        entry
    }
}
