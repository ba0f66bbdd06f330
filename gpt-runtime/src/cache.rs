//! What is worked out once of something `'static`, which generated code is: there is no more of it
//! than the program has, so that it is kept.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// Values by where what they are worked out of is.
pub(crate) struct Cache<K: 'static, T: 'static>(RwLock<BTreeMap<K, &'static T>>);

/// The place of a text. Places of what is `'static` are never those of something else later.
pub(crate) type TextPlace = (usize, usize);

impl<K: Copy + Ord, T> Cache<K, T> {
    pub(crate) const fn new() -> Self {
        Self(RwLock::new(BTreeMap::new()))
    }

    /// The value of a place, the same each time.
    pub(crate) fn get(&self, place: K, work_out: impl FnOnce() -> T) -> &'static T {
        let values = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = values.get(&place) {
            return value;
        }
        drop(values);
        // Others may read meanwhile, and may work out the same.
        let value = work_out();
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        values
            .entry(place)
            .or_insert_with(|| Box::leak(Box::new(value)))
    }
}

/// Where a text is.
pub(crate) fn place_of(text: &'static str) -> TextPlace {
    (text.as_ptr().addr(), text.len())
}
