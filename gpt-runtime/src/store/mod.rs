//! Where conversations and records live.
//!
//! A [`Store`] keeps what must outlive a process: messages in the order they were said, the files of
//! conversations, and small records (sign-ins, lasting consents, share links, leases). It knows
//! nothing of what they mean: that is the business of [`crate::service`].
//!
//! | store | keeps | for |
//! |---|---|---|
//! | [`Memory`](memory::Memory) | until the process ends | tests and trials |
//! | `sqlite::Sqlite`, with the feature `sqlite` | in a file | one machine |
//! | `postgres::Postgres`, with the feature `postgres` | in a database | several machines |
//!
//! [`open`] makes one of them from a text such as `GPT_STORE` holds. One store serves one GPT: those
//! that share one keep apart by [`Scoped`](scoped::Scoped), as a [`Server`](crate::server::Server)
//! of several sees to, and programs that share a database by its schemas for example.

mod choice;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod scoped;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod table;

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;

use crate::message::{File, Message};

pub(crate) use choice::from_settings;
pub use choice::open;

/// What a [`Store`] answers, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps conversations, their files, and records.
///
/// When a method that writes has answered, what it wrote is kept as safely as the store keeps
/// anything: the service writes what was said as soon as it was said, so that a crash loses nothing.
/// When it failed instead, or its future was dropped, what it was to write may be kept or not.
/// Several processes may use one store at the same time. Ids, keys, values and messages are any
/// text, of any length.
pub trait Store: Send + Sync + 'static {
    /// Creates an empty conversation of a person under an id that is new; fails when it is not.
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()>;

    /// Adds the message that is to be the one at `position`, counted from 0.
    ///
    /// Of several processes that add one at the same position, one succeeds.
    fn append<'a>(&'a self, id: &'a str, position: usize, message: Message)
    -> Answer<'a, Appended>;

    /// A conversation; `None` when there is none of this id.
    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>>;

    /// The conversations of a person in which something was said, those changed last first, at most
    /// `limit`.
    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>>;

    /// Keeps a file of a conversation under an id that is new in it; fails when it is not.
    ///
    /// All files of a conversation have at most `limit` bytes together, also where several processes
    /// add one at the same time.
    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added>;

    /// A file of a conversation and what it holds; `None` when the conversation has none of this id.
    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>>;

    /// The files of a conversation without what they hold, in the order they were added.
    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>>;

    /// Forgets a conversation and its files; `false` when there is none of this id.
    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool>;

    /// The value of a record; `None` when there is none, or when its lifetime is over.
    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>>;

    /// The records whose keys begin with a prefix, ordered by the bytes of their keys.
    ///
    /// No character of the prefix has a meaning of its own.
    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>>;

    /// Writes a record if its value is the expected one, in one step; `false` when it is another.
    ///
    /// `expected` is `None` where there must be none yet, and `change.value` is `None` to remove it.
    /// A record whose lifetime is over is none. Of several that expect the same value, one succeeds.
    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool>;

    /// Writes a record whatever its value is.
    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()>;
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change<'a> {
    /// Its new value; `None` removes it.
    pub value: Option<&'a str>,
    /// How long it lives from now on by the store's clock, for ever where there is none.
    pub lifetime: Option<Duration>,
}

impl<'a> Change<'a> {
    /// A value that stays.
    pub fn to(value: &'a str) -> Self {
        Self {
            value: Some(value),
            lifetime: None,
        }
    }

    /// A value that is gone after a time.
    pub fn for_a_time(value: &'a str, lifetime: Duration) -> Self {
        Self {
            value: Some(value),
            lifetime: Some(lifetime),
        }
    }

    /// No value any more.
    pub fn remove() -> Self {
        Self::default()
    }
}

/// What became of a message that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is kept.
    Kept,
    /// The conversation does not end before this position: somebody else said something.
    Taken,
    /// There is no such conversation.
    Unknown,
}

/// What became of a file that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is kept.
    Kept,
    /// It would be too much for the conversation.
    Full,
    /// There is no such conversation.
    Unknown,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Whose it is.
    pub person: String,
    /// What was said, in order.
    pub messages: Vec<Message>,
}

/// What a list of conversations shows of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// What was said first.
    pub first: Message,
    /// When something was said last, by the store's clock.
    pub changed: SystemTime,
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        (**self).create(id, person)
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        (**self).append(id, position, message)
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        (**self).conversation(id)
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        (**self).conversations(person, limit)
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        (**self).add_file(conversation, file, content, limit)
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        (**self).file(conversation, id)
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        (**self).files(conversation)
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        (**self).delete(id)
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        (**self).record(key)
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        (**self).records(prefix)
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        (**self).swap(key, expected, change)
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        (**self).put(key, change)
    }
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("what was said cannot be read or saved")]
pub struct StoreError {
    /// What went wrong, for the log.
    #[from]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What goes wrong inside a store, before it is a [`StoreError`].
#[cfg(any(feature = "sqlite", feature = "postgres"))]
type Failure = Box<dyn std::error::Error + Send + Sync>;
