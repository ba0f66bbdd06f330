//! Conversations, files and records in memory: they end with the process.

use std::{
    collections::{BTreeMap, HashMap},
    future::ready,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Instant, SystemTime},
};

use bytes::Bytes;

use super::{Added, Answer, Appended, Change, Conversation, Store, StoreError, Summary};
use crate::message::{File, Message};

/// How many conversations [`Memory::default`] keeps.
pub const DEFAULT_CONVERSATIONS: usize = 10_000;

/// The bytes that the files of all conversations may have together: what a machine has to spare.
const MAX_FILES: u64 = 1_000_000_000;

const FEW_RECORDS: usize = 64;

/// Keeps a bounded number of conversations in memory.
///
/// When a new one would be too many, the one in which nothing was said for longest is dropped. So it
/// is when the files of all would have more than a gigabyte together.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conversations: HashMap<String, Kept>,
    records: BTreeMap<String, Record>,
    /// Counts changes, to know which conversation rested longest.
    clock: u64,
    /// So many records are worth looking for those that are over.
    crowd: usize,
}

#[derive(Debug)]
struct Kept {
    tick: u64,
    changed: SystemTime,
    conversation: Conversation,
    files: Vec<(File, Bytes)>,
}

#[derive(Debug)]
struct Record {
    value: String,
    end: Option<Instant>,
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
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        let mut state = self.state();
        if state.conversations.contains_key(id) {
            return Box::pin(ready(Err(StoreError {
                source: "there is a conversation of this id".into(),
            })));
        }
        while state.conversations.len() >= self.limit {
            state.drop_oldest();
        }
        let kept = Kept {
            tick: state.tick(),
            changed: SystemTime::now(),
            conversation: Conversation {
                person: person.to_owned(),
                messages: Vec::new(),
            },
            files: Vec::new(),
        };
        state.conversations.insert(id.to_owned(), kept);
        answer(())
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        answer(self.state().append(id, position, message))
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        let state = self.state();
        let kept = state.conversations.get(id);
        answer(kept.map(|it| it.conversation.clone()))
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        answer(self.state().summaries(person, limit))
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        let mut state = self.state();
        let kept = state.conversations.get(conversation);
        if kept.is_some_and(|kept| kept.files.iter().any(|(other, _)| other.id == file.id)) {
            return Box::pin(ready(Err(StoreError {
                source: "there is a file of this id".into(),
            })));
        }
        answer(state.add_file(conversation, file, content, limit))
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        let state = self.state();
        let kept = state.conversations.get(conversation);
        let found = kept.and_then(|kept| kept.files.iter().find(|(file, _)| file.id == id));
        answer(found.cloned())
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        let state = self.state();
        let kept = state.conversations.get(conversation);
        let files = kept.into_iter().flat_map(|kept| &kept.files);
        answer(files.map(|(file, _)| file.clone()).collect())
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        answer(self.state().conversations.remove(id).is_some())
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        answer(self.state().record(key).map(str::to_owned))
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        let state = self.state();
        let found = state.records.range(prefix.to_owned()..);
        let found = found.take_while(|(key, _)| key.starts_with(prefix));
        let found = found.filter(|(_, record)| record.is_alive());
        answer(
            found
                .map(|(key, record)| (key.clone(), record.value.clone()))
                .collect(),
        )
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        let mut state = self.state();
        let is_expected = state.record(key) == expected;
        if is_expected {
            state.put(key, change);
        }
        answer(is_expected)
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        self.state().put(key, change);
        answer(())
    }
}

fn answer<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(ready(Ok(value)))
}

impl State {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn append(&mut self, id: &str, position: usize, message: Message) -> Appended {
        let tick = self.tick();
        let Some(kept) = self.conversations.get_mut(id) else {
            return Appended::Unknown;
        };
        let messages = &mut kept.conversation.messages;
        if messages.len() != position {
            return Appended::Taken;
        }
        messages.push(message);
        kept.tick = tick;
        kept.changed = SystemTime::now();
        Appended::Kept
    }

    fn add_file(&mut self, id: &str, file: &File, content: Bytes, limit: u64) -> Added {
        let tick = self.tick();
        let Some(kept) = self.conversations.get_mut(id) else {
            return Added::Unknown;
        };
        if kept.size().saturating_add(file.size) > limit.min(MAX_FILES) {
            return Added::Full;
        }
        // Nobody drops the conversation that grows.
        kept.tick = tick;
        let others = self.conversations.values();
        let mut all = others.map(Kept::size).sum::<u64>();
        while all.saturating_add(file.size) > MAX_FILES {
            all = all.saturating_sub(self.drop_oldest());
        }
        if let Some(kept) = self.conversations.get_mut(id) {
            kept.files.push((file.clone(), content));
        }
        Added::Kept
    }

    fn summaries(&self, person: &str, limit: usize) -> Vec<Summary> {
        let own = self.conversations.iter();
        let mut own: Vec<_> = own
            .filter(|(_, kept)| kept.conversation.person == person)
            .collect();
        own.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.tick));
        own.into_iter()
            .filter_map(|(id, kept)| {
                Some(Summary {
                    id: id.clone(),
                    first: kept.conversation.messages.first()?.clone(),
                    changed: kept.changed,
                })
            })
            .take(limit)
            .collect()
    }

    /// Drops the conversation that rested longest and returns how many bytes its files had.
    fn drop_oldest(&mut self) -> u64 {
        let oldest = self
            .conversations
            .iter()
            .min_by_key(|(_, kept)| kept.tick)
            .map(|(id, _)| id.clone());
        let dropped = oldest.and_then(|oldest| self.conversations.remove(&oldest));
        dropped.map_or(0, |kept| kept.size())
    }

    fn record(&self, key: &str) -> Option<&str> {
        let record = self.records.get(key).filter(|it| it.is_alive())?;
        Some(&record.value)
    }

    fn put(&mut self, key: &str, change: Change<'_>) {
        if self.records.len() >= self.crowd {
            self.records.retain(|_, record| record.is_alive());
            self.crowd = (self.records.len() * 2).max(FEW_RECORDS);
        }
        let Some(value) = change.value else {
            self.records.remove(key);
            return;
        };
        let end = change
            .lifetime
            .and_then(|it| Instant::now().checked_add(it));
        let record = Record {
            value: value.to_owned(),
            end,
        };
        self.records.insert(key.to_owned(), record);
    }
}

impl Kept {
    /// The bytes that its files have together.
    fn size(&self) -> u64 {
        self.files.iter().map(|(file, _)| file.size).sum()
    }
}

impl Record {
    fn is_alive(&self) -> bool {
        self.end.is_none_or(|end| Instant::now() < end)
    }
}
