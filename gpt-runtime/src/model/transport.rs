//! Requests to the servers of models: addresses, keys, retries, limits and streams.
//!
//! What is said in a request and in an answer is left to the protocols.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Client, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use url::Url;

use super::{ModelError, Sender, wire};
use crate::{
    error::Error,
    invoke::{http, retry},
    sequence::{Framing, Reader},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest silence: a model on a small machine reads for minutes before its first word.
const SILENCE: Duration = Duration::from_secs(300);
const RETRIES: u32 = 2;
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// The longest a server may ask us to wait; beyond it the person is told instead.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The largest answer that is a text, and the longest event in it.
pub(super) const TEXT: Limits = Limits {
    body: 16 << 20,
    event: 4 << 20,
};

/// How much of an answer is read, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// All of it.
    pub(super) body: usize,
    /// One event.
    pub(super) event: usize,
}

/// Puts an answer together from what a server sends.
pub(super) trait Assembly {
    /// Takes the data of an event and says what is in it; `true` when it was the last.
    fn take(&mut self, data: &str, answer: &Sender) -> Result<bool, ModelError>;

    /// Takes an answer as one JSON document, from servers that do not stream.
    fn take_whole(&mut self, data: &str, answer: &Sender) -> Result<(), ModelError>;

    /// Whether the server has said that the answer is complete.
    fn is_finished(&self) -> bool;

    /// Whether something was said, so that it is too late to begin again.
    fn has_spoken(&self) -> bool;

    /// How much is read.
    fn limits(&self) -> Limits {
        TEXT
    }
}

/// The way to one server.
#[derive(Clone)]
pub(super) struct Transport {
    http: Client,
    endpoint: Url,
    headers: HeaderMap,
    /// What must never be repeated to anyone.
    key: Option<String>,
    retry_delay: Duration,
}

/// Why an attempt failed, and after what time another one may succeed.
struct Fault {
    error: ModelError,
    wait: Option<Duration>,
}

impl From<ModelError> for Fault {
    fn from(error: ModelError) -> Self {
        Self { error, wait: None }
    }
}

