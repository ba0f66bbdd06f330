//! The body of a request, in its media type.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    RequestBody, RequestError,
    files::{Files, refused},
    multipart,
    style::{self, Spelling},
};
use crate::{
    action::{Encoding, MediaType, Operation, Style},
    data::File,
    schema,
};

/// What a body is called where it has no name of its own.
const BODY: &str = "body";

/// Whether a media type holds JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let name = name_of(media_type);
    let suffix = name.len().checked_sub("+json".len());
    ["application/json", "text/json"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
        || suffix
            .and_then(|it| name.get(it..))
            .is_some_and(|it| it.eq_ignore_ascii_case("+json"))
}

/// Whether a media type holds a flat form.
pub(super) fn is_form(media_type: &str) -> bool {
    name_of(media_type).eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// A media type without parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    name_of(media_type).to_ascii_lowercase()
}

/// A media type without parameters.
fn name_of(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// A body that is to be written.
#[derive(Clone, Copy)]
pub(super) struct Unwritten<'a> {
    pub(super) operation: &'a Operation,
    /// As it is described.
    pub(super) media_type: &'a MediaType,
    /// As the caller has chosen it.
    pub(super) chosen: Option<&'a str>,
    pub(super) value: &'a Value,
    pub(super) files: &'a Files,
    /// The argument that is the whole body.
    pub(super) argument: Option<&'a str>,
}

impl Unwritten<'_> {
    /// The media type and the body.
    pub(super) fn write(self) -> Result<(String, RequestBody), RequestError> {
        let name = self.chosen.unwrap_or(self.media_type.name);
        let kind = essence(name);
        if is_json(name) {
            return Ok((concrete(name, &kind), self.json()?));
        }
        if is_form(name) {
            let form = form(self.value, self.media_type.encoding, self.files)?;
            return Ok((name.to_owned(), form.into()));
        }
        if kind.starts_with("multipart/") {
            return multipart::write(
                self.operation,
                &kind,
                self.media_type,
                self.value,
                self.files,
            );
        }
        if let Some(file) = self.file()? {
            return Ok(of_file(name, file));
        }
        // A range is filled with what the rest of the protocol speaks.
        if kind == "*/*" || kind == "application/*" {
            return Ok((concrete(name, &kind), self.json()?));
        }
        match self.value {
            Value::Object(_) | Value::Array(_) => Err(RequestError::Description {
                message: format!(
                    "`{}` takes a body of type {name}, which cannot be written from JSON",
                    self.operation.id
                ),
            }),
            scalar => Ok((
                concrete(name, &kind),
                style::text(scalar).into_owned().into(),
            )),
        }
    }

    fn json(self) -> Result<RequestBody, RequestError> {
        let value = self.files.written(self.value, BODY)?;
        // Not by `Display`, which writes through a formatter.
        match serde_json::to_vec(&*value) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(refused(BODY, &format!("cannot be written: {error}"))),
        }
    }

    /// The file that is the whole body, if it is one.
    fn file(self) -> Result<Option<File>, RequestError> {
        let is_base64 = |argument| schema::is_base64(self.operation, argument);
        match (self.value, self.files) {
            (Value::String(text), Files::InText) if self.argument.is_some_and(is_base64) => {
                self.files.file(text, BODY)
            }
            (Value::String(text), Files::Beside(_)) => self.files.file(text, BODY),
            _ => Ok(None),
        }
    }
}

fn of_file(name: &str, file: File) -> (String, RequestBody) {
    let name = if name.contains('*') {
        file.content_type().unwrap_or("application/octet-stream")
    } else {
        name
    };
    let name = name.to_owned();
    let mut body = RequestBody::default();
    body.push_file(file);
    (name, body)
}

/// The media type to send where a range is described.
fn concrete(name: &str, essence: &str) -> String {
    match essence {
        "text/*" => "text/plain",
        _ if essence.contains('*') => "application/json",
        _ => name,
    }
    .to_owned()
}

/// The text of a value that stands in a parameter as a media type.
pub(super) fn content(media_type: &str, value: &Value) -> String {
    if is_form(media_type) {
        match value {
            Value::Object(properties) => pairs(properties, &[]),
            other => style::text(other).into_owned(),
        }
    } else if is_json(media_type) || media_type.contains('*') {
        value.to_string()
    } else {
        style::text(value).into_owned()
    }
}

/// `application/x-www-form-urlencoded`
fn form(value: &Value, encoding: &[Encoding], files: &Files) -> Result<String, RequestError> {
    let value = files.written(value, BODY)?;
    match &*value {
        Value::Object(properties) => Ok(pairs(properties, encoding)),
        // A form that somebody else has written.
        Value::String(text) => Ok(text.clone()),
        _ => Err(refused(BODY, "must be an object, to be sent as a form")),
    }
}

fn pairs(properties: &Map<String, Value>, encoding: &[Encoding]) -> String {
    let mut form = String::new();
    for (name, value) in properties {
        let (spelling, value) = in_form(self::encoding(encoding, name), value);
        style::query(name, spelling, &value, &mut form);
    }
    // A form has its own word for a space, and everything else was encoded before.
    form.replace("%20", "+")
}

/// How a property of a form is spelled. Arrays repeat the name; what is nested is JSON text unless
/// it has a style.
fn in_form<'v>(encoding: Option<&Encoding>, value: &'v Value) -> (Spelling, Cow<'v, Value>) {
    if let Some(encoding) = encoding
        && let Some(style) = encoding.style
    {
        let spelling = Spelling {
            style,
            explode: encoding.explode,
            allow_reserved: encoding.allow_reserved,
        };
        return (spelling, Cow::Borrowed(value));
    }
    let is_json = encoding
        .and_then(|it| it.content_type)
        .is_some_and(self::is_json);
    let value = match value {
        Value::Null => Cow::Borrowed(value),
        Value::Object(_) => Cow::Owned(value.to_string().into()),
        other if is_json => Cow::Owned(other.to_string().into()),
        other => Cow::Borrowed(other),
    };
    let spelling = Spelling {
        style: Style::Form,
        explode: true,
        allow_reserved: false,
    };
    (spelling, value)
}

/// What is said of a property, else of all others.
pub(super) fn encoding<'e>(encoding: &'e [Encoding], name: &str) -> Option<&'e Encoding> {
    let own = encoding.iter().find(|it| it.property == Some(name));
    own.or_else(|| encoding.iter().find(|it| it.property.is_none()))
}
