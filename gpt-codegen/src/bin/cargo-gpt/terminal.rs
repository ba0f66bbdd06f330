//! What the commands say and write: to the terminal or whoever reads along, and to files.

use std::{
    env, fs,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{Failure, arguments::Color};

/// Writes to the standard output; whoever stops reading has read enough.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Other(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Whether what is said on the standard error is coloured.
pub(crate) fn is_coloured(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        // As <https://no-color.org> asks.
        Color::Auto => {
            io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
        }
    }
}

/// Says what is being done while it is, where that takes longer than a moment and a terminal shows
/// it.
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    pub(crate) fn new(text: String) -> Self {
        const MOMENT: Duration = Duration::from_secs(1);
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let (end, ended) = mpsc::channel();
        let thread = thread::spawn(move || {
            if ended.recv_timeout(MOMENT) == Err(RecvTimeoutError::Timeout) {
                eprint!("{text} …");
                // Ready when the other side is gone, which it always is in the end.
                let _ = ended.recv();
                // The line is empty again.
                eprint!("\r\u{1b}[K");
            }
        });
        Self(Some((end, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            // It says nothing that matters now.
            let _ = thread.join();
        }
    }
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// `1 tool`, `2 tools`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
