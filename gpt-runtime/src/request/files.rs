//! The files that arguments mention.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::RequestError;
use crate::{
    data::{File, Marked},
    schema::Violation,
};

/// Where the files of arguments are.
#[derive(Clone, Debug)]
pub(crate) enum Files {
    /// In the text itself, as base64: a model cannot write anything else. No mark means anything
    /// there.
    InText,
    /// Beside it, by their marks: the files of a typed call.
    Beside(Marked),
}

impl Files {
    /// The file that a text stands for where the description wants one; `None` for a plain text,
    /// which a typed call may hold instead.
    pub(super) fn file(&self, text: &str, path: &str) -> Result<Option<File>, RequestError> {
        match self {
            Self::InText => match STANDARD.decode(text) {
                Ok(bytes) => Ok(Some(File::from_bytes(bytes))),
                Err(_) => Err(refused(path, "must be bytes as base64")),
            },
            Self::Beside(_) => Ok(self.marked(text).cloned()),
        }
    }

    /// The file of a mark.
    pub(super) fn marked(&self, text: &str) -> Option<&File> {
        match self {
            Self::InText => None,
            Self::Beside(files) => files
                .iter()
                .find(|(mark, _)| mark == text)
                .map(|(_, file)| file),
        }
    }

    /// Whether a value can hold none.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::InText => true,
            Self::Beside(files) => files.is_empty(),
        }
    }

    /// A value that stands where only text can: its files as base64.
    pub(super) fn written<'v>(
        &self,
        value: &'v Value,
        path: &str,
    ) -> Result<Cow<'v, Value>, RequestError> {
        if self.is_empty() {
            return Ok(Cow::Borrowed(value));
        }
        let mut value = value.clone();
        self.write(&mut value, path)?;
        Ok(Cow::Owned(value))
    }

    fn write(&self, value: &mut Value, path: &str) -> Result<(), RequestError> {
        match value {
            Value::String(text) => {
                if let Some(file) = self.marked(text) {
                    let message = "is a file inside of text, which must be made from bytes";
                    *text = file.base64().ok_or_else(|| refused(path, message))?;
                }
                Ok(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|it| self.write(it, path)),
            Value::Object(properties) => properties
                .values_mut()
                .try_for_each(|it| self.write(it, path)),
            _ => Ok(()),
        }
    }
}

/// An argument that cannot be sent.
pub(super) fn refused(path: &str, message: &str) -> RequestError {
    RequestError::Arguments(vec![Violation {
        path: path.to_owned(),
        message: message.to_owned(),
    }])
}
