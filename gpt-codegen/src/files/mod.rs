//! The files of a description: the one that is named and those that it refers to, each read once.
//!
//! A node knows by its span which file it is from, and so what its references are relative to.

mod address;
mod identifier;
mod pointer;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

pub(crate) use address::Address;
pub(crate) use pointer::Pointer;

use address::percent_decode;
use identifier::Identifiers;

use crate::{
    diagnostic::Diagnostics,
    load::load,
    node::Node,
    parse::parse,
    source::{SourceId, Span},
};

/// How many references may lead to each other on the way of a pointer.
const MAX_CHAIN: usize = 16;

/// How many files one description may have.
const MAX_FILES: usize = 10_000;

/// All files read so far. The first is the description itself.
#[derive(Debug)]
pub(crate) struct Files {
    all: Vec<File>,
    /// By path; `None` where there is no such file.
    by_path: HashMap<PathBuf, Option<FileId>>,
    by_source: HashMap<SourceId, FileId>,
    /// What is called by a URI or an anchor; known once all files are read.
    identifiers: Identifiers,
    /// References to files that are not there.
    #[cfg(feature = "cli")]
    missed: Vec<(String, Span)>,
    max_bytes: u64,
}

/// A file that a description refers to and that is not where it is looked for.
#[cfg(feature = "cli")]
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingFile {
    /// The file that refers to it.
    pub from: PathBuf,
    /// How it does, without a fragment.
    pub reference: String,
    /// Where it is looked for.
    pub path: PathBuf,
}

/// The position of a [`File`] in [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileId(usize);

/// A file.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    /// `None` where it cannot be read, which was reported.
    pub(crate) root: Option<Node>,
    /// Whether Swagger 2.0 was brought to another shape here, so that pointers into it must follow.
    pub(crate) was_swagger: bool,
}

/// Where a reference leads within its own document, taken as it was written.
pub(crate) fn local<'a>(root: &'a Node, reference: &str) -> Option<&'a Node> {
    let fragment = reference.strip_prefix("#/").map(|it| format!("/{it}"))?;
    Pointer::parse(&percent_decode(&fragment)).get(root)
}

/// Why a reference leads nowhere.
#[derive(Debug)]
pub(crate) enum Lost {
    /// It is a URL, and the file that would stand for it is not there.
    OnTheWeb { file: PathBuf },
    /// There is no such file.
    NoFile { file: PathBuf },
    /// The file cannot be read, which was reported.
    Unread,
    /// No schema has this `$anchor`.
    NoAnchor,
    /// There is nothing at the end of the pointer; perhaps something at another one.
    NoValue { suggestion: Option<String> },
}

impl Files {
    /// The file of the description itself.
    pub(crate) const ROOT: FileId = FileId(0);

    pub(crate) fn new(path: &Path, root: Node, max_bytes: u64) -> Self {
        let mut files = Self {
            all: Vec::new(),
            by_path: HashMap::new(),
            by_source: HashMap::new(),
            identifiers: Identifiers::default(),
            #[cfg(feature = "cli")]
            missed: Vec::new(),
            max_bytes,
        };
        let source = root.span.source;
        files.add(address::normal(path), source, Some(root));
        files
    }

    fn add(&mut self, path: PathBuf, source: SourceId, root: Option<Node>) -> FileId {
        let id = FileId(self.all.len());
        self.by_path.insert(path.clone(), Some(id));
        self.by_source.insert(source, id);
        self.all.push(File {
            path,
            root,
            was_swagger: false,
        });
        id
    }

    /// The whole description.
    pub(crate) fn root(&self) -> &Node {
        // There is always a first file, and it was read.
        static NOTHING: Node = Node::NOTHING;
        self.node(Self::ROOT).unwrap_or(&NOTHING)
    }

