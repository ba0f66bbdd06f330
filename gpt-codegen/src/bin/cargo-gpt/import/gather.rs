//! A description with all files that it refers to, wherever they are, as they will lie in a folder.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Component, Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use gpt_codegen::gather::missing_files;
use url::Url;

use super::place::Place;
use crate::terminal::write;

/// How many files are fetched for one description.
const MAX_FILES: usize = 500;
/// How many bytes they may have together: twice as many as one may have.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How long all of them may take.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// The files of a description.
#[derive(Debug)]
pub(crate) struct Files {
    /// The path of the description itself, below the folder.
    pub(crate) main: PathBuf,
    /// All of them by their paths below the folder.
    pub(crate) all: BTreeMap<PathBuf, File>,
    /// Why some that are referred to are not among them.
    pub(crate) notes: Vec<String>,
}

/// A file of a description.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) text: String,
    /// Where it was.
    pub(crate) place: Place,
}

/// A text with where it was in the end, or why it was not read.
type Read = Result<(String, Place), String>;

/// Fetches what a text refers to. Its own name is `name`, and references are relative to `place`.
/// Files of this machine are all below `root`, which is the folder of the description unless given.
pub(crate) fn gather(
    name: &str,
    place: &Place,
    root: Option<&Path>,
    text: &str,
) -> Result<Files, String> {
    let above = match (place, root) {
        (Place::Web(url), _) => folders(url),
        (Place::File(path), Some(root)) => folders_below(root, path)?,
        (Place::File(_), None) => Vec::new(),
    };
    let root = match (place, root) {
        (Place::File(_), Some(root)) => Some(root.to_owned()),
        (Place::File(path), None) => Some(folder_of(path).to_owned()),
        (Place::Web(_), _) => None,
    };
    let description = Description {
        name,
        place,
        text,
        root,
        above,
    };
    let mut known: BTreeMap<Place, Read> = BTreeMap::new();
    let mut depth = 0;
    let end = Instant::now() + TIME_LIMIT;
    loop {
        match try_gather(&description, depth, &mut known, end)? {
            Attempt::Done(files) => return Ok(files),
            // What lies beside the folders above lies in the project if the description lies deeper.
            Attempt::Deeper(_) if depth < description.above.len() => depth += 1,
            Attempt::Deeper(what) => {
                return Err(match &description.root {
                    Some(root) => format!(
                        "{what}, which is not below `{}`: name the folder that holds all files of \
                         the description with `--root`",
                        root.display()
                    ),
                    None => format!("{what}, which is above the root of its host"),
                });
            }
        }
    }
}

/// A description whose files are gathered.
struct Description<'a> {
    name: &'a str,
    place: &'a Place,
    text: &'a str,
    /// The folder that holds its files, where they are on this machine.
    root: Option<PathBuf>,
    /// The folders that it is in, from there or from the host on.
    above: Vec<String>,
}

enum Attempt {
    Done(Files),
    /// A file would lie outside of the folder: what refers to what.
    Deeper(String),
}

