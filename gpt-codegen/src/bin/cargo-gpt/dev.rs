//! `cargo gpt dev`: serves a project, and builds it anew when it changes.

mod server;
mod watch;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{Failure, arguments::Dev, program::find_project};
use server::Server;
use watch::{Snapshot, Watched};

/// How often files are looked at. Notices of the system are faster, and missing in containers and on
/// drives of a network.
const PAUSE: Duration = Duration::from_millis(300);

impl Dev {
    /// Ends with Ctrl-C.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let is_over = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::clone(&is_over);
        ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))
            .map_err(|error| format!("cannot listen to Ctrl-C: {error}"))?;
        // What is not there yet does not come by waiting.
        find_project()?;
        let folder = env::current_dir();
        let folder = folder.map_err(|error| format!("there is no working directory: {error}"))?;
        let mut watched = Watched::folder(folder);
        let mut server = Server::new()?;
        // What was there when the last build began: what changes meanwhile is built afterwards.
        let mut built: Option<Snapshot> = None;
        while !is_over.load(Ordering::Relaxed) {
            let now = watched.settled(PAUSE);
            if built.as_ref() != Some(&now) {
                if built.is_some() {
                    server.note("something changed: building");
                }
                match self.which.build() {
                    Ok(program) => {
                        watched = Watched::of(&program);
                        server.replace(&program)?;
                    }
                    // Cargo said why, and what was served before is served on.
                    Err(Failure::Reported) => server.note("waiting for a change that builds"),
                    Err(failure) => return Err(failure),
                }
                built = Some(watched.since(now));
            }
            thread::sleep(PAUSE);
            server.look()?;
        }
        Ok(())
    }
}
