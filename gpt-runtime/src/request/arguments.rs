//! From flat arguments, or those of a typed call, to parameters and a body.

use serde_json::{Map, Value};

use super::RequestError;
use crate::{
    action::{BodyArguments, Operation},
    schema::{self, Caller, Violation},
};

/// Arguments by where they go, checked against the description.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// By [`crate::action::Parameter::argument`].
    pub(super) parameters: Map<String, Value>,
    pub(super) body: Option<Value>,
}

impl Arguments {
    /// What a model wrote.
    pub(crate) fn from_flat(operation: &Operation, flat: &Value) -> Result<Self, RequestError> {
        let mut flat = object(flat)?;
        schema::check(operation, &mut flat, Caller::Model)?;
        let mut arguments = Self {
            parameters: Map::new(),
            body: None,
        };
        let mut unplaced = Vec::new();
        let mut properties = Map::new();
        for (name, value) in flat {
            if operation.parameters.iter().any(|it| it.argument == name) {
                arguments.parameters.insert(name, value);
                continue;
            }
            match operation.body.map(|it| it.arguments) {
                Some(BodyArguments::Whole(argument)) if argument == name => {
                    arguments.body = Some(value);
                }
                Some(BodyArguments::Properties(named, open)) => {
                    match named.iter().find(|(argument, _)| *argument == name) {
                        Some((_, property)) => {
                            properties.insert((*property).to_owned(), value);
                        }
                        None if open => {
                            properties.insert(name, value);
                        }
                        None => unplaced.push(name),
                    }
                }
                _ => unplaced.push(name),
            }
        }
        if !unplaced.is_empty() {
            return Err(RequestError::Arguments(
                unplaced
                    .into_iter()
                    .map(|path| Violation {
                        message: format!("is not an argument of {}", operation.tool.name),
                        path,
                    })
                    .collect(),
            ));
        }
        let is_spread =
            |body: &crate::action::Body| matches!(body.arguments, BodyArguments::Properties(..));
        if let Some(body) = operation.body.as_ref().filter(|it| is_spread(it))
            && (body.required || !properties.is_empty())
        {
            arguments.body = Some(Value::Object(properties));
        }
        Ok(arguments)
    }

    /// What a typed call holds: parameters under their arguments' names, and the body under the
    /// one other name.
    pub(crate) fn from_typed(operation: &Operation, typed: &Value) -> Result<Self, RequestError> {
        let mut arguments = Self {
            parameters: object(typed)?,
            body: None,
        };
        let mut flat = arguments.parameters.clone();
        let others: Vec<String> = arguments
            .parameters
            .keys()
            .filter(|name| operation.parameters.iter().all(|it| it.argument != **name))
            .cloned()
            .collect();
        for name in others {
            arguments.body = arguments.parameters.shift_remove(&name);
            flat.shift_remove(&name);
        }
        if let (Some(described), Some(body)) = (&operation.body, &arguments.body) {
            match (described.arguments, body) {
                (BodyArguments::Whole(argument), body) => {
                    flat.insert(argument.to_owned(), body.clone());
                }
                (BodyArguments::Properties(named, _), Value::Object(properties)) => {
                    for (property, value) in properties {
                        let argument = named
                            .iter()
                            .find(|(_, it)| it == property)
                            .map_or(property.as_str(), |(argument, _)| *argument);
                        // A free property may be called like a parameter; only the latter is
                        // described.
                        flat.entry(argument).or_insert_with(|| value.clone());
                    }
                }
                // The check says what is missing.
                (BodyArguments::Properties(..), _) => {}
            }
        }
        schema::check(operation, &mut flat, Caller::Code)?;
        Ok(arguments)
    }
}

/// Arguments as an object. Models write nothing, `null` or an empty text for none.
fn object(arguments: &Value) -> Result<Map<String, Value>, RequestError> {
    let refused = |message: String| {
        RequestError::Arguments(vec![Violation {
            path: String::new(),
            message,
        }])
    };
    match arguments {
        Value::Object(object) => Ok(object.clone()),
        Value::Null => Ok(Map::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
        Value::String(text) => match serde_json::from_str::<Map<String, Value>>(text) {
            Ok(object) => Ok(object),
            Err(error) => Err(refused(format!(
                "the arguments are not a JSON object: {error}"
            ))),
        },
        other => Err(refused(format!(
            "the arguments must be a JSON object such as {{}}, not {}",
            schema::kind(other)
        ))),
    }
}