fn try_gather(
    description: &Description<'_>,
    depth: usize,
    known: &mut BTreeMap<Place, Read>,
    end: Instant,
) -> Result<Attempt, String> {
    let Description {
        name,
        place,
        text,
        root,
        above,
    } = description;
    let folder = Scratch::new()?;
    let mut main: PathBuf = above.iter().skip(above.len() - depth).collect();
    main.push(name);
    let first = File {
        text: (*text).to_owned(),
        place: (*place).clone(),
    };
    let mut files = Files {
        main: main.clone(),
        all: BTreeMap::from([(main.clone(), first)]),
        notes: Vec::new(),
    };
    let main_path = folder.0.join(&main);
    write(&main_path, text)?;
    let mut lost: Vec<PathBuf> = Vec::new();
    loop {
        let missing = missing_files(&main_path);
        let mut is_done = true;
        for file in missing {
            let (Some(from), Some(path)) =
                (below(&folder.0, &file.from), below(&folder.0, &file.path))
            else {
                let from = below(&folder.0, &file.from).and_then(|it| files.all.get(&it));
                let from = from.map_or(*place, |it| &it.place).shown();
                let what = format!("`{from}` refers to `{}`", file.reference);
                return Ok(Attempt::Deeper(what));
            };
            if lost.contains(&path) || files.all.contains_key(&path) {
                continue;
            }
            let bytes: usize = files.all.values().map(|it| it.text.len()).sum();
            let limit = if files.all.len() >= MAX_FILES {
                Some(format!("more than {MAX_FILES} files"))
            } else if bytes > MAX_BYTES {
                Some(format!("more than {} MiB", MAX_BYTES >> 20))
            } else if Instant::now() > end {
                Some(format!(
                    "what takes more than {} seconds",
                    TIME_LIMIT.as_secs()
                ))
            } else {
                None
            };
            if let Some(limit) = limit {
                return Err(format!("`{}` refers to {limit}", place.shown()));
            }
            let base = files.all.get(&from).map_or(*place, |it| &it.place);
            let found = base.join(&file.reference).and_then(|at| {
                is_below(root.as_deref(), &at)?;
                known.entry(at.clone()).or_insert_with(|| at.read()).clone()
            });
            match found {
                Ok((text, place)) => {
                    write(&folder.0.join(&path), &text)?;
                    files.all.insert(path, File { text, place });
                    is_done = false;
                }
                // It costs what refers to it, which the check says.
                Err(why) => {
                    files.notes.push(why);
                    lost.push(path);
                }
            }
        }
        if is_done {
            return Ok(Attempt::Done(files));
        }
    }
}

/// Files of this machine are copied from the folder of the description alone, or from the one that
/// was named: it may be someone else's.
fn is_below(root: Option<&Path>, file: &Place) -> Result<(), String> {
    let (Some(root), Place::File(file)) = (root, file) else {
        return Ok(());
    };
    let real = |path: &Path| path.canonicalize().ok();
    match (real(root), real(file)) {
        (Some(root), Some(found)) if !found.starts_with(&root) => Err(format!(
            "`{}` is not below `{}`: name the folder that holds all files of the description with \
             `--root`",
            file.display(),
            root.display()
        )),
        _ => Ok(()),
    }
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A path below a folder, made of plain names.
fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let inside = path.strip_prefix(folder).ok()?;
    let is_plain = |it: Component<'_>| matches!(it, Component::Normal(_));
    inside.components().all(is_plain).then(|| inside.to_owned())
}

/// The folders that lead from a root to a file.
fn folders_below(root: &Path, file: &Path) -> Result<Vec<String>, String> {
    let real = |path: &Path| {
        let found = path.canonicalize();
        found.map_err(|error| format!("cannot find `{}`: {error}", path.display()))
    };
    let (real_root, folder) = (real(root)?, real(folder_of(file))?);
    let inside = folder.strip_prefix(&real_root).map_err(|_| {
        format!(
            "`{}` is not below the root `{}`",
            file.display(),
            root.display()
        )
    })?;
    let parts = inside.components();
    Ok(parts
        .map(|it| it.as_os_str().to_string_lossy().into_owned())
        .collect())
}

/// The folders of an address, from the host on.
fn folders(url: &Url) -> Vec<String> {
    let parts: Vec<&str> = url.path_segments().map_or_else(Vec::new, Iterator::collect);
    let above = parts.split_last().map_or(&[][..], |(_, above)| above);
    above.iter().map(ToString::to_string).collect()
}

/// A folder that is gone when it is not needed any more.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Result<Self, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("cargo-gpt-{}-{number}", process::id()));
        // Not one that is there already: somebody else may have made it.
        fs::create_dir(&folder)
            .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind is in the system's folder for such things.
        let _ = fs::remove_dir_all(&self.0);
    }
}
