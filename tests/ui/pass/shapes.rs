#![deny(warnings)]

use gpt_runtime::gpt;

use crate::actions::{serve, weather};

/// Named fields.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
pub(crate) struct Named {
    pub place: String,
}

/// A tuple.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [weather])]
#[derive(Clone, Debug)]
pub struct Tuple(pub u8);

/// Left out.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.", actions = [nowhere])]
#[cfg(any())]
struct LeftOut;

#[test]
fn it_works() {
    let named = Named {
        place: String::from("Denver"),
    };
    assert_eq!(named.place, "Denver");
    serve(named);
    assert_eq!(Tuple(1).0, 1);
    serve(Tuple(1).clone());
}
