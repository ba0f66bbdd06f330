//! 3.1 and 3.2: what authors carry over from 3.0 all the same.

use super::{schemas, v3_0};
use crate::node::Node;

/// `nullable`, boolean bounds and `example` have no other meaning in 3.1, and many documents still
/// use them, so they are read as they are meant.
pub(super) fn upgrade(root: &mut Node) {
    schemas::each(root, &mut v3_0::schema);
}
