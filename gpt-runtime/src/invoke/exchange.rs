//! One request and what comes back, without types.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{
        CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
        SET_COOKIE,
    },
};
use tokio::time::Instant;
use url::Url;

#[cfg(feature = "server")]
use super::stand_in::Standing;
use super::{
    client::Client,
    error::{CallError, ConnectionError},
    hook::{Attempt, Failure, Head, Outcome},
    retry::Attempts,
};
use crate::{
    action::Operation,
    credential::Credentials,
    request::{Arguments, Request, RequestError, essence, is_json},
};

/// An answer that has begun.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) status: StatusCode,
    /// Without the secrets that were sent.
    pub(super) headers: HeaderMap,
    pub(super) host: String,
    /// What is left of it: the body.
    pub(super) response: Response,
    started: Instant,
    time_limit: Duration,
}

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

impl Fault {
    pub(super) fn of<F>(self, operation: &'static Operation) -> CallError<F> {
        let operation = operation.id;
        match self {
            Self::Request(error) => CallError::Request { operation, error },
            Self::Connection(error) => CallError::Connection { operation, error },
            Self::TimeLimit(limit) => CallError::TimeLimit { operation, limit },
        }
    }
}

impl Opened {
    /// The body up to a limit, within the time that is left.
    pub(super) async fn whole(mut self, limit: usize) -> Result<Received, Fault> {
        let mut received = Received {
            status: self.status,
            headers: std::mem::take(&mut self.headers),
            body: Vec::new(),
            is_whole: true,
        };
        let remains = self.time_limit.saturating_sub(self.started.elapsed());
        tokio::time::timeout(remains, received.fill(&mut self.response, limit))
            .await
            .map_err(|_| Fault::TimeLimit(self.time_limit))?
            .map_err(|error| Fault::Connection(ConnectionError::new(&self.host, error)))?;
        Ok(received)
    }
}

impl Received {
    /// An answer of which nothing is read yet.
    pub(super) fn begun(response: &mut Response) -> Self {
        Self {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
            is_whole: true,
        }
    }

    /// Reads the body up to a limit.
    pub(super) async fn fill(
        &mut self,
        response: &mut Response,
        limit: usize,
    ) -> Result<(), reqwest::Error> {
        while let Some(chunk) = response.chunk().await? {
            let room = limit.saturating_sub(self.body.len());
            if chunk.len() > room {
                self.body.extend(chunk.get(..room).unwrap_or_default());
                self.is_whole = false;
                break;
            }
            self.body.extend_from_slice(&chunk);
        }
        Ok(())
    }

    /// The media type as the server names it.
    pub(super) fn media_type(&self) -> Option<&str> {
        media_type(&self.headers)
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
        if self.packed().is_some() {
            return false;
        }
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
        let packed = self
            .packed()
            .map_or_else(String::new, |it| format!(" packed as {it},"));
        let length = self.body.len();
        format!("[{media_type},{packed} {more}{length} bytes, not shown]")
    }

    /// How the body is packed. Nobody asked for that, and what is small here can be huge unpacked.
    pub(super) fn packed(&self) -> Option<String> {
        let encoding = self.headers.get(CONTENT_ENCODING)?.to_str().ok()?.trim();
        let is_packed = !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity");
        is_packed.then(|| encoding.chars().take(32).collect())
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
}

/// The media type as the server names it.
pub(super) fn media_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

/// What the server calls the request.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    [
        "x-request-id",
        "request-id",
        "x-correlation-id",
        "x-amzn-requestid",
    ]
    .into_iter()
    .find_map(|name| headers.get(name)?.to_str().ok())
    .map(|id| id.chars().take(128).collect())
}

/// A call on its way to a server.
#[derive(Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub(super) operation: &'static Operation,
    /// What the request is made of.
    #[cfg_attr(
        not(feature = "server"),
        allow(dead_code, reason = "tests of a GPT answer by them")
    )]
    pub(super) arguments: &'a Arguments<'a>,
    pub(super) request: &'a Request,
}

/// A request with its credentials.
struct Signed<'a> {
    http: &'a reqwest::Client,
    method: reqwest::Method,
    url: Url,
    headers: HeaderMap,
    host: String,
}

impl Client {
    /// Sends a request of an operation of this client's API, again where the client's policy says
    /// so, and reads what comes back up to the client's limits.
    pub(super) async fn exchange(&self, outgoing: Outgoing<'_>) -> Result<Received, Fault> {
        let opened = self.open(outgoing).await?;
        opened.whole(self.settings.answer_limit).await
    }

