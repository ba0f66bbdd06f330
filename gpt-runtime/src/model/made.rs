//! Files that a model made, and that its provider keeps until they are fetched.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;

use super::{Chunk, ModelError, Sender, transport::Transport, wire};
use crate::file;

/// The largest file fetched, in bytes: a conversation keeps no larger one.
const MAX_SIZE: usize = 20_000_000;
/// The files fetched for one answer.
const MAX_FILES: usize = 32;
/// What a provider may say about a file, in bytes.
const MAX_ABOUT: usize = 64 << 10;

/// A file at the provider, by paths beside the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Where it is.
    pub(super) path: Vec<String>,
    /// Its name, or where JSON with its `filename` is.
    pub(super) name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Known(String),
    At(Vec<String>),
}

/// Notes a file, once.
pub(super) fn want(files: &mut Vec<Wanted>, file: Wanted) {
    if files.len() < MAX_FILES && !files.contains(&file) {
        files.push(file);
    }
}

/// Fetches files and sends them. One that cannot be had is no reason to lose the answer, which is
/// complete: the person is told.
pub(super) async fn send(transport: &Transport, files: Vec<Wanted>, answer: &Sender) {
    for wanted in files {
        match fetch(transport, &wanted).await {
            Ok(file) => answer.send(Ok(file)),
            Err(error) => {
                tracing::warn!(%error, "a file that the model made cannot be fetched");
                let name = match &wanted.name {
                    Name::Known(name) => file::name(name).replace('`', "'"),
                    Name::At(_) => "a file".to_owned(),
                };
                let text = format!("\n\n(`{name}` cannot be fetched from the model's provider.)");
                answer.send(Ok(Chunk::Text(text)));
            }
        }
    }
}

async fn fetch(transport: &Transport, wanted: &Wanted) -> Result<Chunk, ModelError> {
    #[derive(Deserialize)]
    struct About {
        filename: String,
    }
    let name = match &wanted.name {
        Name::Known(name) => name.clone(),
        Name::At(path) => {
            let (about, _) = transport.fetch(path, MAX_ABOUT).await?;
            let about: About = wire::read(&String::from_utf8_lossy(&about))?;
            about.filename
        }
    };
    let (content, said) = transport.fetch(&wanted.path, MAX_SIZE).await?;
    let name = file::name(&name);
    Ok(Chunk::File {
        media_type: file::media_type(said.as_deref().unwrap_or_default(), &name),
        name,
        content,
    })
}

/// The image or other file in a `data:` URL; `None` where it is no such URL.
pub(super) fn from_data_url(url: &str, name: &str) -> Option<Chunk> {
    let (media_type, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    let extension = media_type.strip_prefix("image/").unwrap_or("bin");
    Some(Chunk::File {
        name: format!("{name}.{extension}"),
        media_type: media_type.to_owned(),
        content: from_base64(data)?,
    })
}

pub(super) fn from_base64(data: &str) -> Option<Bytes> {
    STANDARD.decode(data.trim()).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::{Chunk, from_data_url};

    #[test]
    fn data_urls_are_files() {
        let image = from_data_url("data:image/png;base64,UE5H", "plot");
        let Some(Chunk::File { name, content, .. }) = image else {
            panic!("it is an image");
        };
        assert_eq!((name.as_str(), content.as_ref()), ("plot.png", &b"PNG"[..]));
        assert!(from_data_url("https://example.com/a.png", "plot").is_none());
        assert!(from_data_url("data:image/png;base64,!", "plot").is_none());
    }
}