impl Transport {
    /// Requests go to `path` below the base URL, which is the setting called `name`.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub(super) fn new(name: &str, base_url: &str, path: &[&str]) -> Result<Self, Error> {
        let http = http::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE)
            // A redirected POST loses its body or its key; better to say so.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| setting(name, &reason(&error)))?;
        Ok(Self {
            http,
            endpoint: endpoint(name, base_url, path)?,
            headers: HeaderMap::new(),
            key: None,
            retry_delay: RETRY_DELAY,
        })
    }

    /// Signs requests with a key, which is the setting called `name`.
    ///
    /// # Errors
    /// The key holds characters that a header cannot hold.
    pub(super) fn set_key(
        &mut self,
        name: &str,
        key: String,
        (header, scheme): (HeaderName, &str),
    ) -> Result<(), Error> {
        let value = HeaderValue::from_str(&format!("{scheme}{key}"));
        let mut value = value
            .ok()
            .filter(|_| !key.is_empty())
            .ok_or_else(|| setting(name, "is empty or holds characters that no key has"))?;
        value.set_sensitive(true);
        self.headers.insert(header, value);
        self.key = Some(key);
        Ok(())
    }

    /// Sends a header with each request.
    pub(super) fn set_header(&mut self, name: &'static str, value: &'static str) {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }

    pub(super) fn set_retry_delay(&mut self, delay: Duration) {
        self.retry_delay = delay;
    }

    /// The host, for `Debug`: the rest of an address may hold a password.
    pub(super) fn host(&self) -> Option<&str> {
        self.endpoint.host_str()
    }

    /// Whether the server is that of a vendor, in whichever region.
    pub(super) fn is_at(&self, host: &str) -> bool {
        let own = self.host().and_then(|it| it.strip_suffix(host));
        let is_own = own.is_some_and(|region| region.is_empty() || region.ends_with('.'));
        is_own && self.endpoint.scheme() == "https"
    }

    /// Where the server is, without what may be secret.
    pub(super) fn origin(&self) -> String {
        self.endpoint.origin().ascii_serialization()
    }

    #[cfg(test)]
    pub(super) fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Asks until the server answers, within the limits of patience, and reads the answer.
    pub(super) async fn answer<A: Assembly>(
        &self,
        body: &Value,
        answer: &Sender,
        begin: impl Fn() -> A,
    ) -> Result<A, ModelError> {
        let body = body.to_string();
        let mut attempt = 0;
        loop {
            let mut assembly = begin();
            let delay = self.retry_delay.saturating_mul(2_u32.pow(attempt));
            let fault = match self.attempt(&body, delay, &mut assembly, answer).await {
                Ok(()) => return Ok(assembly),
                Err(fault) => fault,
            };
            match fault.wait {
                Some(wait) if attempt < RETRIES => tokio::time::sleep(wait).await,
                _ => return Err(fault.error),
            }
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        body: &str,
        delay: Duration,
        assembly: &mut impl Assembly,
        answer: &Sender,
    ) -> Result<(), Fault> {
        let response = self.send(body.to_owned(), delay).await?;
        let read = if is_json(response.headers()) {
            self.whole(response, assembly, answer).await
        } else {
            self.stream(response, assembly, answer).await
        };
        read.map_err(|error| Fault {
            wait: (matches!(error, ModelError::Overloaded(_)) && !assembly.has_spoken())
                .then_some(delay),
            error,
        })
    }

    async fn send(&self, body: String, delay: Duration) -> Result<Response, Fault> {
        let request = self
            .http
            .post(self.endpoint.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream, application/json")
            .body(body);
        let response = request.send().await.map_err(|error| Fault {
            wait: error.is_connect().then_some(delay),
            error: self.broken(&error),
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let is_busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        let wait = is_busy.then(|| asked_wait(response.headers(), delay));
        Err(Fault {
            wait: wait.flatten(),
            error: self.refusal(response).await,
        })
    }

    /// Gets what lies beside the endpoint, with its media type, up to this many bytes.
    pub(super) async fn fetch(
        &self,
        path: &[String],
        limit: usize,
    ) -> Result<(Bytes, Option<String>), ModelError> {
        let mut url = self.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // A segment is encoded, and one of dots is left out: it cannot lead elsewhere.
            segments.pop().extend(path);
        }
        let request = self.http.get(url).headers(self.headers.clone());
        let mut response = request.send().await.map_err(|error| self.broken(&error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let mut body = Vec::new();
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| self.broken(&error))?
        {
            body.extend_from_slice(&bytes);
            if body.len() > limit {
                return Err(too_long());
            }
        }
        let media_type = response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|it| it.to_str().ok());
        Ok((body.into(), media_type.map(str::to_owned)))
    }

    /// Reads what a server says when it refuses.
    async fn refusal(&self, mut response: Response) -> ModelError {
        const LIMIT: usize = 64 << 10;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        // What arrived before a broken connection is still worth showing.
        while let Ok(Some(piece)) = response.chunk().await {
            body.extend_from_slice(&piece);
            if body.len() > LIMIT {
                break;
            }
        }
        // Before it is cut: half a key is not found any more.
        let text = self.redact(String::from_utf8_lossy(&body).into_owned());
        let message = match serde_json::from_str::<Value>(&text) {
            Ok(json) => wire::error_message(&json),
            Err(_) if text.trim().is_empty() => "no reason given".to_owned(),
            Err(_) => wire::excerpt(&text),
        };
        ModelError::Refused { status, message }
    }

    /// An answer as server-sent events.
    async fn stream(
        &self,
        mut response: Response,
        assembly: &mut impl Assembly,
        answer: &Sender,
    ) -> Result<(), ModelError> {
        let limits = assembly.limits();
        let mut reader = Reader::new(Framing::Events, limits.event);
        let mut read = 0_usize;
        loop {
            let bytes = response.chunk().await;
            let bytes = bytes.map_err(|error| self.broken(&error))?;
            read = read.saturating_add(bytes.as_ref().map_or(0, bytes::Bytes::len));
            if read > limits.body {
                return Err(too_long());
            }
            let mut events = Vec::new();
            let is_end = bytes.is_none();
            match bytes {
                Some(bytes) => reader.read(&bytes, &mut events).map_err(|_| too_long())?,
                None => events.extend(reader.end()),
            }
            for event in events {
                if self.take(assembly, event.data, answer)? {
                    return Ok(());
                }
            }
            if is_end {
                break;
            }
        }
        if assembly.is_finished() {
            return Ok(());
        }
        let message = "the connection ended in the middle of the answer".to_owned();
        Err(ModelError::Connection(message))
    }

    /// Takes the data of an event; `true` when it was the last.
    fn take(
        &self,
        assembly: &mut impl Assembly,
        data: String,
        answer: &Sender,
    ) -> Result<bool, ModelError> {
        match data.trim() {
            "" => Ok(false),
            "[DONE]" => Ok(true),
            _ => assembly.take(self.redact(data).trim(), answer),
        }
    }

    /// An answer as one JSON document, from servers that do not stream.
    async fn whole(
        &self,
        mut response: Response,
        assembly: &mut impl Assembly,
        answer: &Sender,
    ) -> Result<(), ModelError> {
        let mut body = Vec::new();
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| self.broken(&error))?
        {
            body.extend_from_slice(&bytes);
            if body.len() > assembly.limits().body {
                return Err(too_long());
            }
        }
        let body = self.redact(String::from_utf8_lossy(&body).into_owned());
        assembly.take_whole(body.trim(), answer)
    }

    fn broken(&self, error: &reqwest::Error) -> ModelError {
        ModelError::Connection(self.redact(reason(error)))
    }

    /// Servers quote what they got, the key included.
    fn redact(&self, message: String) -> String {
        match &self.key {
            Some(key) if message.contains(key.as_str()) => {
                message.replace(key.as_str(), "[redacted]")
            }
            _ => message,
        }
    }
}

/// How OpenAI and those like it are told a key.
pub(super) const BEARER: (HeaderName, &str) = (AUTHORIZATION, "Bearer ");

fn endpoint(name: &str, base_url: &str, path: &[&str]) -> Result<Url, Error> {
    let wrong = || {
        let message = "must be an absolute URL, such as `http://localhost:11434/v1`";
        setting(name, message)
    };
    let mut endpoint = Url::parse(base_url.trim()).map_err(|_| wrong())?;
    if !matches!(endpoint.scheme(), "http" | "https") {
        return Err(wrong());
    }
    // Some write the version into the base URL and some do not.
    let last = endpoint.path().trim_end_matches('/').rsplit('/').next();
    let path = match path.split_first() {
        Some((&"v1", rest)) if last == Some("v1") => rest,
        _ => path,
    };
    endpoint
        .path_segments_mut()
        .map_err(|()| wrong())?
        .pop_if_empty()
        .extend(path);
    Ok(endpoint)
}

pub(super) fn setting(name: &str, message: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    media_type.is_some_and(|it| it.trim_start().starts_with("application/json"))
}

fn too_long() -> ModelError {
    ModelError::Protocol("it is too long".to_owned())
}

/// What went wrong below, without the address: it may hold a password.
fn reason(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    // The innermost error is the operating system's or the protocol's, and knows no address.
    if std::ptr::addr_eq(source, error) {
        return "the request failed".to_owned();
    }
    source.to_string()
}

/// How long to wait before a retry: what the server asks, else `delay`; `None` when it asks for
/// more than anyone would wait.
fn asked_wait(headers: &HeaderMap, delay: Duration) -> Option<Duration> {
    let wait = match retry::after(headers) {
        None => delay,
        Some(asked) => asked?,
    };
    (wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderValue};

    use super::{asked_wait, endpoint};

    #[test]
    fn servers_say_how_long_to_wait() {
        let own = Duration::from_millis(7);
        let wait = |asked: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", HeaderValue::from_static(asked));
            asked_wait(&headers, own)
        };
        assert_eq!(asked_wait(&HeaderMap::new(), own), Some(own));
        assert_eq!(wait("2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(wait("3600"), None);
        assert_eq!(wait("-1"), None);
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Sun, 06 Nov 2194 08:49:37 GMT"), None);
    }

    #[test]
    fn paths_are_put_below_base_urls() {
        for (base, expected) in [
            ("https://h", "https://h/v1/messages"),
            ("https://h/a/", "https://h/a/v1/messages"),
            ("https://h/v1", "https://h/v1/messages"),
            ("https://h/v1/?x=1", "https://h/v1/messages?x=1"),
        ] {
            let url = endpoint("URL", base, &["v1", "messages"]).unwrap();
            assert_eq!(url.as_str(), expected);
        }
    }
}
