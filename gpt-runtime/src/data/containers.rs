//! Options, boxes, arrays and maps.

use std::collections::BTreeMap;

use super::{Data, List, Map, Slot, View, read::Reader, tape::At};

impl<T: Data> Data for Option<T> {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        if reader.is_null(at) {
            T::null()
        } else {
            Some(T::decode(reader, at))
        }
    }
    fn blank() -> Self {
        None
    }
    fn null() -> Option<Self> {
        Some(None)
    }
    fn view(&self) -> View<'_> {
        match self {
            Some(value) => match value.view() {
                View::Nothing(depth) => View::Nothing(depth + 1),
                view => view,
            },
            None => View::Nothing(0),
        }
    }
}

impl<T: Data> Data for Box<T> {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        Box::new(T::decode(reader, at))
    }
    fn blank() -> Self {
        Box::new(T::blank())
    }
    fn null() -> Option<Self> {
        T::null().map(Box::new)
    }
    fn view(&self) -> View<'_> {
        T::view(self)
    }
}

impl<T: Data> Data for Vec<T> {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        let items = reader.items(at).into_iter().flatten();
        // What follows on a failure would be blank.
        let items = items.take_while(|_| !reader.has_failed());
        items.map(|it| T::decode(reader, it)).collect()
    }
    fn blank() -> Self {
        Vec::new()
    }
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Data> List for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn get(&self, index: usize) -> Option<&dyn Slot> {
        self.as_slice().get(index).map(|value| value as &dyn Slot)
    }
}

impl<T: Data> Data for BTreeMap<String, T> {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        let mut map = BTreeMap::new();
        let Some(at) = reader.object(at) else {
            return map;
        };
        let mut entries = reader.entries(at);
        while let Some((name, it)) = entries.next(reader) {
            map.insert(name, T::decode(reader, it));
        }
        map
    }
    fn blank() -> Self {
        BTreeMap::new()
    }
    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

impl<T: Data> Map for BTreeMap<String, T> {
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, &dyn Slot)> + '_> {
        Box::new(
            self.iter()
                .map(|(key, value)| (key.as_str(), value as &dyn Slot)),
        )
    }
}
