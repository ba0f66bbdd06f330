//! A thread with a connection: a slow disk keeps nobody else waiting.

use std::{io, sync::mpsc, thread};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::{Answer, Failure, StoreError};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Does one thing after the other, until it is dropped and nothing is left to do.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    pub(super) fn start(mut connection: Connection) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("gpt-store".to_owned())
            .spawn(move || {
                for job in waiting {
                    job(&mut connection);
                }
            })?;
        Ok(Self { jobs })
    }

    /// What is asked is done even if nobody waits for the answer any more.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'_, T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // It fails when nobody waits.
            let _ = sender.send(work(connection));
        });
        Box::pin(async move {
            // Where the thread is gone nobody answers either.
            let _ = self.jobs.send(job);
            match answer.await {
                Ok(answer) => answer.map_err(StoreError::from),
                Err(_) => Err(Failure::from("the thread of the store has ended").into()),
            }
        })
    }
}
