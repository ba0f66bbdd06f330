//! From flat arguments, or those of a typed call, to parameters and a body.

use serde_json::{Map, Value};

use super::{Files, RequestError, multipart::covers};
use crate::{
    action::{Body, BodyArguments, Operation},
    data::Marked,
    schema::{self, Caller, Refusal, Violation},
};

/// Arguments by where they go, checked against the description.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// By [`crate::action::Parameter::argument`].
    pub(super) parameters: Map<String, Value>,
    pub(super) body: Option<Value>,
    /// The media type of the body.
    pub(super) media_type: Choice,
    pub(super) files: Files,
}

/// Which of the described media types is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Its position.
    pub(super) index: usize,
    /// Its name in the caller's words.
    pub(super) name: Option<String>,
}

/// The arguments of a typed call.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// Parameters under their arguments' names, and the body under the one other name.
    pub(crate) value: Value,
    pub(crate) files: Marked,
    /// The variant of a body that is an enum by media type.
    pub(crate) variant: Option<usize>,
    /// The media type that was asked for.
    pub(crate) content_type: Option<String>,
}

impl Arguments {
    /// What a model wrote.
    pub(crate) fn from_flat(operation: &Operation, flat: &Value) -> Result<Self, RequestError> {
        let mut flat = object(flat)?;
        schema::check(operation, &mut flat, Caller::Model)?;
        let mut arguments = Self {
            parameters: Map::new(),
            body: None,
            media_type: Choice::default(),
            files: Files::InText,
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

    /// What a typed call holds.
    pub(crate) fn from_typed(operation: &Operation, typed: &Typed) -> Result<Self, RequestError> {
        let mut parameters = object(&typed.value)?;
        let is_parameter = |name: &str| operation.parameters.iter().any(|it| it.argument == name);
        let others: Vec<String> = parameters
            .keys()
            .filter(|name| !is_parameter(name))
            .cloned()
            .collect();
        let mut body = None;
        for name in others {
            body = parameters.shift_remove(&name);
        }
        let media_type = match &operation.body {
            Some(described) => choice(operation, described, typed)?,
            None => Choice::default(),
        };
        let mut flat = parameters.clone();
        if let (Some(described), Some(body)) = (&operation.body, &body) {
            flatten(described, body, &mut flat);
        }
        // The description of the arguments is that of the preferred media type.
        let is_described = |violation: &Violation| {
            let root = violation.path.split(['.', '[']).next();
            media_type.index == 0 || root.is_some_and(is_parameter)
        };
        match schema::check(operation, &mut flat, Caller::Code) {
            Err(Refusal::Arguments(mut violations)) => {
                violations.retain(is_described);
                if !violations.is_empty() {
                    return Err(RequestError::Arguments(violations));
                }
            }
            checked => checked?,
        }
        let files = Files::Beside(typed.files.clone());
        for (name, value) in &mut parameters {
            *value = files.written(value, name)?.into_owned();
        }
        Ok(Self {
            parameters,
            body,
            media_type,
            files,
        })
    }
}

/// The media type of a typed call.
fn choice(operation: &Operation, body: &Body, typed: &Typed) -> Result<Choice, RequestError> {
    let name = typed.content_type.clone();
    let asked = name.as_deref();
    let is_asked = |index: usize| {
        asked.is_none_or(|asked| {
            let described = body.media_types.get(index);
            described.is_some_and(|it| covers(it.name, asked))
        })
    };
    let found = if body.by_media_type {
        Some(typed.variant.unwrap_or_default()).filter(|it| is_asked(*it))
    } else {
        (0..body.media_types.len()).find(|it| is_asked(*it))
    };
    if let Some(index) = found {
        return Ok(Choice { index, name });
    }
    let names: Vec<_> = body.media_types.iter().map(|it| it.name).collect();
    Err(RequestError::Description {
        message: format!(
            "`{}` cannot send this body as `{}`: it is described as {}",
            operation.id,
            asked.unwrap_or_default().escape_debug(),
            names.join(", ")
        ),
    })
}

/// Puts the body beside the parameters, as a model would have written it.
fn flatten(described: &Body, body: &Value, flat: &mut Map<String, Value>) {
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
