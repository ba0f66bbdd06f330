//! One request and what comes back, without types.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION},
};

use super::{
    client::Client,
    error::{CallError, ConnectionError},
};
use crate::{
    action::Operation,
    request::{Request, RequestError, essence, is_json},
};

/// What a server sent.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether that is the whole body; reading ends at the limit.
    pub(super) is_whole: bool,
}

/// Why nothing was received.
#[derive(Debug)]
pub(super) enum Fault {
    Request(RequestError),
    Connection(ConnectionError),
    TimeLimit(Duration),
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl<F> From<Fault> for CallError<F> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Request(error) => Self::Request(error),
            Fault::Connection(error) => Self::Connection(error),
            Fault::TimeLimit(limit) => Self::TimeLimit(limit),
        }
    }
}

impl Received {
    /// The media type as the server names it.
    pub(super) fn media_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The body as text, in the character set the server names.
    pub(super) fn text(&self) -> String {
        let label = self.media_type().and_then(|media_type| {
            media_type.split(';').skip(1).find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                let is_charset = name.trim().eq_ignore_ascii_case("charset");
                is_charset.then(|| value.trim().trim_matches('"'))
            })
        });
        let encoding = label
            .and_then(|it| encoding_rs::Encoding::for_label(it.as_bytes()))
            .unwrap_or(encoding_rs::UTF_8);
        encoding.decode(&self.body).0.into_owned()
    }

    /// Whether the body can be shown as text.
    pub(super) fn is_text(&self) -> bool {
        let is_named = self.media_type().is_some_and(|it| {
            let essence = essence(it);
            is_json(it) || essence.starts_with("text/") || essence.ends_with("xml")
        });
        // The end of what was read may be in the middle of a character.
        let is_utf8 = || match std::str::from_utf8(&self.body) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none() && !self.is_whole,
        };
        is_named || (is_utf8() && !self.body.contains(&0))
    }

    /// What is shown of a body that is no text.
    pub(super) fn summary(&self) -> String {
        let media_type = self.media_type().unwrap_or("data of an unknown type");
        let more = if self.is_whole { "" } else { "more than " };
        format!("[{media_type}, {more}{} bytes, not shown]", self.body.len())
    }

    /// The host that a redirect leads to, where it was not followed.
    pub(super) fn redirect_host(&self) -> Option<String> {
        if !self.status.is_redirection() {
            return None;
        }
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        let url = url::Url::parse(location).ok()?;
        url.host_str().map(str::to_owned)
    }

    /// What the server calls the request.
    pub(super) fn request_id(&self) -> Option<String> {
        [
            "x-request-id",
            "request-id",
            "x-correlation-id",
            "x-amzn-requestid",
        ]
        .into_iter()
        .find_map(|name| self.headers.get(name)?.to_str().ok())
        .map(|id| id.chars().take(128).collect())
    }
}

impl Client {
    /// Signs and sends a request of an operation of this client's API, and reads what comes back
    /// up to the client's limits.
    pub(super) async fn exchange(
        &self,
        operation: &'static Operation,
        request: Request,
    ) -> Result<Received, Fault> {
        let Request {
            method,
            mut url,
            mut headers,
            body,
        } = request;
        for (name, value) in &self.settings.headers {
            headers.insert(name, value.clone());
        }
        let signature = self
            .settings
            .credentials
            .sign(self.api, operation.security)?;
        signature.apply(&mut url, &mut headers)?;

        let host = url.host_str().unwrap_or_default().to_owned();
        let http = match self.settings.http.client() {
            Ok(http) => http,
            Err(message) => {
                return Err(Fault::Connection(ConnectionError::no_client(
                    &host, message,
                )));
            }
        };
        let method = reqwest::Method::from_bytes(method.as_str().as_bytes()).map_err(|_| {
            RequestError::Description {
                message: format!("`{}` has a method that cannot be sent", operation.id),
            }
        })?;
        let mut signed = reqwest::Request::new(method, url);
        if let Some(body) = body {
            let (body, length) = body.open().await?;
            if let Some(length) = length {
                headers.insert(CONTENT_LENGTH, length.into());
            }
            *signed.body_mut() = Some(body);
        }
        *signed.headers_mut() = headers;

        let limit = self.settings.time_limit;
        tokio::time::timeout(limit, receive(http, signed, self.settings.answer_limit))
            .await
            .map_err(|_| Fault::TimeLimit(limit))?
            .map_err(|error| Fault::Connection(ConnectionError::new(&host, error)))
    }
}

async fn receive(
    http: &reqwest::Client,
    request: reqwest::Request,
    limit: usize,
) -> Result<Received, reqwest::Error> {
    let mut response = http.execute(request).await?;
    let mut received = Received {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Vec::new(),
        is_whole: true,
    };
    while let Some(chunk) = response.chunk().await? {
        let room = limit.saturating_sub(received.body.len());
        if chunk.len() > room {
            received.body.extend(chunk.get(..room).unwrap_or_default());
            received.is_whole = false;
            break;
        }
        received.body.extend_from_slice(&chunk);
    }
    Ok(received)
}
