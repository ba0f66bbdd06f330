//! What functions return: values as JSON, and errors that a model may see.

use std::{fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use super::{call::Failure, description::Description};

/// Why an action did not do what it was asked to, in words that the model may see.
///
/// Nothing becomes one by itself, so that no inside of the program is shown by accident: an error
/// of another type is converted where it is known what the model may be told of it.
///
/// ```
/// # use gpt_runtime::ActionError;
/// # fn read(name: &str) -> Result<String, ActionError> {
/// std::fs::read_to_string(name).map_err(|error| {
///     eprintln!("{name}: {error}");
///     ActionError::new("the list cannot be read now: try again later")
/// })
/// # }
/// # assert_eq!(read("/missing").unwrap_err().message(), "the list cannot be read now: try again later");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionError {
    message: String,
}

impl ActionError {
    /// An error with what the model is told: what is wrong, and what it may do about it.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// What the model is told.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ActionError {}

/// What an action may return: anything that serde writes and `schemars` describes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer of an action",
    label = "this cannot be written as described JSON",
    note = "put `#[derive(serde::Serialize, schemars::JsonSchema)]` on each type of yours in it"
)]
pub trait Answer: Sized {
    #[doc(hidden)]
    fn schema(generator: &mut SchemaGenerator) -> Schema;
    #[doc(hidden)]
    fn write(self) -> Result<Value, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> Answer for T {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn write(self) -> Result<Value, serde_json::Error> {
        // By way of text: an `f32` would become the `f64` that is next to it.
        serde_json::from_str(&serde_json::to_string(&self)?)
    }
}

/// An error of an action: [`ActionError`], or what can be made one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a model may see",
    label = "return `ActionError` here",
    note = "`.map_err(|error| ActionError::new(\"what the model may know\"))` makes one of it"
)]
pub trait Refusal {
    #[doc(hidden)]
    fn into_error(self) -> ActionError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<ActionError>> Refusal for E {
    fn into_error(self) -> ActionError {
        self.into()
    }
}

/// The type that a function returns: a `Result`, or else a plain value.
///
/// A `Result` is one by its type and not by its name, so that an alias is one too: its methods are
/// found before those of [`Plain`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Returns<R>(PhantomData<fn() -> R>);

#[allow(missing_docs, reason = "for the code of `#[action]` alone")]
impl<R> Returns<R> {
    #[allow(clippy::new_without_default, reason = "it is no value")]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[allow(missing_docs, reason = "for the code of `#[action]` alone")]
impl<T, E> Returns<Result<T, E>> {
    pub fn value(self) -> Written<T>
    where
        T: Answer,
    {
        Written::new()
    }

    pub fn finish(self, returned: Result<T, E>, value: Written<T>) -> Result<Value, Failure>
    where
        E: Refusal,
    {
        match returned {
            Ok(returned) => value.write(returned),
            Err(error) => Err(Failure::Refused(error.into_error())),
        }
    }
}

#[doc(hidden)]
#[allow(missing_docs, reason = "for the code of `#[action]` alone")]
pub trait Plain: Sized {
    type Value;
    fn value(self) -> Written<Self::Value>
    where
        Self::Value: Answer,
    {
        Written::new()
    }
    fn finish(self, returned: Self::Value, value: Written<Self::Value>) -> Result<Value, Failure> {
        value.write(returned)
    }
}

impl<R> Plain for Returns<R> {
    type Value = R;
}

/// A value that can be an answer. Only making this asks whether it can, so that one mistake is one
/// error although code describes an answer in one place and writes it in another.
#[doc(hidden)]
#[derive(Debug)]
pub struct Written<T> {
    schema: fn(&mut SchemaGenerator) -> Schema,
    write: fn(T) -> Result<Value, serde_json::Error>,
}

#[allow(missing_docs, reason = "for the code of `#[action]` alone")]
impl<T> Written<T> {
    fn new() -> Self
    where
        T: Answer,
    {
        Self {
            schema: T::schema,
            write: T::write,
        }
    }

    pub fn describe(self, description: &mut Description<'_>) {
        description.answer(self.schema);
    }

    fn write(self, value: T) -> Result<Value, Failure> {
        (self.write)(value).map_err(|error| {
            // Its words may be of anything.
            Failure::broken(&format!("its answer is no JSON: {error}"))
        })
    }
}
