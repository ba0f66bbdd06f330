//! Where conversations live.
//!
//! A [`Store`] keeps messages in the order they were said and knows nothing else: which turn runs
//! and what a message means is the business of [`crate::service`].

pub mod memory;

use std::{pin::Pin, sync::Arc};

use crate::message::Message;

/// What a [`Store`] answers, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps conversations.
///
/// When [`append`](Self::append) has answered, the message is kept as safely as the store keeps
/// anything: the service appends what was said as soon as it was said, so that a crash loses
/// nothing.
pub trait Store: Send + Sync + 'static {
    /// Creates an empty conversation under an id that is new.
    fn create<'a>(&'a self, id: &'a str) -> Answer<'a, ()>;

    /// Appends a message; `false` when there is no such conversation.
    fn append<'a>(&'a self, id: &'a str, message: Message) -> Answer<'a, bool>;

    /// All messages in order; `None` when there is no such conversation.
    fn messages<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Vec<Message>>>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn create<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        (**self).create(id)
    }

    fn append<'a>(&'a self, id: &'a str, message: Message) -> Answer<'a, bool> {
        (**self).append(id, message)
    }

    fn messages<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Vec<Message>>> {
        (**self).messages(id)
    }
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("the conversation cannot be read or saved")]
pub struct StoreError {
    /// What went wrong, for the log.
    #[from]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}
