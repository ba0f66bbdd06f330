//! Any server that speaks OpenAI's Chat Completions.

mod wire;

use std::{fmt, time::Duration};

use reqwest::{
    Client, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde_json::Value;
use url::Url;

use self::wire::Assembly;
use super::{Chunk, Chunks, Model, ModelError, Request, Sender, chunks};
use crate::{
    error::Error,
    invoke::{http, retry},
    sequence::{Framing, Reader},
};

const OPENAI: &str = "https://api.openai.com/v1";
/// The model asked for at OpenAI when `GPT_MODEL` names none.
const DEFAULT_MODEL: &str = "gpt-5.4";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest silence: a model on a small machine reads for minutes before its first word.
const SILENCE: Duration = Duration::from_secs(300);
const RETRIES: u32 = 2;
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// The longest a server may ask us to wait; beyond it the person is told instead.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The largest answer read, in bytes.
const MAX_BODY: usize = 16 << 20;
/// The longest event, in bytes.
const MAX_EVENT: usize = 4 << 20;

/// A model behind an OpenAI-compatible server: OpenAI itself, Ollama, llama.cpp, vLLM and so on.
#[derive(Clone)]
pub struct ChatCompletions {
    http: Client,
    endpoint: Url,
    model: String,
    key: Option<String>,
    retry_delay: Duration,
}

impl ChatCompletions {
    /// The model of this name at the server with this base URL, such as
    /// `http://localhost:11434/v1`.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub fn new(base_url: &str, model: impl Into<String>) -> Result<Self, Error> {
        Self::named("base_url", base_url, model.into())
    }

    /// Signs requests with a key.
    ///
    /// # Errors
    /// The key holds characters that a header cannot hold.
    pub fn api_key(mut self, key: impl Into<String>) -> Result<Self, Error> {
        let key = key.into();
        if key.is_empty() || HeaderValue::from_str(&key).is_err() {
            let message = "is empty or holds characters that no key has";
            return Err(setting("OPENAI_API_KEY", message));
        }
        self.key = Some(key);
        Ok(self)
    }

    /// Waits this long before the first of two retries, and twice as long before the second; half
    /// a second by default. What the server asks for goes first.
    #[must_use]
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = delay;
        self
    }

    /// The model that `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `GPT_MODEL` describe; `None` when
    /// neither of the first two is set.
    ///
    /// # Errors
    /// A variable cannot be used, or `GPT_MODEL` is missing or useless.
    pub fn from_env() -> Result<Option<Self>, Error> {
        Self::from_variables(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(setting(name, "is not UTF-8")),
        })
    }

    fn from_variables(
        variable: impl Fn(&str) -> Result<Option<String>, Error>,
    ) -> Result<Option<Self>, Error> {
        let variable = |name| {
            let value = variable(name)?.map(|value| value.trim().to_owned());
            Ok::<_, Error>(value.filter(|value| !value.is_empty()))
        };
        let key = variable("OPENAI_API_KEY")?;
        let base_url = variable("OPENAI_BASE_URL")?;
        let model = match (variable("GPT_MODEL")?, &key, &base_url) {
            (None, None, None) => return Ok(None),
            (Some(_), None, None) => {
                let message = "names a model, but neither OPENAI_API_KEY nor OPENAI_BASE_URL says \
                               where it is: set one of them";
                return Err(setting("GPT_MODEL", message));
            }
            (None, _, Some(_)) => {
                let message = "is missing: name a model of the server at OPENAI_BASE_URL";
                return Err(setting("GPT_MODEL", message));
            }
            (None, Some(_), None) => DEFAULT_MODEL.to_owned(),
            (Some(model), ..) => model,
        };
        let base_url = base_url.as_deref().unwrap_or(OPENAI);
        let chat = Self::named("OPENAI_BASE_URL", base_url, model)?;
        Ok(Some(match key {
            Some(key) => chat.api_key(key)?,
            None => chat,
        }))
    }

    fn named(name: &str, base_url: &str, model: String) -> Result<Self, Error> {
        let wrong = || {
            let message = "must be an absolute URL, such as `http://localhost:11434/v1`";
            setting(name, message)
        };
        let mut endpoint = Url::parse(base_url.trim()).map_err(|_| wrong())?;
        if !matches!(endpoint.scheme(), "http" | "https") {
            return Err(wrong());
        }
        endpoint
            .path_segments_mut()
            .map_err(|()| wrong())?
            .pop_if_empty()
            .extend(["chat", "completions"]);
        let http = http::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE)
            // A redirected POST loses its body or its key; better to say so.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| setting(name, &reason(&error)))?;
        Ok(Self {
            http,
            endpoint,
            model,
            key: None,
            retry_delay: RETRY_DELAY,
        })
    }

    async fn answer(&self, request: &Request, answer: &Sender) -> Result<(), ModelError> {
        let body = wire::request(&self.model, request).to_string();
        let response = self.send(body).await?;
        let is_json = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().starts_with("application/json"));
        let calls = if is_json {
            self.whole(response, answer).await?
        } else {
            self.stream(response, answer).await?
        };
        for call in calls {
            answer.send(Ok(Chunk::Call(call)));
        }
        Ok(())
    }

    /// Sends until the server takes the request, within the limits of patience.
    async fn send(&self, body: String) -> Result<Response, ModelError> {
        let mut attempt = 0;
        loop {
            let mut request = self
                .http
                .post(self.endpoint.clone())
                .header(CONTENT_TYPE, "application/json")
                .header("accept", "text/event-stream, application/json")
                .body(body.clone());
            if let Some(key) = &self.key {
                request = request.header(AUTHORIZATION, secret(&format!("Bearer {key}")));
            }
            let delay = self.retry_delay * 2_u32.pow(attempt);
            let (error, delay) = match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let delay = match response.status() {
                        StatusCode::TOO_MANY_REQUESTS => asked_wait(response.headers(), delay),
                        status if status.is_server_error() => asked_wait(response.headers(), delay),
                        _ => None,
                    };
                    (self.refusal(response).await, delay)
                }
                Err(error) => {
                    let delay = error.is_connect().then_some(delay);
                    (ModelError::Connection(self.redact(reason(&error))), delay)
                }
            };
            match delay {
                Some(delay) if attempt < RETRIES => tokio::time::sleep(delay).await,
                _ => return Err(error),
            }
            attempt += 1;
        }
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
        answer: &Sender,
    ) -> Result<Vec<crate::message::ToolCall>, ModelError> {
        let mut reader = Reader::new(Framing::Events, MAX_EVENT);
        let mut assembly = Assembly::default();
        let mut read = 0;
        let mut done = false;
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| self.broken(&error))?
        {
            read += bytes.len();
            if read > MAX_BODY {
                return Err(too_long());
            }
            let mut events = Vec::new();
            reader.read(&bytes, &mut events).map_err(|_| too_long())?;
            for event in events {
                done = self.take(&mut assembly, &event.data, answer)?;
            }
            if done {
                break;
            }
        }
        if !done && let Some(event) = reader.end() {
            done = self.take(&mut assembly, &event.data, answer)?;
        }
        if !done && !assembly.is_finished() {
            let message = "the connection ended in the middle of the answer".to_owned();
            return Err(ModelError::Connection(message));
        }
        assembly.finish()
    }

    /// Takes the data of an event; `true` when it was the last.
    fn take(
        &self,
        assembly: &mut Assembly,
        data: &str,
        answer: &Sender,
    ) -> Result<bool, ModelError> {
        match data.trim() {
            "" => Ok(false),
            "[DONE]" => Ok(true),
            data => {
                let text = assembly.take(&self.redact(data.to_owned()))?;
                if !text.is_empty() {
                    answer.send(Ok(Chunk::Text(text)));
                }
                Ok(false)
            }
        }
    }

    /// An answer as one JSON document, from servers that do not stream.
    async fn whole(
        &self,
        mut response: Response,
        answer: &Sender,
    ) -> Result<Vec<crate::message::ToolCall>, ModelError> {
        let mut body = Vec::new();
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|error| self.broken(&error))?
        {
            body.extend_from_slice(&bytes);
            if body.len() > MAX_BODY {
                return Err(too_long());
            }
        }
        let mut assembly = Assembly::default();
        self.take(&mut assembly, &String::from_utf8_lossy(&body), answer)?;
        assembly.finish()
    }

    fn broken(&self, error: &reqwest::Error) -> ModelError {
        ModelError::Connection(self.redact(reason(error)))
    }

    /// Servers quote what they got, the key included.
    fn redact(&self, message: String) -> String {
        match &self.key {
            Some(key) => message.replace(key.as_str(), "[redacted]"),
            None => message,
        }
    }
}

