//! Files that a tool call sends and brings, as ChatGPT's actions do: by links and in JSON.

use std::{pin::Pin, time::Duration};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::{Origin, Url};

use super::{client::Client, disposition::filename, exchange::Received};
use crate::{
    action::Operation,
    request::{self, Arguments, RequestError, is_json},
    schema::Violation,
};

/// The property of a body in which a model names files, and an API is sent links to them.
const REFERENCES: &str = "openaiFileIdRefs";
/// The property of an answer in which an API sends files.
const FILES: &str = "openaiFileResponse";
/// The files of one call, in either direction.
const MAX_FILES: usize = 10;
/// The bytes of a file that an API sends.
const MAX_SIZE: usize = 10_000_000;
/// How long the content of a file behind a URL may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The bytes of an answer that holds files.
#[cfg(feature = "server")]
pub(super) const ANSWER_LIMIT: usize = 32_000_000;

/// What the model is shown of a file that was kept, or why it was not.
pub(crate) type Kept<'a> = Pin<Box<dyn Future<Output = Result<Value, String>> + Send + 'a>>;

/// The files around a call.
pub(crate) trait Attachments: Send + Sync {
    /// What an API is sent of a file that a model names, or what is wrong with the name.
    fn reference(&self, named: &str) -> Result<Value, String>;

    /// Keeps a file that an API sent.
    fn keep<'a>(&'a self, name: &'a str, media_type: &'a str, content: Bytes) -> Kept<'a>;
}

/// Puts links in the place of the names of files, in arguments that were checked.
pub(super) fn refer(
    arguments: &mut Arguments<'_>,
    attachments: &dyn Attachments,
) -> Result<(), RequestError> {
    let Some(Value::Array(items)) = arguments.body_property(REFERENCES) else {
        return Ok(());
    };
    let mut violations = Vec::new();
    if items.len() > MAX_FILES {
        violations.push(Violation {
            path: REFERENCES.to_owned(),
            message: format!("names more than {MAX_FILES} files"),
        });
    }
    for (index, item) in items.iter_mut().enumerate() {
        let Value::String(named) = item else { continue };
        match attachments.reference(named) {
            Ok(reference) => *item = reference,
            Err(message) => violations.push(Violation {
                path: format!("{REFERENCES}[{index}]"),
                message,
            }),
        }
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(RequestError::Arguments(violations))
    }
}

/// Where the files of an answer may come from.
pub(super) struct Source<'a> {
    client: &'a Client,
    origins: Vec<Origin>,
    /// When nothing more is fetched.
    deadline: Instant,
}

impl<'a> Source<'a> {
    /// The servers of an operation: the one that was called, and those of the description unless it
    /// was set to be another one.
    pub(super) fn of(client: &'a Client, operation: &Operation, called: &Url) -> Self {
        let mut origins = vec![called.origin()];
        if client.settings.base_url.is_none() {
            origins.extend(request::described_origins(operation));
        }
        Self {
            client,
            origins,
            deadline: Instant::now() + client.settings.time_limit,
        }
    }

    /// Takes the files out of an answer and leaves words about them.
    pub(super) async fn take_files(&self, received: &mut Received, attachments: &dyn Attachments) {
        let is_json = received.media_type().is_none_or(is_json);
        if !is_json || !received.is_whole || !holds(&received.body, FILES.as_bytes()) {
            return;
        }
        let Ok(mut answer) = serde_json::from_slice::<Value>(&received.body) else {
            return;
        };
        let Some(Value::Array(items)) = answer.get_mut(FILES) else {
            return;
        };
        for (index, item) in items.iter_mut().enumerate() {
            let taken = if index < MAX_FILES {
                self.take(item, attachments).await
            } else {
                Err(format!(
                    "at most {MAX_FILES} files are taken from an answer"
                ))
            };
            *item = taken.unwrap_or_else(|error| not_kept(item, &error));
        }
        received.body = answer.to_string().into_bytes();
        let json = HeaderValue::from_static("application/json");
        received.headers.insert(CONTENT_TYPE, json);
    }

