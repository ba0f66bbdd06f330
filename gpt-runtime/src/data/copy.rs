//! Copies of generated types.

use super::{Data, Kind, Table};

/// A copy of a record or a union, part by part.
pub fn copy<T: Data>(value: &T) -> T {
    if Table::kind_of(T::TABLE) == Kind::Union {
        let (variant, payload) = value.payload();
        let mut copy = T::blank(variant);
        copy.slot_mut(0).copy_from(payload.as_any());
        return copy;
    }
    let mut copy = T::blank(0);
    for index in 0..Table::new(T::TABLE).slots() {
        copy.slot_mut(index).copy_from(value.slot(index).as_any());
    }
    copy
}