impl Model for ChatCompletions {
    fn name(&self) -> &str {
        &self.model
    }

    fn respond(&self, request: Request) -> Chunks {
        let this = self.clone();
        chunks(|answer| async move {
            if let Err(error) = this.answer(&request, &answer).await {
                answer.send(Err(error));
            }
        })
    }
}

impl fmt::Debug for ChatCompletions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatCompletions")
            .field("host", &self.endpoint.host_str())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

fn setting(name: &str, message: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}

fn secret(text: &str) -> HeaderValue {
    // Checked by `api_key`; an empty header would be refused by the server with a clear word.
    let mut value = HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
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

    use super::{ChatCompletions, asked_wait};

    #[test]
    fn environment_decides_which_model() {
        for (key, url, model, expected) in [
            ("", "", "", "none"),
            (
                "k",
                "",
                "",
                "gpt-5.4 at https://api.openai.com/v1/chat/completions",
            ),
            (
                "k",
                " ",
                "m",
                "m at https://api.openai.com/v1/chat/completions",
            ),
            (
                "",
                "http://h:1/v1/",
                "m",
                "m at http://h:1/v1/chat/completions",
            ),
            (
                "k",
                "https://h/a?v=2",
                "m",
                "m at https://h/a/chat/completions?v=2",
            ),
            (
                "",
                "",
                "m",
                "GPT_MODEL: names a model, but neither OPENAI_API_KEY nor OPENAI_BASE_URL says where it is: set one of them",
            ),
            (
                "k",
                "http://h",
                "",
                "GPT_MODEL: is missing: name a model of the server at OPENAI_BASE_URL",
            ),
            (
                "",
                "localhost:1",
                "m",
                "OPENAI_BASE_URL: must be an absolute URL, such as `http://localhost:11434/v1`",
            ),
            (
                "",
                "h/v1",
                "m",
                "OPENAI_BASE_URL: must be an absolute URL, such as `http://localhost:11434/v1`",
            ),
            (
                "a\nb",
                "",
                "m",
                "OPENAI_API_KEY: is empty or holds characters that no key has",
            ),
        ] {
            let chat = ChatCompletions::from_variables(|name| {
                let value = match name {
                    "OPENAI_API_KEY" => key,
                    "OPENAI_BASE_URL" => url,
                    _ => model,
                };
                Ok(Some(value.to_owned()))
            });
            let found = match chat {
                Ok(None) => "none".to_owned(),
                Ok(Some(chat)) => format!("{} at {}", chat.model, chat.endpoint),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expected);
        }
    }

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
    fn the_key_is_not_printed() {
        let chat = ChatCompletions::new("http://u:pass@h/v1", "m").unwrap();
        let text = format!("{:?}", chat.api_key("secret").unwrap());
        assert_eq!(
            text,
            "ChatCompletions { host: Some(\"h\"), model: \"m\", .. }"
        );
    }
}
