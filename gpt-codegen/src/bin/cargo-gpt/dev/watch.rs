//! The files that a program is built of, and whether they changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use crate::program::Program;

/// How many files are looked at; the others are not.
const MAX_FILES: usize = 20_000;

/// When files were changed, and how long they are.
pub(super) type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// What is looked at: folders, but for what is built or kept there, and files outside of them.
pub(super) struct Watched {
    folder: PathBuf,
    others: Vec<PathBuf>,
}

impl Watched {
    pub(super) fn folder(folder: PathBuf) -> Self {
        Self {
            folder,
            others: Vec::new(),
        }
    }

    /// The folder of a program's package, and what cargo says that it was built of beside.
    pub(super) fn of(program: &Program) -> Self {
        let folder = program
            .manifest
            .parent()
            .unwrap_or(Path::new("."))
            .to_owned();
        // Where cargo did not write it, the folder alone is looked at.
        let text = fs::read_to_string(program.path.with_extension("d"));
        let all = dependencies(&text.unwrap_or_default());
        let others = all.into_iter().filter(|it| !it.starts_with(&folder));
        Self {
            others: others.collect(),
            folder,
        }
    }

    /// The files once they stay as they are: editors write several, one after the other.
    pub(super) fn settled(&self, pause: Duration) -> Snapshot {
        let mut last = self.snapshot();
        loop {
            thread::sleep(pause / 3);
            let now = self.snapshot();
            if now == last {
                return now;
            }
            last = now;
        }
    }

    /// The files as they are now where they are new, and as they were before where they were known.
    pub(super) fn since(&self, before: Snapshot) -> Snapshot {
        let mut now = self.snapshot();
        now.extend(
            before
                .into_iter()
                .filter(|(path, _)| path.starts_with(&self.folder) || self.others.contains(path)),
        );
        now
    }

    fn snapshot(&self) -> Snapshot {
        let mut files = Snapshot::new();
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            // A folder may be gone in the meantime.
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                if is_of_no_interest(&path) || files.len() >= MAX_FILES {
                    continue;
                }
                if kind.is_dir() {
                    // Cargo marks where it builds.
                    if !path.join("CACHEDIR.TAG").exists() {
                        open.push(path);
                    }
                } else {
                    take(&mut files, path);
                }
            }
        }
        for path in &self.others {
            take(&mut files, path.clone());
        }
        files
    }
}

fn take(files: &mut Snapshot, path: PathBuf) {
    if let Ok(about) = fs::metadata(&path) {
        files.insert(path, (about.modified().ok(), about.len()));
    }
}

/// Hidden files, copies of editors, and what the program itself writes.
fn is_of_no_interest(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_store = [".db", ".db-journal", ".db-shm", ".db-wal"]
        .iter()
        .any(|it| name.ends_with(it));
    name.starts_with('.') || name.ends_with('~') || is_store || name == "target"
}

/// The files that a `.d` of cargo names: `program: file file`, with `\ ` for a space.
fn dependencies(text: &str) -> Vec<PathBuf> {
    let Some((_, list)) = text.split_once(": ") else {
        return Vec::new();
    };
    let list = list.lines().next().unwrap_or_default();
    let mut files = Vec::new();
    let mut file = String::new();
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&' ') => {
                file.push(' ');
                letters.next();
            }
            ' ' => files.push(std::mem::take(&mut file)),
            letter => file.push(letter),
        }
    }
    files.push(file);
    let files = files.into_iter().filter(|it| !it.is_empty());
    files.map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{dependencies, is_of_no_interest};

    #[test]
    fn names_of_files_may_have_spaces() {
        let text = "/t/desk: /my\\ desk/build.rs /my\\ desk/src/main.rs\n\n/my\\ desk/build.rs:\n";
        assert_eq!(
            dependencies(text),
            ["/my desk/build.rs", "/my desk/src/main.rs"].map(PathBuf::from)
        );
        assert!(dependencies("").is_empty());
    }

    #[test]
    fn what_a_program_writes_changes_nothing() {
        for (name, is_left_out) in [
            ("desk.db", true),
            ("desk.db-wal", true),
            (".git", true),
            ("main.rs~", true),
            ("target", true),
            ("main.rs", false),
            ("weather.yaml", false),
        ] {
            assert_eq!(is_of_no_interest(Path::new(name)), is_left_out, "{name}");
        }
    }
}
