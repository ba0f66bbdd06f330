//! Conversations, their files and records in a file of SQLite.

mod file;
mod query;
mod worker;

use std::{fmt, path::Path};

use bytes::Bytes;

use super::{
    Added, Answer, Appended, Change, Conversation, Failure, Store, StoreError, Summary, table,
};
use crate::message::{File, Message};
use worker::Worker;

/// Keeps conversations and records in a file.
///
/// Several processes of one machine may use one file, which must be on a disk of that machine: file
/// systems of networks do not lock as SQLite needs it. Beside the file stand two more while it is
/// used, with `-wal` and `-shm` after its name, and they belong to it: copy it with
/// `sqlite3 FILE '.backup COPY'`. What was written is on the disk, and survives loss of power.
pub struct Sqlite {
    /// Reads, which wait for no write.
    reader: Worker,
    writer: Worker,
}

impl Sqlite {
    /// Opens a file, and creates it where there is none: for its owner alone, on Unix.
    ///
    /// # Errors
    /// The file cannot be created, opened or written, it is no database, or a newer version of this
    /// crate has used it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        file::create(path)?;
        let mut writer = file::open(path)?;
        file::migrate(&mut writer).map_err(|error| file::error(path, error))?;
        let reader = file::open(path)?;
        Ok(Self {
            reader: Worker::start(reader).map_err(Failure::from)?,
            writer: Worker::start(writer).map_err(Failure::from)?,
        })
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").finish_non_exhaustive()
    }
}

impl Store for Sqlite {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        let (id, person) = (id.to_owned(), person.to_owned());
        self.writer
            .ask(move |connection| query::create(connection, &id, &person))
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        let id = id.to_owned();
        self.writer.ask(move |connection| {
            let text = table::to_text(&message)?;
            query::append(connection, &id, position, &text)
        })
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        let id = id.to_owned();
        self.reader
            .ask(move |connection| query::conversation(connection, &id))
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        let person = person.to_owned();
        self.reader
            .ask(move |connection| query::conversations(connection, &person, limit))
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        let (conversation, file) = (conversation.to_owned(), file.clone());
        self.writer.ask(move |connection| {
            query::add_file(connection, &conversation, &file, &content, limit)
        })
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        let (conversation, id) = (conversation.to_owned(), id.to_owned());
        self.reader
            .ask(move |connection| query::file(connection, &conversation, &id))
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        let conversation = conversation.to_owned();
        self.reader
            .ask(move |connection| query::files(connection, &conversation))
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        let id = id.to_owned();
        self.writer
            .ask(move |connection| query::delete(connection, &id))
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        let key = key.to_owned();
        self.reader
            .ask(move |connection| query::record(connection, &key))
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        let prefix = prefix.to_owned();
        self.reader
            .ask(move |connection| query::records(connection, &prefix))
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        let (key, expected) = (key.to_owned(), expected.map(str::to_owned));
        let (value, lifetime) = (change.value.map(str::to_owned), change.lifetime);
        self.writer.ask(move |connection| {
            let change = Change {
                value: value.as_deref(),
                lifetime,
            };
            query::swap(connection, &key, expected.as_deref(), change)
        })
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        let key = key.to_owned();
        let (value, lifetime) = (change.value.map(str::to_owned), change.lifetime);
        self.writer.ask(move |connection| {
            let change = Change {
                value: value.as_deref(),
                lifetime,
            };
            query::put(connection, &key, change)
        })
    }
}
