//! Draws images through an OpenAI-compatible images endpoint.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{
    Client, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Answer, Context, MadeFile, Output, Tool, fetch::Fetcher};
use crate::{error::Error, invoke::http};

/// The model asked for at OpenAI when none is named.
pub(super) const OPENAI_MODEL: &str = "gpt-image-1.5";
pub(super) const OPENAI: &str = "https://api.openai.com/v1";

/// Models of images take their time.
const TIME_LIMIT: Duration = Duration::from_secs(180);
/// The most bytes of an image.
const MAX_IMAGE: usize = 20 << 20;
/// The most bytes of an answer: an image in base64, and words about it.
const MAX_ANSWER: usize = MAX_IMAGE / 3 * 4 + (1 << 20);
/// The most characters of what a server says of a failure.
const MAX_REASON: usize = 500;

/// Draws images: the tool `generate_image`.
pub struct GenerateImage {
    http: Client,
    fetcher: Fetcher,
    endpoint: Url,
    key: Option<(HeaderValue, String)>,
    model: String,
}

impl GenerateImage {
    /// Draws with a model of the server at a base URL, such as `https://api.openai.com/v1`, below
    /// which its endpoint is `images/generations`.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub fn new(base_url: &str, model: impl Into<String>) -> Result<Self, Error> {
        Self::named("base_url", base_url, model.into())
    }

    pub(super) fn named(name: &str, base_url: &str, model: String) -> Result<Self, Error> {
        let wrong = || setting(name, "must be an absolute URL, such as `https://host/v1`");
        let mut endpoint = Url::parse(base_url.trim()).map_err(|_| wrong())?;
        if !matches!(endpoint.scheme(), "http" | "https") {
            return Err(wrong());
        }
        let mut segments = endpoint.path_segments_mut().map_err(|()| wrong())?;
        segments.pop_if_empty().extend(["images", "generations"]);
        drop(segments);
        let http = http::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|error| setting(name, &error.without_url().to_string()))?;
        Ok(Self {
            http,
            fetcher: Fetcher::new()?,
            endpoint,
            key: None,
            model,
        })
    }

    /// Signs requests with a key.
    ///
    /// # Errors
    /// The key holds characters that a header cannot hold.
    pub fn api_key(self, key: impl Into<String>) -> Result<Self, Error> {
        self.key_named("api_key", key.into())
    }

    pub(super) fn key_named(mut self, name: &str, key: String) -> Result<Self, Error> {
        let value = HeaderValue::from_str(&format!("Bearer {key}"));
        let mut value = value
            .ok()
            .filter(|_| !key.is_empty())
            .ok_or_else(|| setting(name, "is empty or holds characters that no key has"))?;
        value.set_sensitive(true);
        self.key = Some((value, key));
        Ok(self)
    }

    /// Fetches images with this where the server answers with addresses instead of images; from
    /// public addresses alone by default.
    #[must_use]
    pub fn fetcher(mut self, fetcher: Fetcher) -> Self {
        self.fetcher = fetcher;
        self
    }

    async fn draw(&self, arguments: &Map<String, Value>) -> Result<Bytes, String> {
        let mut body = json!({
            "model": self.model,
            "prompt": arguments.get("prompt"),
            "n": 1,
        });
        if let Some(size) = arguments.get("shape").and_then(Value::as_str).map(size) {
            body["size"] = size.into();
        }
        let mut request = self.http.post(self.endpoint.clone());
        if let Some((key, _)) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let broken = |error: reqwest::Error| {
            let error = error.without_url();
            self.redact(format!("the server of images cannot be reached: {error}"))
        };
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(broken)? {
            if answer.len() + piece.len() > MAX_ANSWER {
                return Err("the answer of the server of images is too long".to_owned());
            }
            answer.extend_from_slice(&piece);
        }
        if !status.is_success() {
            return Err(self.redact(refused(status, &answer)));
        }
        let not_understood = || "the answer of the server of images holds no image".to_owned();
        let answer: Images = serde_json::from_slice(&answer).map_err(|_| not_understood())?;
        match answer.data.into_iter().next() {
            Some(Image {
                b64_json: Some(text),
                ..
            }) => STANDARD
                .decode(text.trim())
                .map(Bytes::from)
                .map_err(|_| not_understood()),
            Some(Image { url: Some(url), .. }) => self.fetch(&url).await,
            _ => Err(not_understood()),
        }
    }

    async fn fetch(&self, url: &str) -> Result<Bytes, String> {
        let fetched = self.fetcher.get(url, "image/*", MAX_IMAGE).await;
        let fetched = fetched.map_err(|refusal| format!("the image is not fetched: {refusal}"))?;
        if !fetched.is_whole {
            return Err("the image is too large".to_owned());
        }
        Ok(fetched.body.into())
    }

    /// Servers quote what they got, the key included.
    fn redact(&self, text: String) -> String {
        match &self.key {
            Some((_, key)) => text.replace(key.as_str(), "[redacted]"),
            None => text,
        }
    }
}

impl Tool for GenerateImage {
    fn name(&self) -> &'static str {
        "generate_image"
    }

    fn description(&self) -> &'static str {
        "Draws an image from a description. The image is shown to the person at once; do not repeat \
         it, and do not invent an address for it."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "prompt": {
                    "type": "string",
                    "description": "What is to be seen, in full: subject, style, colours, text.",
                    "minLength": 1,
                    "maxLength": 4000
                },
                "shape": {
                    "type": "string",
                    "description": "The shape of the image; the model chooses where it is missing.",
                    "enum": ["square", "landscape", "portrait"]
                }
            },
            "required": ["prompt"],
            "additionalProperties": false
        })
    }

    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    fn call<'a>(&'a self, arguments: &'a Map<String, Value>, _: Context<'a>) -> Answer<'a> {
        Box::pin(async move {
            let image = match self.draw(arguments).await {
                Ok(image) => image,
                Err(message) => return Output::error(format!("No image was made: {message}.")),
            };
            let Some((media_type, ending)) = kind(&image) else {
                return Output::error(
                    "No image was made: what the server sent is neither PNG nor JPEG nor WebP.",
                );
            };
            Output {
                files: vec![MadeFile {
                    name: format!("image.{ending}"),
                    media_type: media_type.to_owned(),
                    content: image,
                }],
                ..Output::text("The image was made and is shown to the person.")
            }
        })
    }
}

impl fmt::Debug for GenerateImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateImage")
            .field("host", &self.endpoint.host_str())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Images {
    data: Vec<Image>,
}

#[derive(Deserialize)]
struct Image {
    b64_json: Option<String>,
    url: Option<String>,
}

fn size(shape: &str) -> &'static str {
    match shape {
        "landscape" => "1536x1024",
        "portrait" => "1024x1536",
        _ => "1024x1024",
    }
}

/// What an image is, by its first bytes: a browser is shown no other.
fn kind(image: &[u8]) -> Option<(&'static str, &'static str)> {
    match image {
        [0x89, b'P', b'N', b'G', ..] => Some(("image/png", "png")),
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", "jpg")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(("image/webp", "webp")),
        _ => None,
    }
}

/// What a server says when it refuses.
fn refused(status: StatusCode, answer: &[u8]) -> String {
    let json: Value = serde_json::from_slice(answer).unwrap_or_default();
    let said = json["error"]["message"].as_str().unwrap_or_default();
    let said: String = said.chars().take(MAX_REASON).collect();
    let status = status.as_u16();
    if said.is_empty() {
        return format!("the server of images refused with status {status}");
    }
    let said = said.trim_end_matches('.');
    format!("the server of images refused with status {status}: {said}")
}

fn setting(name: &str, message: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}
