//! From flat arguments, or those of a typed call, to parameters and a body.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Files, RequestError, multipart::covers};
use crate::{
    action::{Body, BodyArguments, Operation, Parameter},
    data::Marked,
    schema::{self, Caller, Flat, Refusal, Violation},
};

/// Arguments by where they go, checked against the description.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    /// In the order of [`Operation::parameters`].
    parameters: Vec<Option<Cow<'a, Value>>>,
    pub(super) body: Option<Cow<'a, Value>>,
    /// The media type of the body.
    pub(super) media_type: Choice<'a>,
    pub(super) files: Files,
}

/// Which of the described media types is sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choice<'a> {
    /// Its position.
    pub(super) index: usize,
    /// Its name in the caller's words.
    pub(super) name: Option<&'a str>,
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

impl<'a> Arguments<'a> {
    fn of(operation: &Operation, files: Files) -> Self {
        Self {
            parameters: vec![None; operation.parameters.len()],
            body: None,
            media_type: Choice::default(),
            files,
        }
    }

    /// What a model wrote.
    pub(crate) fn from_flat(operation: &Operation, flat: &'a Value) -> Result<Self, RequestError> {
        let mut flat = flat_of(object(flat)?);
        schema::check(operation, &mut flat, Caller::Model)?;
        let mut arguments = Self::of(operation, Files::InText);
        let mut unplaced = Vec::new();
        let mut properties = Map::new();
        for (name, value) in flat {
            if let Some(place) = arguments.place(operation, &name) {
                *place = Some(value);
                continue;
            }
            match operation.body.map(|it| it.arguments) {
                Some(BodyArguments::Whole(argument)) if argument == name => {
                    arguments.body = Some(value);
                }
                Some(BodyArguments::Properties(named, open)) => {
                    match named.iter().find(|(argument, _)| *argument == name) {
                        Some((_, property)) => {
                            properties.insert((*property).to_owned(), value.into_owned());
                        }
                        None if open => {
                            properties.insert(name.into_owned(), value.into_owned());
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
                        path: path.into_owned(),
                    })
                    .collect(),
            ));
        }
        let is_spread =
            |body: &crate::action::Body| matches!(body.arguments, BodyArguments::Properties(..));
        if let Some(body) = operation.body.as_ref().filter(|it| is_spread(it))
            && (body.required || !properties.is_empty())
        {
            arguments.body = Some(Cow::Owned(Value::Object(properties)));
        }
        Ok(arguments)
    }

    /// What a typed call holds.
    pub(crate) fn from_typed(
        operation: &Operation,
        typed: &'a Typed,
    ) -> Result<Self, RequestError> {
        let mut arguments = Self::of(operation, Files::Beside(typed.files.clone()));
        let values = typed.value.as_object();
        let mut flat = Flat::with_capacity(values.map_or(0, Map::len));
        let mut body = None;
        for (name, value) in values.into_iter().flatten() {
            match arguments.place(operation, name) {
                Some(place) => {
                    *place = Some(Cow::Borrowed(value));
                    flat.push((name.into(), Cow::Borrowed(value)));
                }
                None => body = Some(value),
            }
        }
        if let Some(described) = &operation.body {
            arguments.media_type = choice(operation, described, typed)?;
            if let Some(body) = body {
                flatten(operation, described, body, &mut flat);
            }
        }
        arguments.body = body.map(Cow::Borrowed);
        check(operation, &mut flat, arguments.media_type)?;
        arguments.write_files(operation)?;
        Ok(arguments)
    }

    /// What a model writes for the arguments of a typed call. Nothing is checked.
    ///
    /// # Errors
    ///
    /// A file is not in memory.
    #[cfg(feature = "server")]
    pub(crate) fn written(operation: &Operation, typed: &Typed) -> Result<Value, RequestError> {
        let files = Files::Beside(typed.files.clone());
        let mut flat = Flat::new();
        for (name, value) in typed.value.as_object().into_iter().flatten() {
            let is_parameter = operation.parameters.iter().any(|it| it.argument == name);
            match &operation.body {
                Some(body) if !is_parameter => flatten(operation, body, value, &mut flat),
                _ => flat.push((name.into(), Cow::Borrowed(value))),
            }
        }
        let written = flat.into_iter().map(|(name, value)| {
            let value = files.written(&value, &name)?.into_owned();
            Ok::<_, RequestError>((name.into_owned(), value))
        });
        Ok(Value::Object(written.collect::<Result<_, RequestError>>()?))
    }

    /// The arguments as a model writes them.
    #[cfg(feature = "server")]
    pub(crate) fn to_flat(&self, operation: &Operation) -> Value {
        let given = self.given(operation);
        let mut flat: Flat<'_> = given
            .map(|(parameter, value)| (parameter.argument.into(), Cow::Borrowed(value)))
            .collect();
        if let (Some(described), Some(body)) = (&operation.body, self.body.as_deref()) {
            flatten(operation, described, body, &mut flat);
        }
        let flat = flat.into_iter();
        let flat = flat.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Value::Object(flat.collect())
    }

