//! The body of a request.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::Value;

use super::{RequestError, style};
use crate::{action::Operation, schema::Violation};

/// Whether a media type holds JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// A media type without parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The media type and the bytes.
pub(super) fn encode(
    operation: &Operation,
    media_type: &'static str,
    value: &Value,
    is_base64: bool,
) -> Result<(&'static str, Bytes), RequestError> {
    let kind = essence(media_type);
    // A range is filled with what the rest of the protocol speaks.
    if kind == "*/*" || kind == "application/*" {
        return Ok(("application/json", value.to_string().into()));
    }
    if is_json(media_type) {
        return Ok((media_type, value.to_string().into()));
    }
    if kind == "application/x-www-form-urlencoded" {
        return form(value).map(|body| (media_type, body.into()));
    }
    let unsendable = |why: &str| RequestError::Description {
        message: format!(
            "`{}` takes a body of type {media_type}, which cannot be {why}",
            operation.id
        ),
    };
    if kind.starts_with("multipart/") {
        return Err(unsendable("sent"));
    }
    match value {
        Value::String(text) if is_base64 => match STANDARD.decode(text) {
            Ok(bytes) => Ok((media_type, bytes.into())),
            Err(_) => Err(refused("must be bytes as base64")),
        },
        Value::Object(_) | Value::Array(_) => Err(unsendable("written from JSON")),
        scalar => Ok((media_type, style::text(scalar).into())),
    }
}

/// Arrays repeat the name; values that are deeper are written as JSON, which is the
/// specification's default for them.
fn form(value: &Value) -> Result<String, RequestError> {
    let Value::Object(properties) = value else {
        return Err(refused("must be an object, to be sent as a form"));
    };
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in properties {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for item in items.iter().filter(|it| !it.is_null()) {
                    form.append_pair(name, &style::text(item));
                }
            }
            other => {
                form.append_pair(name, &style::text(other));
            }
        }
    }
    Ok(form.finish())
}

fn refused(message: &str) -> RequestError {
    RequestError::Arguments(vec![Violation {
        path: "body".to_owned(),
        message: message.to_owned(),
    }])
}