    /// As [`Self::exchange`], up to where the body begins.
    pub(super) async fn open(&self, outgoing: Outgoing<'_>) -> Result<Opened, Fault> {
        let Outgoing {
            operation, request, ..
        } = outgoing;
        let signed = self.signed(operation, request)?;
        let started = Instant::now();
        let mut attempts = Attempts::new(self.settings.retry);
        loop {
            let attempt = Attempt {
                operation,
                number: attempts.number,
                method: request.method,
                url: &request.url,
                headers: &request.headers,
            };
            self.settings.hooks.before(&attempt);
            let begun = Instant::now();
            let result = self.attempt(&signed, outgoing, started).await;
            let remains = self.settings.time_limit.saturating_sub(started.elapsed());
            let wait = attempts.next(request, &result, remains);
            if let Some(outcome) = outcome(&result, begun.elapsed(), wait) {
                self.settings.hooks.after(&attempt, &outcome);
            }
            match wait {
                Some(wait) => self.pause(wait).await,
                None => return result,
            }
        }
    }

    /// The request as it goes out, but for its body.
    fn signed(&self, operation: &Operation, request: &Request) -> Result<Signed<'_>, Fault> {
        let mut url = request.url.clone();
        let mut headers = request.headers.clone();
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
        let method = request.method.as_str().as_bytes();
        let method =
            reqwest::Method::from_bytes(method).map_err(|_| RequestError::Description {
                message: format!("`{}` has a method that cannot be sent", operation.id),
            })?;
        Ok(Signed {
            http,
            method,
            url,
            headers,
            host,
        })
    }

    /// Sends the request once.
    async fn attempt(
        &self,
        signed: &Signed<'_>,
        outgoing: Outgoing<'_>,
        started: Instant,
    ) -> Result<Opened, Fault> {
        let mut sent = reqwest::Request::new(signed.method.clone(), signed.url.clone());
        *sent.headers_mut() = signed.headers.clone();
        if let Some(body) = outgoing.request.body.clone() {
            let (body, length) = body.open().await?;
            if let Some(length) = length {
                sent.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            *sent.body_mut() = Some(body);
        }

        let time_limit = self.settings.time_limit;
        let remains = time_limit.saturating_sub(started.elapsed());
        let mut response = tokio::time::timeout(remains, self.execute(signed, outgoing, sent))
            .await
            .map_err(|_| Fault::TimeLimit(time_limit))?
            .map_err(Fault::Connection)?;
        let mut headers = std::mem::take(response.headers_mut());
        conceal(&mut headers, &self.settings.credentials);
        Ok(Opened {
            status: response.status(),
            headers,
            host: signed.host.clone(),
            response,
            started,
            time_limit,
        })
    }

    #[cfg(feature = "server")]
    async fn execute(
        &self,
        signed: &Signed<'_>,
        outgoing: Outgoing<'_>,
        sent: reqwest::Request,
    ) -> Result<Response, ConnectionError> {
        let standing = Standing {
            operation: outgoing.operation,
            arguments: outgoing.arguments,
            credentials: &self.settings.credentials,
            base_url: self.settings.base_url.as_ref(),
            host: &signed.host,
            http: signed.http,
            answer_limit: self.settings.answer_limit,
        };
        match &self.settings.stand_in {
            Some(stand_in) => stand_in.answer(standing, sent).await,
            None => standing.send(sent).await,
        }
    }

    #[cfg(not(feature = "server"))]
    async fn execute(
        &self,
        signed: &Signed<'_>,
        _: Outgoing<'_>,
        sent: reqwest::Request,
    ) -> Result<Response, ConnectionError> {
        let sent = signed.http.execute(sent).await;
        sent.map_err(|error| ConnectionError::new(&signed.host, error))
    }

    /// Waits before a request is sent again.
    async fn pause(&self, wait: Duration) {
        // No server is busy where another answers in its place.
        #[cfg(feature = "server")]
        if self.settings.stand_in.is_some() {
            return;
        }
        tokio::time::sleep(wait).await;
    }
}

/// Takes the secrets that were sent out of what a server repeats, and keeps its own from being
/// printed.
fn conceal(headers: &mut HeaderMap, credentials: &Credentials) {
    for (name, value) in headers.iter_mut() {
        let text = String::from_utf8_lossy(value.as_bytes());
        if let Some(redacted) = credentials.redact(&text) {
            *value = HeaderValue::from_str(&redacted)
                .unwrap_or_else(|_| HeaderValue::from_static("[redacted]"));
        }
        if *name == SET_COOKIE {
            value.set_sensitive(true);
        }
    }
}

/// What hooks are told; nothing where nothing was sent.
fn outcome(
    result: &Result<Opened, Fault>,
    duration: Duration,
    retry_after: Option<Duration>,
) -> Option<Outcome<'_>> {
    let result = match result {
        Ok(opened) => Ok(Head {
            status: opened.status.as_u16(),
            headers: &opened.headers,
        }),
        Err(Fault::Connection(error)) => Err(Failure::Connection(error)),
        Err(Fault::TimeLimit(limit)) => Err(Failure::TimeLimit(*limit)),
        Err(Fault::Request(_)) => return None,
    };
    Some(Outcome {
        result,
        duration,
        retry_after,
    })
}