    /// The arguments in the form of a typed call: parameters under their arguments' names, and the
    /// body under this one.
    #[cfg(feature = "server")]
    pub(crate) fn to_value(&self, operation: &Operation, body: &str) -> Value {
        let given = self.given(operation);
        let mut value: Map<String, Value> = given
            .map(|(parameter, value)| (parameter.argument.to_owned(), value.clone()))
            .collect();
        if let Some(content) = self.body.as_deref() {
            value.insert(body.to_owned(), content.clone());
        }
        Value::Object(value)
    }

    /// A property of the body, to be changed.
    pub(crate) fn body_property(&mut self, name: &str) -> Option<&mut Value> {
        let body = self.body.as_mut()?;
        body.get(name)?;
        body.to_mut().get_mut(name)
    }

    /// Where the argument of a parameter goes.
    fn place(&mut self, operation: &Operation, name: &str) -> Option<&mut Option<Cow<'a, Value>>> {
        let mut parameters = operation.parameters.iter();
        let position = parameters.position(|it| it.argument == name)?;
        self.parameters.get_mut(position)
    }

    /// Puts files into parameters, which are text.
    fn write_files(&mut self, operation: &Operation) -> Result<(), RequestError> {
        if self.files.is_empty() {
            return Ok(());
        }
        for (value, parameter) in self.parameters.iter_mut().zip(operation.parameters) {
            if let Some(value) = value {
                let written = self.files.written(value, parameter.argument)?;
                *value = Cow::Owned(written.into_owned());
            }
        }
        Ok(())
    }

    /// The parameters with their arguments, which some do not have.
    pub(super) fn parameters(
        &self,
        operation: &Operation,
    ) -> impl Iterator<Item = (&'static Parameter, Option<&Value>)> {
        let values = self.parameters.iter().map(Option::as_deref);
        operation.parameters.iter().zip(values)
    }

    /// The parameters that have an argument.
    pub(super) fn given(
        &self,
        operation: &Operation,
    ) -> impl Iterator<Item = (&'static Parameter, &Value)> {
        self.parameters(operation)
            .filter_map(|(parameter, value)| Some((parameter, value?)))
    }
}

/// Checks the arguments of a typed call. They are described for the preferred media type alone.
fn check(
    operation: &Operation,
    flat: &mut Flat<'_>,
    media_type: Choice<'_>,
) -> Result<(), RequestError> {
    let is_parameter = |name: &str| operation.parameters.iter().any(|it| it.argument == name);
    let is_described = |violation: &Violation| {
        let root = violation.path.split(['.', '[']).next();
        media_type.index == 0 || root.is_some_and(is_parameter)
    };
    match schema::check(operation, flat, Caller::Code) {
        Err(Refusal::Arguments(mut violations)) => {
            violations.retain(is_described);
            if violations.is_empty() {
                Ok(())
            } else {
                Err(RequestError::Arguments(violations))
            }
        }
        checked => Ok(checked?),
    }
}

/// The media type of a typed call.
fn choice<'a>(
    operation: &Operation,
    body: &Body,
    typed: &'a Typed,
) -> Result<Choice<'a>, RequestError> {
    let asked = typed.content_type.as_deref();
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
        return Ok(Choice { index, name: asked });
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
fn flatten<'a>(operation: &Operation, described: &Body, body: &'a Value, flat: &mut Flat<'a>) {
    match (described.arguments, body) {
        (BodyArguments::Whole(argument), body) => {
            flat.push((argument.into(), Cow::Borrowed(body)));
        }
        (BodyArguments::Properties(named, _), Value::Object(properties)) => {
            let is_another = |name: &str| {
                let mut parameters = operation.parameters.iter();
                parameters.any(|it| it.argument == name) || named.iter().any(|(it, _)| *it == name)
            };
            for (property, value) in properties {
                let argument = match named.iter().find(|(_, it)| it == property) {
                    Some((argument, _)) => *argument,
                    // A free property may be called like an argument; only the latter is described.
                    None if is_another(property) => continue,
                    None => property,
                };
                flat.push((argument.into(), Cow::Borrowed(value)));
            }
        }
        // The check says what is missing.
        (BodyArguments::Properties(..), _) => {}
    }
}

fn flat_of(object: Cow<'_, Map<String, Value>>) -> Flat<'_> {
    match object {
        Cow::Borrowed(object) => object
            .iter()
            .map(|(name, value)| (name.into(), Cow::Borrowed(value)))
            .collect(),
        Cow::Owned(object) => object
            .into_iter()
            .map(|(name, value)| (name.into(), Cow::Owned(value)))
            .collect(),
    }
}

/// Arguments as an object. Models write nothing, `null` or an empty text for none.
fn object(arguments: &Value) -> Result<Cow<'_, Map<String, Value>>, RequestError> {
    let refused = |message: String| {
        RequestError::Arguments(vec![Violation {
            path: String::new(),
            message,
        }])
    };
    match arguments {
        Value::Object(object) => Ok(Cow::Borrowed(object)),
        Value::Null => Ok(Cow::default()),
        Value::String(text) if text.trim().is_empty() => Ok(Cow::default()),
        Value::String(text) => match serde_json::from_str::<Map<String, Value>>(text) {
            Ok(object) => Ok(Cow::Owned(object)),
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
