//! The items of a stream.

use crate::{action::StreamItem, sequence::Item};

/// What ends a stream by convention, where a media type has no end of its own.
const SENTINEL: &str = "[DONE]";

/// Whether an item says that there are no more.
pub(super) fn is_last(kind: StreamItem, item: &Item) -> bool {
    kind == StreamItem::Data && item.data.trim() == SENTINEL
}
