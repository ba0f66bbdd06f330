//! Answers of APIs as they are recorded.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::answer::insert;
use crate::{
    action::Operation, credential::Credentials, invoke::stand_in::Plain, request::is_json,
};

/// What is kept of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(flatten)]
    body: Body,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    /// JSON, without the white space around its parts.
    Json(Value),
    Text(String),
    Base64(String),
}

impl Kept {
    /// Of the headers those that mean something to a call, and that the description has. Cookies are
    /// never among them.
    pub(super) fn new(operation: &Operation, answer: &Plain, credentials: &Credentials) -> Self {
        let described = operation.answers.iter().chain(operation.failures);
        let described = described.flat_map(|it| it.headers).map(|it| it.name);
        let general = [CONTENT_TYPE, CONTENT_ENCODING, RETRY_AFTER, LOCATION];
        let names = general.iter().map(HeaderName::as_str).chain(described);
        let secret = ["set-cookie", "authorization", "www-authenticate"];
        let headers = names
            .map(str::to_ascii_lowercase)
            .filter(|name| !secret.contains(&name.as_str()))
            .filter_map(|name| {
                let value = answer.headers.get(&name)?.to_str().ok()?;
                let redacted = credentials.redact(value);
                Some((name, redacted.unwrap_or_else(|| value.to_owned())))
            });
        Self {
            status: answer.status.as_u16(),
            headers: headers.collect(),
            body: Body::new(answer),
        }
    }

    /// The answer, as far as it was kept.
    pub(super) fn plain(&self) -> Result<Plain, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            insert(&mut headers, name, value)?;
        }
        let status = StatusCode::from_u16(self.status);
        Ok(Plain {
            status: status.map_err(|_| format!("`{}` is no status of HTTP", self.status))?,
            headers,
            body: self.body.bytes()?,
        })
    }
}

impl Body {
    fn new(answer: &Plain) -> Self {
        let media_type = answer.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|it| it.to_str().ok());
        let Ok(text) = std::str::from_utf8(&answer.body) else {
            return Self::Base64(STANDARD.encode(&answer.body));
        };
        if media_type.is_some_and(is_json)
            && let Ok(value) = serde_json::from_str::<Value>(text)
            // Digits beyond those of a float, or a name that is there twice.
            && serde_json::to_string(&value).is_ok_and(|it| it == without_space(text))
        {
            return Self::Json(value);
        }
        Self::Text(text.to_owned())
    }

    fn bytes(&self) -> Result<Bytes, String> {
        Ok(match self {
            Self::Json(value) => value.to_string().into(),
            Self::Text(text) => text.clone().into(),
            Self::Base64(text) => {
                let bytes = STANDARD.decode(text);
                let wrong = |error| format!("an answer in the recording is not base64: {error}");
                bytes.map_err(wrong)?.into()
            }
        })
    }
}

/// JSON without the white space around its parts.
fn without_space(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    json.chars()
        .filter(|letter| {
            let is_kept = is_text || !matches!(letter, ' ' | '\t' | '\r' | '\n');
            if is_escaped {
                is_escaped = false;
            } else if is_text && *letter == '\\' {
                is_escaped = true;
            } else if *letter == '"' {
                is_text = !is_text;
            }
            is_kept
        })
        .collect()
}
