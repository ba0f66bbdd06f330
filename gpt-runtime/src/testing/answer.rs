//! What an API answers in a test.

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::Value;

use crate::invoke::stand_in::Plain;

/// What an API answers in a test, in the place of its server.
///
/// ```
/// use gpt_runtime::testing::Answer;
/// use serde_json::json;
///
/// let found = Answer::json(json!({ "products": [] }));
/// let refused = Answer::json(json!({ "title": "sold out" })).with_status(409);
/// let broken = Answer::text("Bad Gateway").with_status(502);
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// An answer, and whether it is to be what the description says.
    Plain(Plain, bool),
    /// The server is not to be reached.
    Unreachable,
    /// The test makes none that could be sent.
    Wrong(String),
}

impl Answer {
    /// JSON, with status 200: a generated type or `serde_json::json!`.
    ///
    /// A success is held to the description: one that is not of the action's type fails the test.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "answers are written in the call, where a reference would be noise"
    )]
    pub fn json(body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(body) => Self::of("application/json", body.into(), true),
            Err(error) => Self {
                kind: Kind::Wrong(format!("it is no JSON: {error}")),
            },
        }
    }

    /// Plain text, with status 200.
    pub fn text(body: impl Into<String>) -> Self {
        Self::of("text/plain; charset=utf-8", body.into().into(), false)
    }

    /// Bytes of a media type, with status 200. Nothing is held to the description, so that this may
    /// be what a broken server sends too.
    pub fn bytes(media_type: &str, body: impl Into<Bytes>) -> Self {
        Self::of(media_type, body.into(), false)
    }

    /// Nothing, with status 204.
    pub fn empty() -> Self {
        let plain = Plain {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        Self {
            kind: Kind::Plain(plain, false),
        }
    }

    /// No answer: the server cannot be reached.
    pub fn unreachable() -> Self {
        Self {
            kind: Kind::Unreachable,
        }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, code: u16) -> Self {
        self.changed(|plain| {
            let status = StatusCode::from_u16(code);
            plain.status = status.map_err(|_| format!("{code} is no status of HTTP"))?;
            Ok(())
        })
    }

    /// The same with a header more.
    #[must_use]
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.changed(|plain| insert(&mut plain.headers, name, value))
    }

    fn of(media_type: &str, body: Bytes, is_checked: bool) -> Self {
        let plain = Plain {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body,
        };
        let answer = Self {
            kind: Kind::Plain(plain, is_checked),
        };
        answer.with_header(CONTENT_TYPE.as_str(), media_type)
    }

    fn changed(mut self, change: impl FnOnce(&mut Plain) -> Result<(), String>) -> Self {
        if let Kind::Plain(plain, _) = &mut self.kind
            && let Err(message) = change(plain)
        {
            self.kind = Kind::Wrong(message);
        }
        self
    }
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self::json(body)
    }
}

/// Sets a header.
pub(super) fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let wrong = || {
        format!(
            "`{}: {}` is no header",
            name.escape_debug(),
            value.escape_debug()
        )
    };
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
    headers.insert(parsed, value);
    Ok(())
}
