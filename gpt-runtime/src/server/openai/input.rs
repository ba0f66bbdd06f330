//! What programs send as messages, of either protocol, and what of it is said to the GPT.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;

use super::Refusal;
use crate::message::Message;

/// What was said before, and what is to be answered.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) before: Vec<Message>,
    pub(super) last: Said,
}

/// What a person says.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) files: Vec<File>,
}

/// A file that came in a message.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) content: Bytes,
}

/// A message as both protocols have it. What else stands in it changes nothing here.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    pub(super) role: String,
    #[serde(default)]
    pub(super) content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of a message: the fields of all kinds, of which each has some.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    image_url: Option<ImageUrl>,
    /// Of Chat Completions.
    #[serde(default)]
    file: Option<FilePart>,
    /// Of Responses.
    #[serde(flatten)]
    own: FilePart,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ImageUrl {
    /// Of Chat Completions.
    Object { url: String },
    /// Of Responses.
    Text(String),
}

#[derive(Debug, Default, Deserialize)]
struct FilePart {
    #[serde(default)]
    filename: Option<String>,
    #[serde(default)]
    file_data: Option<String>,
}

impl Talk {
    /// The conversation that messages are, of which the last is to be answered.
    ///
    /// What a program says as `system` or `developer` cannot stand beside the GPT's own
    /// instructions: it is said like anything else, and so it cannot take their place.
    pub(super) fn of(messages: Vec<Input>) -> Result<Self, Refusal> {
        let mut before = Vec::new();
        let mut preface = Vec::new();
        let mut last = None::<Said>;
        for message in messages {
            let said = Said::of(message.content)?;
            match message.role.as_str() {
                "system" | "developer" => preface.push(said.text),
                "user" => {
                    before.extend(last.take().map(Said::into_message));
                    last = Some(said.after(&mut preface));
                }
                "assistant" => {
                    before.extend(last.take().map(Said::into_message));
                    before.push(Message::assistant(said.text, Vec::new()));
                }
                role => {
                    let message = format!(
                        "messages of the role `{role}` are not supported: the GPT calls its tools \
                         itself"
                    );
                    return Err(Refusal::invalid(message));
                }
            }
        }
        let last = last.ok_or_else(|| {
            Refusal::invalid("the last message must be one of the role `user`, to be answered")
        })?;
        Ok(Self { before, last })
    }
}

impl Said {
    pub(super) fn text(text: String) -> Self {
        Self {
            text,
            files: Vec::new(),
        }
    }

    fn of(content: Option<Content>) -> Result<Self, Refusal> {
        let parts = match content {
            None => return Ok(Self::default()),
            Some(Content::Text(text)) => return Ok(Self::text(text)),
            Some(Content::Parts(parts)) => parts,
        };
        let mut texts = Vec::new();
        let mut files = Vec::new();
        for part in parts {
            match part.kind.as_str() {
                "text" | "input_text" | "output_text" => texts.extend(part.text),
                "refusal" => texts.extend(part.refusal),
                "image_url" | "input_image" => files.push(part.image()?),
                "file" | "input_file" => files.push(part.file()?),
                kind => {
                    let message = format!("content of the type `{kind}` is not supported");
                    return Err(Refusal::invalid(message));
                }
            }
        }
        Ok(Self {
            text: texts.join("\n"),
            files,
        })
    }

    /// The same with what the program said before it.
    fn after(mut self, preface: &mut Vec<String>) -> Self {
        preface.retain(|text| !text.trim().is_empty());
        if !preface.is_empty() {
            let said = std::mem::take(preface).join("\n\n");
            let text = std::mem::take(&mut self.text);
            self.text = format!("[The program that asks for me says: {said}]\n\n{text}");
        }
        self
    }

    fn into_message(self) -> Message {
        Message::past(&self.text, self.files.iter().map(|file| file.name.as_str()))
    }
}

impl Part {
    fn image(self) -> Result<File, Refusal> {
        let Some(ImageUrl::Object { url } | ImageUrl::Text(url)) = self.image_url else {
            return Err(Refusal::invalid("an image has no `image_url`"));
        };
        data_url(&url, None)
    }

    fn file(self) -> Result<File, Refusal> {
        let part = self.file.unwrap_or(self.own);
        let Some(data) = part.file_data else {
            let message = "a file must bring its content as `file_data`: no files are kept here";
            return Err(Refusal::invalid(message));
        };
        data_url(&data, part.filename)
    }
}

/// The file in a `data:` URL, RFC 2397.
fn data_url(url: &str, name: Option<String>) -> Result<File, Refusal> {
    let wrong = || {
        Refusal::invalid(
            "images and files are taken as `data:MEDIA/TYPE;base64,…` alone: nothing is fetched",
        )
    };
    let rest = url.strip_prefix("data:").ok_or_else(wrong)?;
    let (media_type, data) = rest.split_once(";base64,").ok_or_else(wrong)?;
    let content = STANDARD.decode(data.trim()).map_err(|_| wrong())?;
    let ending = media_type.rsplit('/').next().unwrap_or_default();
    let name = name.unwrap_or_else(|| format!("attached.{ending}"));
    Ok(File {
        name,
        media_type: media_type.to_owned(),
        content: content.into(),
    })
}
