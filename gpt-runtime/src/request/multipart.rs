//! Bodies made of parts: `multipart/form-data` (RFC 7578) and its siblings (RFC 2046).

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use uuid::Uuid;

use super::{
    RequestBody, RequestError,
    body::{encoding, essence, is_json},
    files::Files,
    style::{self, Spelling},
};
use crate::{
    action::{Encoding, MediaType, Operation},
    data::File,
};

/// The media type with its boundary, and the body.
pub(super) fn write(
    operation: &Operation,
    kind: &str,
    media_type: &MediaType,
    value: &Value,
    files: &Files,
) -> Result<(String, RequestBody), RequestError> {
    let parts = Parts {
        encoding: media_type.encoding,
        files,
        gathered: Vec::new(),
    }
    .of(operation, kind, value)?;
    // Random, so that it stands in no part.
    let boundary = Uuid::new_v4().simple().to_string();
    let first = parts.first().and_then(|it| it.content_type.as_deref());
    let root = match kind {
        // RFC 2387 has it say what the first part is.
        "multipart/related" => format!("; type=\"{}\"", first.unwrap_or("text/plain")),
        _ => String::new(),
    };
    let mut body = RequestBody::default();
    for part in parts {
        part.write(&boundary, &mut body)?;
    }
    body.push(format!("--{boundary}--\r\n"));
    Ok((format!("{kind}; boundary={boundary}{root}"), body))
}

/// A part of a body.
struct Part<'a> {
    name: Option<String>,
    content_type: Option<String>,
    headers: &'a [(&'a str, &'a str)],
    content: Content,
}

enum Content {
    Text(String),
    File(File),
}

impl Part<'_> {
    fn write(self, boundary: &str, body: &mut RequestBody) -> Result<(), RequestError> {
        let mut head = format!("--{boundary}\r\n");
        if let Some(name) = &self.name {
            head.extend([
                "Content-Disposition: form-data; name=\"",
                &quoted(name),
                "\"",
            ]);
            if let Content::File(file) = &self.content {
                // What has no file name is no file to many servers.
                let name = file.name().unwrap_or(name);
                head.extend(["; filename=\"", &quoted(name), "\""]);
            }
            head += "\r\n";
        }
        if let Some(content_type) = &self.content_type {
            head += &header("Content-Type", content_type)?;
        }
        for (name, value) in self.headers {
            head += &header(name, value)?;
        }
        head += "\r\n";
        match self.content {
            Content::Text(text) => body.push(head + &text + "\r\n"),
            Content::File(file) => {
                body.push(head);
                body.push_file(file);
                body.push("\r\n");
            }
        }
        Ok(())
    }
}

/// One line of a part's head. A media type may come from a caller, and must not make two of it.
fn header(name: &str, value: &str) -> Result<String, RequestError> {
    let is_sound =
        HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
    if is_sound {
        return Ok(format!("{name}: {value}\r\n"));
    }
    Err(RequestError::Description {
        message: format!(
            "a part cannot have the header `{}` with the value `{}`",
            name.escape_debug(),
            value.escape_debug()
        ),
    })
}

/// A name between quotes, as browsers write it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The parts of a body, as they are gathered.
struct Parts<'a> {
    encoding: &'a [Encoding],
    files: &'a Files,
    gathered: Vec<Part<'a>>,
}

