//! A part of a store, apart from its other parts.

use std::sync::Arc;

use bytes::Bytes;

use super::{Added, Answer, Appended, Change, Conversation, Store, Summary};
use crate::message::{File, Message};

/// What one GPT keeps in a store that several share.
///
/// Ids, persons and keys mean something within their scope alone: nothing that is asked of one
/// scope shows or changes what is in another one, or outside of all.
#[derive(Clone)]
pub struct Scoped {
    store: Arc<dyn Store>,
    prefix: String,
}

impl Scoped {
    /// The part of a store that this scope has.
    pub fn new(store: Arc<dyn Store>, scope: &str) -> Self {
        // A scope holds no `/` of its own, so that none begins like another one.
        let scope = scope.replace('%', "%25").replace('/', "%2F");
        Self {
            store,
            prefix: format!("g/{scope}/"),
        }
    }

    /// A name of this scope as it is in the store.
    fn outside(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    /// A name in the store as it is in this scope.
    fn inside(&self, mut name: String) -> String {
        if name.starts_with(&self.prefix) {
            name.drain(..self.prefix.len());
        }
        name
    }
}

impl Store for Scoped {
    fn create<'a>(&'a self, id: &'a str, person: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let (id, person) = (self.outside(id), self.outside(person));
            self.store.create(&id, &person).await
        })
    }

    fn append<'a>(
        &'a self,
        id: &'a str,
        position: usize,
        message: Message,
    ) -> Answer<'a, Appended> {
        Box::pin(async move {
            let id = self.outside(id);
            self.store.append(&id, position, message).await
        })
    }

    fn conversation<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Conversation>> {
        Box::pin(async move {
            let found = self.store.conversation(&self.outside(id)).await?;
            Ok(found.map(|it| Conversation {
                person: self.inside(it.person),
                ..it
            }))
        })
    }

    fn conversations<'a>(&'a self, person: &'a str, limit: usize) -> Answer<'a, Vec<Summary>> {
        Box::pin(async move {
            let person = self.outside(person);
            let mut found = self.store.conversations(&person, limit).await?;
            for summary in &mut found {
                summary.id = self.inside(std::mem::take(&mut summary.id));
            }
            Ok(found)
        })
    }

    fn add_file<'a>(
        &'a self,
        conversation: &'a str,
        file: &'a File,
        content: Bytes,
        limit: u64,
    ) -> Answer<'a, Added> {
        Box::pin(async move {
            let conversation = self.outside(conversation);
            let added = self.store.add_file(&conversation, file, content, limit);
            added.await
        })
    }

    fn file<'a>(&'a self, conversation: &'a str, id: &'a str) -> Answer<'a, Option<(File, Bytes)>> {
        Box::pin(async move { self.store.file(&self.outside(conversation), id).await })
    }

    fn files<'a>(&'a self, conversation: &'a str) -> Answer<'a, Vec<File>> {
        Box::pin(async move { self.store.files(&self.outside(conversation)).await })
    }

    fn delete<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        Box::pin(async move { self.store.delete(&self.outside(id)).await })
    }

    fn record<'a>(&'a self, key: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move { self.store.record(&self.outside(key)).await })
    }

    fn records<'a>(&'a self, prefix: &'a str) -> Answer<'a, Vec<(String, String)>> {
        Box::pin(async move {
            let mut found = self.store.records(&self.outside(prefix)).await?;
            for (key, _) in &mut found {
                *key = self.inside(std::mem::take(key));
            }
            Ok(found)
        })
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        change: Change<'a>,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            let key = self.outside(key);
            self.store.swap(&key, expected, change).await
        })
    }

    fn put<'a>(&'a self, key: &'a str, change: Change<'a>) -> Answer<'a, ()> {
        Box::pin(async move { self.store.put(&self.outside(key), change).await })
    }
}
