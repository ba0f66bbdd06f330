//! Files that a model made, and that its provider keeps until they are fetched.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;

use super::{Chunk, ModelError, Sender, transport::Transport, wire};

/// The largest file fetched, in bytes.
const MAX_SIZE: usize = 32 << 20;
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
    for file in files {
        match fetch(transport, &file).await {
            Ok(file) => answer.send(Ok(file)),
            Err(error) => {
                tracing::warn!(%error, "a file that the model made cannot be fetched");
                let name = match &file.name {
                    Name::Known(name) => base_name(name).replace('`', "'"),
                    Name::At(_) => "a file".to_owned(),
                };
                let text = format!("\n\n(`{name}` cannot be fetched from the model's provider.)");
                answer.send(Ok(Chunk::Text(text)));
            }
        }
    }
}

async fn fetch(transport: &Transport, file: &Wanted) -> Result<Chunk, ModelError> {
    #[derive(Deserialize)]
    struct About {
        filename: String,
    }
    let name = match &file.name {
        Name::Known(name) => name.clone(),
        Name::At(path) => {
            let (about, _) = transport.fetch(path, MAX_ABOUT).await?;
            let about: About = wire::read(&String::from_utf8_lossy(&about))?;
            about.filename
        }
    };
    let (content, said) = transport.fetch(&file.path, MAX_SIZE).await?;
    let name = base_name(&name);
    Ok(Chunk::File {
        media_type: media_type(name, said.as_deref()),
        name: name.to_owned(),
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

fn base_name(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.is_empty() { "file" } else { name }
}

/// What a file is, by its name where the server does not say it.
fn media_type(name: &str, said: Option<&str>) -> String {
    let said = said.and_then(|it| it.split(';').next()).map(str::trim);
    let said = said.filter(|it| {
        let is_any = ["application/octet-stream", "application/binary"].contains(it);
        !it.is_empty() && !is_any
    });
    if let Some(said) = said {
        return said.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
    let known = match extension.as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("svg") => "image/svg+xml",
        Some("pdf") => "application/pdf",
        Some("csv") => "text/csv",
        Some("txt" | "log" | "py") => "text/plain",
        Some("md") => "text/markdown",
        Some("html") => "text/html",
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Chunk, base_name, from_data_url, media_type};

    #[test]
    fn names_and_types_are_told() {
        assert_eq!(base_name("/mnt/data/../plot.png"), "plot.png");
        assert_eq!(base_name("a\\b"), "b");
        assert_eq!(base_name("/"), "file");
        let unsaid = Some("application/octet-stream");
        assert_eq!(media_type("A.PNG", unsaid), "image/png");
        assert_eq!(media_type("a", None), "application/octet-stream");
        assert_eq!(
            media_type("a.png", Some("text/csv; charset=utf-8")),
            "text/csv"
        );
        let image = from_data_url("data:image/png;base64,UE5H", "plot");
        let Some(Chunk::File { name, content, .. }) = image else {
            panic!("it is an image");
        };
        assert_eq!((name.as_str(), content.as_ref()), ("plot.png", &b"PNG"[..]));
        assert!(from_data_url("https://example.com/a.png", "plot").is_none());
        assert!(from_data_url("data:image/png;base64,!", "plot").is_none());
    }
}
