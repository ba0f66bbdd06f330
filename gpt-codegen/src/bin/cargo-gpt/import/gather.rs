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
pub(crate) fn gather(name: &str, place: &Place, text: &str) -> Result<Files, String> {
    let mut known: BTreeMap<Place, Read> = BTreeMap::new();
    let mut depth = 0;
    let end = Instant::now() + TIME_LIMIT;
    loop {
        match try_gather(name, place, text, depth, &mut known, end)? {
            Attempt::Done(files) => return Ok(files),
            // What lies beside the folders above lies in the project if the description lies deeper.
            Attempt::Deeper if matches!(place, Place::Web(_)) && depth < folders(place).len() => {
                depth += 1;
            }
            Attempt::Deeper => {
                return Err(format!(
                    "`{}` refers to files outside of its folder: put the files of a description \
                     into one folder first",
                    place.shown()
                ));
            }
        }
    }
}

enum Attempt {
    Done(Files),
    /// A file would lie outside of the folder.
    Deeper,
}

fn try_gather(
    name: &str,
    place: &Place,
    text: &str,
    depth: usize,
    known: &mut BTreeMap<Place, Read>,
    end: Instant,
) -> Result<Attempt, String> {
    let folder = Scratch::new()?;
    let above = folders(place);
    let mut main: PathBuf = above.iter().skip(above.len() - depth).collect();
    main.push(name);
    let first = File {
        text: text.to_owned(),
        place: place.clone(),
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
                return Ok(Attempt::Deeper);
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
            let base = files.all.get(&from).map_or(place, |it| &it.place);
            let found = base.join(&file.reference).and_then(|at| {
                is_below(place, &at)?;
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

/// Files of this machine are copied from the folder of the description alone: it may be someone
/// else's.
fn is_below(description: &Place, file: &Place) -> Result<(), String> {
    let (Place::File(description), Place::File(file)) = (description, file) else {
        return Ok(());
    };
    let real = |path: &Path| path.canonicalize().ok();
    let folder = match description.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match (real(folder), real(file)) {
        (Some(folder), Some(found)) if !found.starts_with(&folder) => Err(format!(
            "`{}` is not below `{}`: put the files of a description into one folder first",
            file.display(),
            folder.display()
        )),
        _ => Ok(()),
    }
}

/// A path below a folder, made of plain names.
fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let inside = path.strip_prefix(folder).ok()?;
    let is_plain = |it: Component<'_>| matches!(it, Component::Normal(_));
    inside.components().all(is_plain).then(|| inside.to_owned())
}

/// The folders of an address, from the host on.
fn folders(place: &Place) -> Vec<String> {
    let Place::Web(url) = place else {
        return Vec::new();
    };
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