    async fn take(&self, item: &Value, attachments: &dyn Attachments) -> Result<Value, String> {
        let file = match item {
            Value::String(url) => self.fetch(url).await?,
            item => File::inline(item)?,
        };
        // A name may repeat what was sent.
        let redacted = self.client.settings.credentials.redact(&file.name);
        let name = redacted.unwrap_or(file.name);
        attachments
            .keep(&name, &file.media_type, file.content)
            .await
    }

    /// Fetches a file from a server of the operation, without credentials.
    async fn fetch(&self, url: &str) -> Result<File, String> {
        let url = request::server(url).map_err(str::to_owned)?;
        if !self.origins.contains(&url.origin()) {
            let host = url.host_str().unwrap_or_default();
            return Err(format!(
                "{host} is no server of this API: files are fetched from its servers only"
            ));
        }
        #[cfg(feature = "server")]
        if let Some(stand_in) = &self.client.settings.stand_in
            && !stand_in.fetches_files(self.client.settings.base_url.as_ref())
        {
            let instead = "in a test files are not fetched: answer with its content in base64";
            return Err(instead.to_owned());
        }
        let http = self.client.settings.http.client()?;
        let remains = self.deadline.saturating_duration_since(Instant::now());
        let patience = PATIENCE.min(remains);
        let received = tokio::time::timeout(patience, async {
            let mut response = http.get(url.clone()).send().await?;
            let mut received = Received::begun(&mut response);
            received.fill(&mut response, MAX_SIZE).await?;
            Ok(received)
        });
        let received = match received.await {
            Err(_) => return Err(format!("it did not come within {patience:?}")),
            Ok(Err(error)) => {
                let error: reqwest::Error = error;
                return Err(format!("it cannot be fetched: {}", error.without_url()));
            }
            Ok(Ok(received)) => received,
        };
        if !received.status.is_success() {
            return Err(match received.redirect_host() {
                Some(host) => format!("the server sends it on to {host}, which is not followed"),
                None => format!("the server answered with status {}", received.status),
            });
        }
        if !received.is_whole {
            return Err(too_large());
        }
        if let Some(packing) = received.packed() {
            return Err(format!("it is packed as {packing}, which nobody asked for"));
        }
        Ok(File {
            name: name_of(&received.headers, &url),
            media_type: received.media_type().unwrap_or_default().to_owned(),
            content: received.body.into(),
        })
    }
}

/// A file that came with an answer.
struct File {
    name: String,
    media_type: String,
    content: Bytes,
}

impl File {
    /// A file that stands in the answer itself.
    fn inline(item: &Value) -> Result<Self, String> {
        /// Whatever the padding: some leave it out.
        const BASE64: GeneralPurpose = GeneralPurpose::new(
            &alphabet::STANDARD,
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
        );
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        let Some(content) = text("content") else {
            return Err("it is neither a URL nor has a `content` in base64".to_owned());
        };
        if content.len() / 4 * 3 > MAX_SIZE + 2 {
            return Err(too_large());
        }
        let plain: String = content.split_ascii_whitespace().collect();
        let content = BASE64.decode(plain);
        let content = content.map_err(|error| format!("its content is not base64: {error}"))?;
        if content.len() > MAX_SIZE {
            return Err(too_large());
        }
        Ok(Self {
            name: text("name").unwrap_or_default().to_owned(),
            media_type: text("mime_type").unwrap_or_default().to_owned(),
            content: content.into(),
        })
    }
}

fn too_large() -> String {
    format!("it is over {MAX_SIZE} bytes")
}

/// The name that a server gives a file, else the last part of its address.
fn name_of(headers: &HeaderMap, url: &Url) -> String {
    let header = headers.get(CONTENT_DISPOSITION);
    let header = header.map(|it| String::from_utf8_lossy(it.as_bytes()));
    let named = header.and_then(|it| filename(&it));
    let last = || url.path_segments()?.next_back().map(str::to_owned);
    named.or_else(last).unwrap_or_default()
}

/// What is said of a file that was not kept.
fn not_kept(item: &Value, error: &str) -> Value {
    let name = item.get("name").unwrap_or(item).as_str();
    let name: String = name.unwrap_or_default().chars().take(200).collect();
    json!({ "name": name, "error": format!("not kept: {error}") })
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|it| it == part)
}
