//! Tests of the example: real HTTP on the loopback interface, the clock stopped.

use time::{OffsetDateTime, macros::datetime};

mod client;
mod conversation;
mod stand_in;

fn clock() -> OffsetDateTime {
    datetime!(2026-06-03 15:20 UTC)
}
