//! Actions that are functions of the program, as [`#[action]`](macro@crate::action) makes them.
//!
//! ```
//! use gpt_runtime::{ActionError, Gpt, action, actions, gpt};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! // With `schemars = "1"` among the dependencies.
//! #[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq)]
//! enum Currency {
//!     Eur,
//!     Usd,
//! }
//!
//! /// Converts an amount of money from euros.
//! #[action(read_only)]
//! async fn convert(
//!     /// The amount in euros.
//!     amount: f64,
//!     to: Currency,
//! ) -> Result<f64, ActionError> {
//!     if amount < 0.0 {
//!         return Err(ActionError::new("the amount must not be negative"));
//!     }
//!     Ok(amount * if to == Currency::Usd { 1.1 } else { 1.0 })
//! }
//!
//! /// Knows what money is worth.
//! #[gpt(name = "Money", instructions = "Be exact.", actions = [convert, Self])]
//! struct Money {
//!     visitors: std::sync::atomic::AtomicU32,
//! }
//!
//! #[actions]
//! impl Money {
//!     /// Counts a visitor, and tells how many there were.
//!     #[action]
//!     fn count(&self) -> u32 {
//!         1 + self.visitors.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
//!     }
//! }
//! # let names: Vec<_> = Money { visitors: 0.into() }.definition().operations().map(|it| it.id).collect();
//! # assert_eq!(names, ["convert", "count"]);
//! ```
//!
//! To everything else such an action is an operation like those of an API: it is shown to the
//! model, its arguments are checked, people are asked, calls are bounded and counted. It is also
//! served to other hosts, as [`mod@crate::server`] says under "Actions of this program".

mod answer;
mod argument;
mod call;
mod description;
mod generated;
mod openapi;

use std::{any::Any, collections::HashMap, fmt, pin::Pin, sync::Arc, time::Duration};

use crate::{
    action::{Api, Described, Operation},
    error::Error,
    gpt::{ActionSet, Definition, Gpt},
};

pub use answer::{ActionError, Answer, Refusal};
pub use argument::Argument;
pub use generated::Generated;
/// The crate that describes the types of arguments and answers.
pub use schemars;

pub(crate) use call::Failure;
pub(crate) use description::operation;
pub(crate) use openapi::openapi;

#[doc(hidden)]
pub use {
    answer::{Plain, Returns},
    argument::{Arguments, Parameter},
    call::state,
    description::Description,
};

/// All functions of a program, where others have an API.
pub(crate) static API: Api = Api {
    name: "functions",
    title: "This server",
    version: env!("CARGO_PKG_VERSION"),
    servers: &[],
    security_schemes: &[],
    schemas: "{}",
    answer_schemas: "{}",
};

/// What the path of a function begins with, before its name.
pub(crate) const PATH: &str = "/actions/";

/// A function as `#[action]` writes it down.
#[doc(hidden)]
#[derive(Debug)]
pub struct Function {
    /// The GPT whose value it takes; `None` for a function that takes none.
    pub owner: Option<Owner>,
    /// What people read instead of its name.
    pub title: Option<&'static str>,
    /// Before which calls people are asked.
    pub asks: Asks,
    /// In seconds; `None` for what holds for all calls.
    pub time_limit: Option<u64>,
    /// Says what it takes and returns.
    pub describe: fn(&mut Description<'_>),
    /// Calls it.
    pub call: for<'a> fn(State<'a>, Arguments) -> Pending<'a>,
}

/// A GPT that a function belongs to.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// Where it is defined, which is another place for each.
    pub place: &'static str,
    /// Its type as people write it.
    pub name: &'static str,
    /// Whether a value is one.
    pub is: fn(&dyn Any) -> bool,
    /// Whether it lists its methods.
    pub lists_methods: bool,
}

impl Owner {
    /// That of a type with `#[gpt]`.
    #[must_use]
    pub const fn of<T: crate::__private::Define>() -> Self {
        Self {
            place: T::PLACE,
            name: T::NAME,
            is: |value| value.is::<T>(),
            lists_methods: T::LISTS_METHODS,
        }
    }
}

/// Methods that are actions: what `#[actions]` implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no actions of its own",
    label = "put `#[actions]` on an `impl {Self}` block, and `#[action]` on methods in it"
)]
pub trait Methods {
    /// Those with `#[action]`.
    const OPERATIONS: &'static [&'static Described];
}

/// Before which calls of a function people are asked.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Before none: it only reads.
    Never,
    /// Before each, until a person says "always".
    Once,
    /// Before each.
    EachTime,
}

/// The GPT that a function is called with.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct State<'a>(&'a dyn Gpt);

/// A call that was begun.
#[doc(hidden)]
pub type Pending<'a> =
    Pin<Box<dyn Future<Output = Result<serde_json::Value, Failure>> + Send + 'a>>;

/// A GPT for as long as it is served.
#[derive(Clone)]
pub(crate) enum Held {
    Own(Arc<dyn Gpt>),
    Lent(&'static dyn Gpt),
}

impl Held {
    pub(crate) fn gpt(&self) -> &dyn Gpt {
        match self {
            Self::Own(gpt) => &**gpt,
            Self::Lent(gpt) => *gpt,
        }
    }
}

/// The functions of a GPT, and what they are called with.
#[derive(Clone, Default)]
pub(crate) struct Functions {
    gpt: Option<Held>,
    /// By the address of their operation.
    functions: HashMap<usize, &'static Function>,
}

impl Functions {
    /// # Errors
    /// One belongs to another GPT.
    pub(crate) fn new(definition: &Definition, gpt: Held) -> Result<Self, Error> {
        let mut functions = HashMap::new();
        for (described, operation, function) in all(definition) {
            if let Some(owner) = function.owner
                && !(owner.is)(gpt.gpt() as &dyn Any)
            {
                let message = format!("action `{}` belongs to `{}`", described.id, owner.name);
                return Err(Error::Definition {
                    gpt: definition.name,
                    problems: vec![message],
                });
            }
            functions.insert(key(operation), function);
        }
        Ok(Self {
            gpt: Some(gpt),
            functions,
        })
    }

    /// The function that an operation is, if it is one.
    pub(crate) fn of(&self, operation: &'static Operation) -> Option<Bound<'_>> {
        Some(Bound {
            function: self.functions.get(&key(operation))?,
            state: State(self.gpt.as_ref()?.gpt()),
            operation,
        })
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.functions.values()).finish()
    }
}

/// A function with what it is called with.
pub(crate) struct Bound<'a> {
    function: &'static Function,
    state: State<'a>,
    operation: &'static Operation,
}

impl Bound<'_> {
    /// The longest a call may take, where the function says.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.operation.time_limit
    }
}

/// The functions of a GPT, each with the operation that it is there.
pub(crate) fn all(
    definition: &Definition,
) -> impl Iterator<Item = (&'static Described, &'static Operation, &'static Function)> + use<> {
    let all = definition
        .actions
        .iter()
        .flat_map(ActionSet::with_descriptions);
    all.filter_map(|(described, operation)| Some((described, operation, described.function()?)))
}

/// Whether an operation is a function of this program.
pub(crate) fn is_one(operation: &Operation) -> bool {
    std::ptr::eq(operation.api, &raw const API)
}

fn key(operation: &'static Operation) -> usize {
    std::ptr::from_ref(operation).addr()
}
