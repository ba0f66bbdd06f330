//! From an operation and arguments to an HTTP request, not yet signed.

mod address;
mod arguments;
mod body;
mod error;
mod files;
mod multipart;
mod payload;
mod style;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::{
    action::{Body, BodyArguments, Location, Method, Operation, Parameter, Style},
    schema::Violation,
};

#[cfg(feature = "server")]
pub(crate) use address::{beside, server_of};
pub(crate) use address::{described_origins, server};
pub(crate) use arguments::{Arguments, Typed};
pub(crate) use body::{essence, is_json};
pub use error::RequestError;
pub(crate) use files::Files;
pub use payload::RequestBody;
use style::Spelling;
pub(crate) use style::percent_encode;

/// Headers that say how a message is framed or where it goes: never an argument's to set.
const FRAMING: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

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
    pub body: Option<RequestBody>,
}

impl Request {
    /// The request of a tool call: flat arguments, checked, and sent to `server` or else to the
    /// server in the description.
    ///
    /// # Errors
    ///
    /// When the arguments are not as described, or the server's address cannot be used.
    pub fn from_arguments(
        operation: &Operation,
        server: Option<&Url>,
        arguments: &Value,
    ) -> Result<Self, RequestError> {
        Self::new(
            operation,
            server,
            &Arguments::from_flat(operation, arguments)?,
        )
    }

    pub(crate) fn new(
        operation: &Operation,
        server: Option<&Url>,
        arguments: &Arguments<'_>,
    ) -> Result<Self, RequestError> {
        let missing = arguments
            .parameters(operation)
            .filter(|(it, value)| it.required && it.location != Location::Path && value.is_none());
        let mut violations: Vec<_> = missing
            .map(|(it, _)| Violation {
                path: it.argument.to_owned(),
                message: "is missing".to_owned(),
            })
            .collect();
        if let Some(described) = &operation.body
            && described.required
            && arguments.body.is_none()
        {
            let path = match described.arguments {
                BodyArguments::Whole(argument) => argument,
                BodyArguments::Properties(..) => "body",
            };
            violations.push(Violation {
                path: path.to_owned(),
                message: "is missing".to_owned(),
            });
        }
        let mut headers = headers(operation, arguments, &mut violations)?;
        let url = address::address(operation, server, arguments, &mut violations)?;
        let body = match (&operation.body, &arguments.body) {
            (Some(described), Some(value)) => {
                let (media_type, body) = body(operation, described, value, arguments)?;
                headers.insert(CONTENT_TYPE, described_header(operation, &media_type)?);
                Some(body)
            }
            _ => None,
        };
        Ok(Self {
            method: operation.method,
            url,
            headers,
            body,
        })
    }

    /// Whether there is all of the body to send once more.
    pub(crate) fn can_be_sent_again(&self) -> bool {
        self.body.as_ref().is_none_or(RequestBody::is_repeatable)
    }

    /// The characters that are sent as address and body.
    pub(crate) fn length(&self) -> usize {
        let body = self.body.as_ref().map_or(0, RequestBody::characters);
        self.url.as_str().len().saturating_add(body)
    }
}

fn body(
    operation: &Operation,
    described: &Body,
    value: &Value,
    arguments: &Arguments<'_>,
) -> Result<(String, RequestBody), RequestError> {
    let choice = &arguments.media_type;
    let media_type = described.media_types.get(choice.index);
    let media_type = media_type.ok_or_else(|| RequestError::Description {
        message: format!("`{}` has a body without a media type", operation.id),
    })?;
    body::Unwritten {
        operation,
        media_type,
        chosen: choice.name,
        value,
        files: &arguments.files,
        argument: match described.arguments {
            BodyArguments::Whole(argument) => Some(argument),
            BodyArguments::Properties(..) => None,
        },
    }
    .write()
}

fn headers(
    operation: &Operation,
    arguments: &Arguments<'_>,
    violations: &mut Vec<Violation>,
) -> Result<HeaderMap, RequestError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, described_header(operation, &accept(operation))?);
    let mut cookies = Vec::new();
    for (parameter, value) in arguments.given(operation) {
        match parameter.location {
            Location::Path | Location::Query | Location::QueryString => {}
            Location::Cookie => match cookie(parameter, value) {
                Some(pairs) => cookies.extend(pairs),
                None => violations.push(Violation {
                    path: parameter.argument.to_owned(),
                    message: "is sent as a cookie and cannot hold semicolons or control characters"
                        .to_owned(),
                }),
            },
            Location::Header => {
                let name = HeaderName::from_bytes(parameter.name.as_bytes())
                    .ok()
                    .filter(|it| !FRAMING.contains(&it.as_str()))
                    .ok_or_else(|| RequestError::Description {
                        message: format!(
                            "`{}` takes the header `{}`, which cannot be set",
                            operation.id,
                            parameter.name.escape_debug()
                        ),
                    })?;
                let text = match parameter.content {
                    Some(media_type) => Some(body::content(media_type, value)),
                    None => style::header(parameter, value),
                };
                let Some(text) = text else { continue };
                match HeaderValue::from_bytes(text.as_bytes()) {
                    Ok(text) => {
                        headers.insert(name, text);
                    }
                    Err(_) => violations.push(Violation {
                        path: parameter.argument.to_owned(),
                        message: "is sent as a header and cannot hold line breaks or other \
                                  control characters"
                            .to_owned(),
                    }),
                }
            }
        }
    }
    if !cookies.is_empty() {
        headers.insert(COOKIE, described_header(operation, &cookies.join("; "))?);
    }
    Ok(headers)
}

/// `name=value` of a cookie; `None` where that would be more than the description says.
fn cookie(parameter: &Parameter, value: &Value) -> Option<Vec<String>> {
    let spelling = Spelling::of(parameter);
    let mut pairs = Vec::new();
    match parameter.content {
        Some(media_type) => pairs.push((
            percent_encode(parameter.name),
            percent_encode(&body::content(media_type, value)),
        )),
        None if parameter.style == Style::Cookie => {
            style::plain(parameter.name, spelling, value, &mut pairs);
        }
        None => style::query(parameter.name, spelling, value, &mut pairs),
    }
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let is_one = |text: &String| !text.contains(|it: char| it == ';' || it.is_control());
    pairs.iter().all(is_one).then_some(pairs)
}

/// What the description knows first, and anything rather than a refusal.
fn accept(operation: &Operation) -> String {
    let mut types: Vec<&str> = Vec::new();
    for response in operation.answers.iter().chain(operation.failures) {
        types.extend(response.media_type.filter(|it| !types.contains(it)));
    }
    if types.is_empty() || types.contains(&"*/*") {
        return "*/*".to_owned();
    }
    types.push("*/*;q=0.1");
    types.join(", ")
}

fn described_header(operation: &Operation, text: &str) -> Result<HeaderValue, RequestError> {
    HeaderValue::from_str(text).map_err(|_| RequestError::Description {
        message: format!(
            "`{}` has a media type that cannot be a header: `{}`",
            operation.id,
            text.escape_debug()
        ),
    })
}
