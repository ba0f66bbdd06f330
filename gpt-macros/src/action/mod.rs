//! `#[action]` on a function, and `#[actions]` on a block of methods.

mod ast;
mod check;
mod expand;
mod methods;
mod parse;

pub(crate) use expand::attribute;
pub(crate) use methods::attribute as methods;
