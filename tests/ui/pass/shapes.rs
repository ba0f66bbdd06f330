#![deny(warnings)]

use gpt_runtime::gpt;

#[path = "../actions.rs"]
mod actions;
use actions::{serve, weather};

/// Named fields.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
pub(crate) struct Named {
    pub place: String,
}

/// A tuple.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
#[derive(Clone, Debug)]
pub struct Tuple(pub u8);

/// Parameters.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
struct Generic<T: Clone, const N: usize>(T, [u8; N])
where
    T: Default;

/// A lifetime.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
struct Borrowed<'a>(&'a str);

/// Left out.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [nowhere])]
#[cfg(any())]
struct LeftOut;

fn main() {
    let named = Named {
        place: String::from("Denver"),
    };
    assert_eq!(named.place, "Denver");
    serve(named);
    serve(Tuple(1).clone());
    let generic = Generic("", [1]);
    assert_eq!((generic.0, generic.1), ("", [1]));
    serve(generic);
    serve(Borrowed("Denver"));
    assert_eq!(Borrowed("").0, "");
}