    /// The paths of all files but the first.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Path> {
        self.all.iter().skip(1).map(|it| it.path.as_path())
    }

    pub(crate) fn node(&self, id: FileId) -> Option<&Node> {
        self.all.get(id.0)?.root.as_ref()
    }

    /// A file, to be brought to another shape.
    pub(crate) fn get_mut(&mut self, id: FileId) -> Option<&mut File> {
        self.all.get_mut(id.0)
    }

    /// The file that a place is in.
    fn file_of(&self, span: Span) -> FileId {
        self.by_source
            .get(&span.source)
            .copied()
            .unwrap_or(Self::ROOT)
    }

    /// The file that a reference leads to, read now unless it was before. The second value is
    /// whether it was read now.
    pub(crate) fn open(
        &mut self,
        cx: &mut Diagnostics,
        reference: &str,
        span: Span,
    ) -> Option<(FileId, bool)> {
        let base = self.file_of(span);
        let path = self.path_of(base, &Address::of(reference))?;
        if let Some(known) = self.by_path.get(&path) {
            return known.map(|id| (id, false));
        }
        let is_there = path.is_file();
        #[cfg(feature = "cli")]
        if !is_there {
            self.missed.push((reference.to_owned(), span));
        }
        if !is_there || self.all.len() >= MAX_FILES {
            self.by_path.insert(path, None);
            return None;
        }
        let mark = cx.len();
        let source = load(cx, &path, self.max_bytes);
        let root = source.and_then(|id| parse(cx, id));
        if root.is_none() {
            // It costs what refers to it.
            cx.soften(mark);
        }
        let source = source.unwrap_or(SourceId(u32::MAX));
        Some((self.add(path, source, root), true))
    }

    /// The files that are referred to and not there, once all are read; what another file calls by
    /// its `$id` is there.
    #[cfg(feature = "cli")]
    pub(crate) fn missing(&self) -> Vec<MissingFile> {
        let missed = self.missed.iter().filter_map(|(reference, span)| {
            let address = Address::of(reference);
            if self.identifiers.resource(&address, *span).is_some() {
                return None;
            }
            let base = self.file_of(*span);
            Some(MissingFile {
                from: self.all.get(base.0)?.path.clone(),
                reference: address.document.to_owned(),
                path: self.path_of(base, &address)?,
            })
        });
        let mut missing: Vec<MissingFile> = missed.collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Where the file of a reference would be, its own for one that begins with `#`.
    fn path_of(&self, base: FileId, address: &Address<'_>) -> Option<PathBuf> {
        let base = &self.all.get(base.0)?.path;
        if address.document.is_empty() {
            return Some(base.clone());
        }
        let folder = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
        let path = percent_decode(address.path());
        let is_absolute = path.starts_with('/');
        let path = match address.on_the_web() {
            // Where `wget -x` puts it, beside the description.
            Some(path) => folder(&self.all.first()?.path).join(path),
            // Never from the root of the machine, which is nobody's to refer to.
            None if is_absolute => {
                folder(&self.all.first()?.path).join(path.trim_start_matches('/'))
            }
            None => folder(base).join(path.as_ref()),
        };
        Some(address::normal(&path))
    }

    /// Takes down what is called by a URI or an anchor, in all files.
    pub(crate) fn identify(&mut self, cx: &Diagnostics) {
        let files = self.all.iter().enumerate();
        self.identifiers = Identifiers::of(files.filter_map(|(index, file)| {
            let root = file.root.as_ref()?;
            let text = &cx.sources.get(root.span.source).text;
            // One search for the character they share: the document may be large.
            let names = ["id", "anchor", "dynamicAnchor", "self"];
            let mut marked = text.split('$').skip(1);
            let has_names = marked.any(|rest| names.iter().any(|it| rest.starts_with(it)));
            has_names.then_some((FileId(index), root))
        }));
    }

    /// The node that a reference at `span` leads to.
    pub(crate) fn find(&self, reference: &str, span: Span) -> Result<&Node, Lost> {
        let address = Address::of(reference);
        let base = self.file_of(span);
        if let Some((file, pointer)) = self.identifiers.resource(&address, span) {
            let inside = self.node(file).and_then(|root| pointer.get(root));
            if let Some(resource) = inside
                && let Ok(found) = self.inside(file, resource, &pointer, address.fragment)
            {
                return Ok(found);
            }
        }
        let path = self.path_of(base, &address).unwrap_or_default();
        let Some(Some(file)) = self.by_path.get(&path) else {
            return Err(match address.on_the_web() {
                Some(_) => Lost::OnTheWeb { file: path },
                None => Lost::NoFile { file: path },
            });
        };
        let root = self.node(*file).ok_or(Lost::Unread)?;
        self.inside(*file, root, &Pointer::default(), address.fragment)
    }

    /// Where a pointer leads that goes through references, which authors write although the
    /// standard knows nothing of it.
    fn through<'a>(&'a self, resource: &'a Node, pointer: &Pointer) -> Option<&'a Node> {
        let mut node = resource;
        for key in pointer.keys() {
            for _ in 0..MAX_CHAIN {
                let Some(reference) = node.get("$ref").filter(|_| node.get(key).is_none()) else {
                    break;
                };
                node = self.find_plain(reference)?;
            }
            node = pointer::step(node, key)?;
        }
        Some(node)
    }

    /// The node that a reference leads to which goes through no other.
    fn find_plain(&self, reference: &Node) -> Option<&Node> {
        let address = Address::of(reference.as_str()?);
        let path = self.path_of(self.file_of(reference.span), &address)?;
        let file = (*self.by_path.get(&path)?)?;
        self.pointer(file, address.fragment).get(self.node(file)?)
    }

    /// Where a fragment that is a pointer leads in a file, whatever has moved there.
    pub(crate) fn pointer(&self, file: FileId, fragment: &str) -> Pointer {
        let pointer = Pointer::parse(&percent_decode(fragment));
        match self.all.get(file.0) {
            Some(File {
                root: Some(root),
                was_swagger: true,
                ..
            }) => pointer.moved(root),
            _ => pointer,
        }
    }

    /// The node that a fragment names in a resource, which `at` leads to.
    fn inside<'a>(
        &'a self,
        file: FileId,
        resource: &'a Node,
        at: &Pointer,
        fragment: &str,
    ) -> Result<&'a Node, Lost> {
        let fragment = percent_decode(fragment);
        if fragment.is_empty() {
            return Ok(resource);
        }
        if !fragment.starts_with('/') {
            let anchored = self.identifiers.anchor(file, at, &fragment);
            let found = anchored.and_then(|pointer| pointer.get(self.node(file)?));
            return found.ok_or(Lost::NoAnchor);
        }
        let pointer = self.pointer(file, &fragment);
        let found = pointer.get(resource);
        match found.or_else(|| self.through(resource, &pointer)) {
            Some(node) => Ok(node),
            None => Err(Lost::NoValue {
                suggestion: pointer.nearest(resource),
            }),
        }
    }
}
