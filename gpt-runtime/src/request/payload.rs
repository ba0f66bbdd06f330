//! What a request carries: bytes in memory, and files that are read while it is sent.

use std::{
    collections::VecDeque,
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::RequestError;
use crate::data::{Chunks, File};

/// The body of a request, before it is sent.
///
/// It can be looked at; files that are not in memory are opened only when it is sent.
#[derive(Clone, Default)]
pub struct RequestBody {
    pieces: Vec<Piece>,
}

#[derive(Clone)]
enum Piece {
    Bytes(Bytes),
    File(File),
}

impl RequestBody {
    /// The whole of it, where all of it is in memory.
    pub fn bytes(&self) -> Option<Bytes> {
        if let [piece] = self.pieces.as_slice() {
            return piece.bytes().cloned();
        }
        let mut whole = BytesMut::new();
        for piece in &self.pieces {
            whole.extend_from_slice(piece.bytes()?);
        }
        Some(whole.freeze())
    }

    /// The number of bytes, where it is known before files are opened.
    pub fn length(&self) -> Option<u64> {
        self.pieces.iter().map(Piece::length).sum()
    }

    /// The files in it.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Bytes(_) => None,
            Piece::File(file) => Some(file),
        })
    }

    /// Whether it can be sent more than once, which a stream cannot.
    pub fn is_repeatable(&self) -> bool {
        self.files().all(File::is_repeatable)
    }

    pub(super) fn push(&mut self, bytes: impl Into<Bytes>) {
        self.pieces.push(Piece::Bytes(bytes.into()));
    }

    pub(super) fn push_file(&mut self, file: File) {
        self.pieces.push(Piece::File(file));
    }

    /// The characters of what is in memory.
    pub(super) fn characters(&self) -> usize {
        let characters = |bytes: &Bytes| {
            std::str::from_utf8(bytes).map_or(bytes.len(), |text| text.chars().count())
        };
        let pieces = self.pieces.iter().filter_map(Piece::bytes);
        pieces.map(characters).sum()
    }

    /// Opens the files. The number is that of the bytes that a stream brings, where it is known;
    /// of bytes in memory the client knows it.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or was a stream that has been sent.
    pub(crate) async fn open(self) -> Result<(reqwest::Body, Option<u64>), RequestError> {
        if let Some(bytes) = self.bytes() {
            return Ok((bytes.into(), None));
        }
        let mut sources = VecDeque::with_capacity(self.pieces.len());
        let mut length = Some(0_u64);
        for piece in self.pieces {
            let (source, left) = piece.open().await?;
            length = length.zip(left).and_then(|(sum, it)| sum.checked_add(it));
            sources.push_back(Source {
                chunks: source,
                left,
            });
        }
        Ok((reqwest::Body::wrap_stream(Sending { sources }), length))
    }
}

impl Piece {
    fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::File(file) => file.bytes(),
        }
    }

    fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Self::File(file) => file.length(),
        }
    }

    async fn open(self) -> Result<(Chunks, Option<u64>), RequestError> {
        let file = match self {
            Self::Bytes(bytes) => File::from_bytes(bytes),
            Self::File(file) => file,
        };
        file.open().await.map_err(|message| RequestError::File {
            name: file.name().map(str::to_owned),
            message,
        })
    }
}

impl<T: Into<Bytes>> From<T> for RequestBody {
    fn from(bytes: T) -> Self {
        Self {
            pieces: vec![Piece::Bytes(bytes.into())],
        }
    }
}

/// Prints what is written from arguments, and of files what is known of them.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.pieces).finish()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => bytes.fmt(f),
            Self::File(file) => file.fmt(f),
        }
    }
}

/// One piece of a body on its way.
struct Source {
    chunks: Chunks,
    /// The number of bytes it has promised and not yet brought.
    left: Option<u64>,
}

impl Source {
    /// A body of another length than was announced would be cut off, or taken for the next
    /// request.
    fn count(&mut self, chunk: &Bytes) -> io::Result<()> {
        let Some(left) = &mut self.left else {
            return Ok(());
        };
        let length = u64::try_from(chunk.len()).ok();
        *left = length
            .and_then(|length| left.checked_sub(length))
            .ok_or_else(|| io::Error::other("a file is longer than was announced"))?;
        Ok(())
    }

    fn end(&self) -> io::Result<()> {
        match self.left {
            None | Some(0) => Ok(()),
            Some(_) => Err(io::Error::other("a file is shorter than was announced")),
        }
    }
}

/// The pieces of a body, one after the other.
struct Sending {
    sources: VecDeque<Source>,
}

impl Stream for Sending {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(source) = self.sources.front_mut() {
            let next = match source.chunks.as_mut().poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(next) => next,
            };
            let checked = match next {
                Some(Ok(chunk)) => source.count(&chunk).map(|()| Some(chunk)),
                Some(Err(error)) => Err(error),
                None => source.end().map(|()| None),
            };
            match checked {
                Ok(Some(chunk)) => return Poll::Ready(Some(Ok(chunk))),
                Ok(None) => {
                    self.sources.pop_front();
                }
                Err(error) => {
                    self.sources.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}
