//! The arguments of calls: as a model writes them, and as the structs of actions hold them.

use serde_json::Value;

use crate::{
    action::{Action, Operation},
    data::{self, Table},
    invoke::typed,
    model::{ModelError, script::Reply},
    request::Arguments,
};

impl Reply {
    /// A reply that calls an action with these arguments: `Reply::action(GetPoint::new(39.7, -105.0))`.
    pub fn action<A: Action>(arguments: A) -> Self {
        Self::default().and_action(arguments)
    }

    /// Calls an action with these arguments.
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "arguments are written in the call, where a reference would be noise"
    )]
    pub fn and_action<A: Action>(self, arguments: A) -> Self {
        let operation = A::operation();
        match Arguments::written(operation, &typed(operation, &arguments)) {
            Ok(written) => self.and_call(operation.tool.name, written),
            Err(error) => self.and_error(ModelError::Protocol(format!(
                "the script cannot call `{}`: {error}",
                operation.id
            ))),
        }
    }
}

/// What a model wrote, as the struct of an action.
pub(super) fn read<A: Action>(written: &Value) -> Result<A, String> {
    let arguments = Arguments::from_flat(A::operation(), written);
    to_struct(&arguments.map_err(|error| error.to_string())?)
}

/// Arguments that were checked, as the struct of an action.
pub(super) fn to_struct<A: Action>(arguments: &Arguments<'_>) -> Result<A, String> {
    let operation = A::operation();
    let is_parameter = |name: &str| operation.parameters.iter().any(|it| it.argument == name);
    let mut fields = Table::new(A::TABLE).fields();
    let body = fields.find(|(name, _)| !is_parameter(name));
    let mut value = arguments.to_value(operation, body.map_or("body", |(name, _)| name));
    without_links(&mut value);
    data::from_value(&value).map_err(|error| error.to_string())
}

/// Arguments that were checked, as a model writes them.
pub(super) fn to_flat(operation: &Operation, arguments: &Arguments<'_>) -> Value {
    let mut value = arguments.to_flat(operation);
    without_links(&mut value);
    value
}

/// Puts the ids of files in the place of the links that an API is sent, as a model names them.
fn without_links(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_links),
        Value::Object(properties) => {
            let id = properties.get("id").cloned();
            match id.filter(|_| properties.contains_key("download_link")) {
                Some(id) => *value = id,
                None => properties.values_mut().for_each(without_links),
            }
        }
        _ => {}
    }
}

/// Whether JSON holds all that a part of it says: objects may have more properties, and numbers
/// count by their value.
pub(super) fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part))),
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len()
                && whole
                    .iter()
                    .zip(part)
                    .all(|(whole, part)| holds(whole, part))
        }
        (Value::Number(whole), Value::Number(part)) => {
            whole == part || (whole.as_f64().is_some() && whole.as_f64() == part.as_f64())
        }
        _ => whole == part,
    }
}
