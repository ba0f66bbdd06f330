//! The intermediate representation: an API without references, versions or tokens.

mod types;

mod analysis;
mod body;
mod build;
mod files;
mod lower;
mod media;
mod recursion;
mod scalar;
mod schema;
mod shape;
mod size;
mod stream;
mod union;
mod values;

pub(crate) use lower::lower;
pub(crate) use media::is_json;
pub(crate) use types::*;

use shape::Shape;
