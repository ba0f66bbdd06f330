//! What the benchmarks measure: generated types, the same types written by hand, and JSON for both.
#![allow(
    clippy::duplicate_mod,
    reason = "the same records hold open and closed enums"
)]

pub mod derived;
pub mod sample;
pub mod startup;

gpt_runtime::include_actions!(orders);
