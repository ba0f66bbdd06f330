//! An answer with what came around it.

use reqwest::header::{HeaderMap, SET_COOKIE};

use crate::{
    action::Header,
    data::{self, Data, DecodeError, HeaderLines},
};

/// An answer with what came around it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: T,
    pub(super) described: &'static [Header],
}

impl<T> Reply<T> {
    /// A header as a type: a number, a text, a `Vec` of what is separated by commas, or a generated
    /// type. `None` where the server sent none.
    ///
    /// ```
    /// # use gpt_runtime::{data::DecodeError, invoke::Reply};
    /// # fn remaining<T>(reply: &Reply<T>) -> Result<(), DecodeError> {
    /// let remaining = reply.header::<u32>("x-ratelimit-remaining")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the header is not of that type.
    pub fn header<H: Data>(&self, name: &str) -> Result<Option<H>, DecodeError> {
        header(&self.headers, self.described, name)
    }

    /// The headers that the description has for this answer.
    pub fn described_headers(&self) -> &'static [Header] {
        self.described
    }

    pub(super) fn map<B>(self, body: impl FnOnce(T) -> B) -> Reply<B> {
        Reply {
            status: self.status,
            headers: self.headers,
            body: body(self.body),
            described: self.described,
        }
    }
}

/// A header as a type.
pub(super) fn header<H: Data>(
    headers: &HeaderMap,
    described: &[Header],
    name: &str,
) -> Result<Option<H>, DecodeError> {
    let lines = lines(headers, name);
    if lines.is_empty() {
        return Ok(None);
    }
    let described = described
        .iter()
        .find(|it| it.name.eq_ignore_ascii_case(name));
    let read = if described.is_some_and(|it| it.content.is_some()) {
        data::from_str(&lines.join(","))
    } else {
        let lines = HeaderLines {
            lines: &lines,
            is_exploded: described.is_some_and(|it| it.explode),
            // A cookie may hold a comma, and the header has one cookie a line.
            is_list: !name.eq_ignore_ascii_case(SET_COOKIE.as_str()),
        };
        lines.read()
    };
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(DecodeError {
            path: match error.path.as_str() {
                "" => name.to_owned(),
                path => format!("{name}.{path}"),
            },
            ..error
        }),
    }
}

/// The values of a header. They are UTF-8 where they are not ASCII.
fn lines(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
        .collect()
}
