//! The texts that are read, and places in them.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    rc::Rc,
};

/// A text with a name.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path as the user wrote it, relative to where the build runs.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The position of a [`Source`] in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SourceId(pub(crate) u32);

/// A byte range in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) source: SourceId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// The range of bytes `start..end`. Texts are shorter than 4 GiB, see [`MAX_BYTES`].
    pub(crate) fn new(source: SourceId, start: usize, end: usize) -> Self {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            source,
            start: narrow(start),
            end: narrow(end.max(start)),
        }
    }

    /// The place before its first byte.
    pub(crate) fn start_point(self) -> Self {
        Self {
            end: self.start,
            ..self
        }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What no document may exceed, because offsets are 32 bits wide.
pub(crate) const MAX_BYTES: u64 = u32::MAX as u64 - 1;

/// All texts read so far.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<Rc<Source>>);

impl Sources {
    pub(crate) fn add(&mut self, path: &Path, text: String) -> SourceId {
        let id = SourceId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(Rc::new(Source {
            path: path.to_owned(),
            text,
        }));
        id
    }

    pub(crate) fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The text for a pass that reports while it reads.
    pub(crate) fn share(&self, id: SourceId) -> Rc<Source> {
        Rc::clone(&self.0[id.0 as usize])
    }
}