impl<'a> Parts<'a> {
    /// A part for each property, and for each item of one that is a list.
    fn of(
        mut self,
        operation: &Operation,
        kind: &str,
        value: &Value,
    ) -> Result<Vec<Part<'a>>, RequestError> {
        match value {
            Value::Object(properties) => {
                for (name, value) in properties {
                    self.property(name, value)?;
                }
            }
            _ if kind == "multipart/form-data" => {
                return Err(RequestError::Description {
                    message: format!(
                        "`{}` takes a body of type {kind}, which must be an object",
                        operation.id
                    ),
                });
            }
            Value::Array(items) => {
                for item in items {
                    self.part(None, None, item)?;
                }
            }
            other => self.part(None, None, other)?,
        }
        Ok(self.gathered)
    }

    fn property(&mut self, name: &str, value: &Value) -> Result<(), RequestError> {
        let encoding = encoding(self.encoding, name);
        if let Some(encoding) = encoding
            && let Some(style) = encoding.style
        {
            return self.styled(name, encoding, style, value);
        }
        match value {
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| self.part(Some(name), encoding, item)),
            other => self.part(Some(name), encoding, other),
        }
    }

    fn styled(
        &mut self,
        name: &str,
        encoding: &'a Encoding,
        style: crate::action::Style,
        value: &Value,
    ) -> Result<(), RequestError> {
        let spelling = Spelling {
            style,
            explode: encoding.explode,
            allow_reserved: encoding.allow_reserved,
        };
        let value = self.files.written(value, name)?;
        let mut pairs = Vec::new();
        style::plain(name, spelling, &value, &mut pairs);
        for (name, text) in pairs {
            self.gathered.push(Part {
                name: Some(name),
                content_type: None,
                headers: encoding.headers,
                content: Content::Text(text),
            });
        }
        Ok(())
    }

    fn part(
        &mut self,
        name: Option<&str>,
        encoding: Option<&'a Encoding>,
        value: &Value,
    ) -> Result<(), RequestError> {
        if value.is_null() {
            return Ok(());
        }
        let path = name.unwrap_or("body");
        let described = encoding.and_then(|it| it.content_type);
        let (content_type, content) = if let Some(file) = self.file(path, encoding, value)? {
            (Some(of_file(described, &file)), Content::File(file))
        } else {
            let value = self.files.written(value, path)?;
            let content_type = of_value(described, &value);
            let text = match &content_type {
                Some(it) if is_json(it) => value.to_string(),
                _ => style::text(&value).into_owned(),
            };
            (content_type, Content::Text(text))
        };
        self.gathered.push(Part {
            name: name.map(str::to_owned),
            content_type,
            headers: encoding.map_or(&[], |it| it.headers),
            content,
        });
        Ok(())
    }

    fn file(
        &self,
        path: &str,
        encoding: Option<&Encoding>,
        value: &Value,
    ) -> Result<Option<File>, RequestError> {
        match value {
            Value::String(text) if encoding.is_some_and(|it| it.is_file) => {
                self.files.file(text, path)
            }
            Value::String(text) => Ok(self.files.marked(text).cloned()),
            _ => Ok(None),
        }
    }
}

/// The media type of a file: its own where the description allows it.
fn of_file(described: Option<&str>, file: &File) -> String {
    let own = file.content_type();
    let allowed = |own: &&str| described.is_none_or(|it| it.split(',').any(|it| covers(it, own)));
    own.filter(allowed)
        .or_else(|| described.and_then(first))
        .unwrap_or("application/octet-stream")
        .to_owned()
}

/// The media type of anything else; `None` for plain text, which a part is that says nothing.
fn of_value(described: Option<&str>, value: &Value) -> Option<String> {
    let default = || match value {
        Value::Object(_) | Value::Array(_) => Some("application/json"),
        _ => None,
    };
    described
        .and_then(first)
        .or_else(default)
        .map(str::to_owned)
}

/// The first of some media types that is no range.
fn first(described: &str) -> Option<&str> {
    described
        .split(',')
        .map(str::trim)
        .find(|it| !it.is_empty() && !it.contains('*'))
}

/// Whether a media type is another one or in its range.
pub(super) fn covers(range: &str, media_type: &str) -> bool {
    let (range, media_type) = (essence(range), essence(media_type));
    match range.strip_suffix('*') {
        Some("*/") => true,
        Some(start) => media_type.starts_with(start),
        None => range == media_type,
    }
}
