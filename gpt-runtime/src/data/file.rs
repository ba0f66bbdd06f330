//! Bytes on their way into a request: in memory, on disk or from a stream.

use std::{
    error::Error,
    fmt, io,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Data, View, read::Reader, tape::At};

/// The most bytes that are read from the disk at once.
const CHUNK: usize = 64 * 1024;

/// A file to send: a whole body, or a part of a `multipart` body.
///
/// It is made from bytes, from a path or from a stream, and is sent without being gathered in
/// memory:
///
/// ```
/// use gpt_runtime::data::File;
///
/// let note = File::from("Hello.").with_name("note.txt").with_content_type("text/plain");
/// let photo = File::from_path("holiday/beach.jpg");
/// assert_eq!(photo.name(), Some("beach.jpg"));
/// ```
///
/// Where a schema puts one into JSON, its bytes are written as base64 text; they must be in memory
/// then.
#[derive(Clone)]
pub struct File {
    content: Content,
    name: Option<String>,
    content_type: Option<String>,
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    Path(PathBuf),
    Stream {
        /// Empty once it was sent.
        source: Arc<Mutex<Option<Chunks>>>,
        length: Option<u64>,
    },
}

/// What a file is read from while it is sent.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

impl File {
    /// A file of these bytes; without them being copied, where they are `Vec<u8>` or `Bytes`.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Bytes(bytes.into()))
    }

    /// A file on disk, which is opened when it is sent. It is sent under its own name.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
        Self {
            name,
            ..Self::of(Content::Path(path))
        }
    }

    /// A file of what a stream yields, which is read while it is sent, and so can be sent once.
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let chunks: Chunks = Box::pin(Converted(Box::pin(stream)));
        Self::of(Content::Stream {
            source: Arc::new(Mutex::new(Some(chunks))),
            length: None,
        })
    }

    fn of(content: Content) -> Self {
        Self {
            content,
            name: None,
            content_type: None,
        }
    }

    /// The same under another file name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same with a media type, such as `image/png`; it is sent where the description leaves a
    /// choice.
    #[must_use]
    pub fn with_content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// The same with the number of bytes that its stream yields, which servers are then told
    /// beforehand. Of bytes and paths the length is known.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        if let Content::Stream { length, .. } = &mut self.content {
            *length = Some(bytes);
        }
        self
    }

    /// The file name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The media type.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The bytes, where they are in memory.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Path(_) | Content::Stream { .. } => None,
        }
    }

    /// The number of bytes, where it is known before the file is opened.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Content::Path(_) => None,
            Content::Stream { length, .. } => *length,
        }
    }

    /// Whether it can be sent more than once, which a stream cannot.
    pub fn is_repeatable(&self) -> bool {
        !matches!(self.content, Content::Stream { .. })
    }

    /// Its bytes as base64 text; `None` where they are not in memory.
    pub(crate) fn base64(&self) -> Option<String> {
        self.bytes().map(|bytes| STANDARD.encode(bytes))
    }

    /// What it is read from, and the number of bytes that are to come. The error says why it
    /// cannot be read.
    pub(crate) async fn open(&self) -> Result<(Chunks, Option<u64>), String> {
        match &self.content {
            Content::Bytes(bytes) => {
                let chunks: Chunks = Box::pin(Once(Some(bytes.clone())));
                Ok((chunks, self.length()))
            }
            Content::Path(path) => {
                let unreadable = |error: io::Error| error.to_string();
                let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
                let found = file.metadata().await.map_err(unreadable)?;
                // A pipe or a device has a length only once it has ended.
                let length = found.is_file().then_some(found.len());
                let chunks: Chunks = Box::pin(OnDisk {
                    file,
                    buffer: vec![0; CHUNK],
                });
                Ok((chunks, length))
            }
            Content::Stream { source, length } => {
                let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
                let chunks = source.take();
                let chunks = chunks.ok_or("it is a stream, and was sent before")?;
                Ok((chunks, *length))
            }
        }
    }
}

impl From<Vec<u8>> for File {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<Bytes> for File {
    fn from(bytes: Bytes) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<String> for File {
    fn from(text: String) -> Self {
        Self::from_bytes(text)
    }
}

impl From<&'static str> for File {
    fn from(text: &'static str) -> Self {
        Self::from_bytes(text)
    }
}

impl From<&'static [u8]> for File {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_bytes(bytes)
    }
}

/// Streams are equal when they are one.
impl PartialEq for File {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.content, &other.content) {
            (Content::Bytes(left), Content::Bytes(right)) => left == right,
            (Content::Path(left), Content::Path(right)) => left == right,
            (Content::Stream { source: left, .. }, Content::Stream { source: right, .. }) => {
                Arc::ptr_eq(left, right)
            }
            _ => false,
        };
        same && self.name == other.name && self.content_type == other.content_type
    }
}

impl Eq for File {}

/// Prints what is known of a file, never what is in it.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

impl Data for File {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        let text = reader.text(at).unwrap_or_default();
        // An answer may say with the same schema where the file is, instead of repeating it.
        let bytes = STANDARD.decode(text.as_bytes());
        Self::from_bytes(bytes.unwrap_or_else(|_| text.as_bytes().to_vec()))
    }
    fn blank() -> Self {
        Self::from_bytes(Bytes::new())
    }
    fn view(&self) -> View<'_> {
        View::File(self)
    }
}

/// A stream whose errors are brought to those of input.
struct Converted<S>(Pin<Box<S>>);

impl<S, E> Stream for Converted<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.as_mut().poll_next(cx);
        next.map(|it| it.map(|it| it.map_err(io::Error::other)))
    }
}

/// Bytes in one piece.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// An open file, read piece by piece.
struct OnDisk {
    file: tokio::fs::File,
    buffer: Vec<u8>,
}

impl Stream for OnDisk {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { file, buffer } = &mut *self;
        let mut read = ReadBuf::new(buffer);
        match Pin::new(file).poll_read(cx, &mut read) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
            Poll::Ready(Ok(())) if read.filled().is_empty() => Poll::Ready(None),
            Poll::Ready(Ok(())) => Poll::Ready(Some(Ok(Bytes::copy_from_slice(read.filled())))),
        }
    }
}
