//! Conversations in memory: they end with the process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Answer, Store};
use crate::message::Message;

/// How many conversations [`Memory::default`] keeps.
pub const DEFAULT_CONVERSATIONS: usize = 10_000;

/// Keeps a bounded number of conversations in memory.
///
/// When a new one would be too many, the one in which nothing was said for longest is dropped.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conversations: HashMap<String, Conversation>,
    /// Counts changes, to know which conversation rested longest.
    clock: u64,
}

#[derive(Debug)]
struct Conversation {
    changed: u64,
    messages: Vec<Message>,
}

impl Memory {
    /// A store that keeps at most `limit` conversations, and at least one.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics between two related changes, so the state is whole even if poisoned.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(DEFAULT_CONVERSATIONS)
    }
}

impl Store for Memory {
    fn create<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        let mut state = self.state();
        while state.conversations.len() >= self.limit {
            state.drop_oldest();
        }
        let changed = state.tick();
        state.conversations.insert(
            id.to_owned(),
            Conversation {
                changed,
                messages: Vec::new(),
            },
        );
        Box::pin(std::future::ready(Ok(())))
    }

    fn append<'a>(&'a self, id: &'a str, message: Message) -> Answer<'a, bool> {
        let mut state = self.state();
        let changed = state.tick();
        let known = match state.conversations.get_mut(id) {
            Some(conversation) => {
                conversation.changed = changed;
                conversation.messages.push(message);
                true
            }
            None => false,
        };
        Box::pin(std::future::ready(Ok(known)))
    }

    fn messages<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Vec<Message>>> {
        let messages = self
            .state()
            .conversations
            .get(id)
            .map(|conversation| conversation.messages.clone());
        Box::pin(std::future::ready(Ok(messages)))
    }
}

impl State {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn drop_oldest(&mut self) {
        let oldest = self
            .conversations
            .iter()
            .min_by_key(|(_, conversation)| conversation.changed)
            .map(|(id, _)| id.clone());
        if let Some(id) = oldest {
            self.conversations.remove(&id);
        }
    }
}
