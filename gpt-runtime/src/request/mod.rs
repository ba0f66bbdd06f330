//! From an operation and arguments to an HTTP request, not yet signed.

mod error;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use url::Url;

use crate::action::Method;

pub use error::RequestError;

/// A request as it will be sent, without credentials.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address, without a key.
    pub url: Url,
    /// The headers the description asks for.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
}

pub(crate) fn percent_encode(text: &str) -> String {
    text.to_owned()
}
