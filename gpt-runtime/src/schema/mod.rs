//! JSON Schema of a tool's arguments: whole for a model, and as the check before a call.

mod check;
mod compiled;
mod node;
mod pattern;
mod shown;
#[cfg(feature = "server")]
pub(crate) mod strict;
mod words;

use std::{borrow::Cow, fmt};

#[cfg(feature = "server")]
use serde_json::Map;
use serde_json::{Value, json};

use crate::action::Operation;
use compiled::Compiled;

#[cfg(feature = "mcp")]
pub(crate) use compiled::name_of;
pub(crate) use words::kind;

/// An argument that the description refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where it is, such as `filter.kinds[2]`; empty for the arguments as a whole.
    pub path: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "`{}`: {}", self.path, self.message)
        }
    }
}

/// The JSON Schema of an operation's arguments, with the `$defs` it reaches, in keywords that all
/// providers of models take. A call is checked against more than that: against the patterns of
/// property names, for example, and each position of an array.
///
/// A description that cannot be read becomes a schema that says so; calls of its operation are
/// refused.
pub fn parameters(operation: &Operation) -> Value {
    match Compiled::of(operation) {
        Ok(compiled) => compiled.shown.clone(),
        Err(message) => json!({ "type": "object", "properties": {}, "description": message }),
    }
}

/// What the check of an operation's arguments has to leave to the server: patterns that are no
/// regular expressions of ECMA-262, and references that lead nowhere.
pub fn problems(operation: &Operation) -> Vec<String> {
    match Compiled::of(operation) {
        Ok(compiled) => compiled.problems.clone(),
        Err(message) => vec![message.clone()],
    }
}

/// Who wrote arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A model: unknown arguments are refused, and an enum's value is known by its letters even if
    /// their case differs.
    Model,
    /// A typed call: names and enum values are as its types have them, bounds and patterns are
    /// checked.
    Code,
}

/// Why arguments are refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The description cannot be read.
    Description(String),
    /// The arguments are not as described.
    Arguments(Vec<Violation>),
}

/// Arguments by their names.
pub(crate) type Flat<'a> = Vec<(Cow<'a, str>, Cow<'a, Value>)>;

/// Checks flat arguments and brings them to the form the description has: `1.0` becomes an
/// integer, `null` for an optional argument becomes absent. All violations are reported.
pub(crate) fn check(
    operation: &Operation,
    arguments: &mut Flat<'_>,
    caller: Caller,
) -> Result<(), Refusal> {
    match Compiled::of(operation) {
        Ok(compiled) => check::check(compiled, operation.tool.name, arguments, caller)
            .map_err(Refusal::Arguments),
        Err(message) => Err(Refusal::Description(message.clone())),
    }
}

/// The schema of the arguments of a tool that is no operation.
#[cfg(feature = "server")]
#[derive(Debug)]
pub(crate) struct Parameters(Compiled);

#[cfg(feature = "server")]
impl Parameters {
    /// # Errors
    /// It is no schema of an object, or holds what cannot be checked.
    pub(crate) fn new(tool: &str, schema: Value) -> Result<Self, String> {
        let Value::Object(schema) = schema else {
            return Err(format!("{tool}: the schema of its arguments is no object"));
        };
        Compiled::new(tool, schema).map(Self)
    }

    /// What a model is shown of it.
    pub(crate) fn shown(&self) -> &Value {
        &self.0.shown
    }

    /// Whether an object that no model wrote fits the schema.
    #[cfg(feature = "mcp")]
    pub(crate) fn accepts(&self, object: &Map<String, Value>) -> bool {
        let borrowed = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
        let named = object.iter().map(|(name, value)| (name.as_str(), value));
        let mut flat: Flat<'_> = named.map(borrowed).collect();
        check::check(&self.0, "", &mut flat, Caller::Code).is_ok()
    }

    /// The arguments of a model in the form the schema has.
    pub(crate) fn check(
        &self,
        tool: &str,
        arguments: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Vec<Violation>> {
        let borrowed = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
        let named = arguments.iter().map(|(name, value)| (name.as_str(), value));
        let mut flat: Flat<'_> = named.map(borrowed).collect();
        check::check(&self.0, tool, &mut flat, Caller::Model)?;
        let owned = flat.into_iter();
        Ok(owned
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect())
    }
}

/// Whether an argument is bytes as base64 text.
pub(crate) fn is_base64(operation: &Operation, argument: &str) -> bool {
    let compiled = Compiled::of(operation);
    let Ok(compiled) = compiled else {
        return false;
    };
    let argument = compiled
        .keywords(&compiled.schema)
        .and_then(|it| it.object.properties.named(argument))
        .and_then(|it| compiled.keywords(&it.schema));
    argument.is_some_and(|it| it.text.is_base64)
}
