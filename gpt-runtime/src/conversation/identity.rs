//! What an API is told of who calls it, in the headers that ChatGPT sends.
//!
//! The id of a conversation lets in whoever knows it, and that of a person is nobody's business:
//! APIs are told hashes. That of a person is keyed with a secret which lives in the store for a
//! day and is then forgotten, so that days cannot be told to be the same person's.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use reqwest::header::{HeaderMap, HeaderValue};
use ring::{digest, hmac};
use uuid::Uuid;

use super::run::{Run, Stop};
use crate::{
    error::Error,
    store::{Change, Store, StoreError},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The headers of one conversation on one day.
#[derive(Debug)]
pub(crate) struct Identity(HeaderMap);

impl Identity {
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.0
    }

    /// `person` is empty where it is not known; then the conversation stands for it.
    fn new(gpt: &str, conversation: &str, person: &str, secret: &str) -> Self {
        let person = if person.is_empty() {
            format!("conversation {conversation}")
        } else {
            format!("person {person}")
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let person = hmac::sign(&key, person.as_bytes());
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("openai-conversation-id", uuid(hash(conversation).as_ref())),
            ("openai-ephemeral-user-id", uuid(person.as_ref())),
            ("openai-gpt-id", format!("g-{}", hex(hash(gpt).as_ref()))),
        ] {
            // Digits and dashes can always stand in a header.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        Self(headers)
    }
}

impl Run {
    /// Sees to it that calls can say whose they are, where they are to.
    pub(super) async fn identify(&mut self) -> Result<(), Stop> {
        if self.setting.chatgpt_headers && self.identity.is_none() {
            let identity = self.identity().await.map_err(Error::from)?;
            self.identity = Some(Arc::new(identity));
        }
        Ok(())
    }

    async fn identity(&self) -> Result<Identity, StoreError> {
        let store = self.setting.store.as_ref();
        let day = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let secret = secret(store, day.as_secs() / DAY.as_secs()).await?;
        let gpt = self.setting.definition.name;
        Ok(Identity::new(
            gpt,
            &self.conversation,
            &self.person,
            &secret,
        ))
    }
}

/// The secret of a day, the same in all processes that share the store.
async fn secret(store: &dyn Store, day: u64) -> Result<String, StoreError> {
    let key = format!("chatgpt-headers/{day}");
    if let Some(secret) = store.record(&key).await? {
        return Ok(secret);
    }
    let secret = format!("{}{}", Uuid::new_v4(), Uuid::new_v4());
    let change = Change::for_a_time(&secret, 2 * DAY);
    if store.swap(&key, None, change).await? {
        return Ok(secret);
    }
    // Another process was quicker.
    Ok(store.record(&key).await?.unwrap_or(secret))
}

fn hash(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}

/// The first 16 bytes as people write an id.
fn uuid(bytes: &[u8]) -> String {
    let first = bytes.first_chunk().copied().unwrap_or_default();
    uuid::Builder::from_random_bytes(first)
        .into_uuid()
        .to_string()
}

/// The first 16 bytes as digits.
fn hex(bytes: &[u8]) -> String {
    let first = bytes.first_chunk().copied().unwrap_or_default();
    Uuid::from_bytes(first).simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::Memory;

    fn ids(conversation: &str, person: &str, secret: &str) -> [String; 3] {
        let identity = Identity::new("Sky Desk", conversation, person, secret);
        [
            "openai-conversation-id",
            "openai-ephemeral-user-id",
            "openai-gpt-id",
        ]
        .map(|name| identity.headers()[name].to_str().unwrap().to_owned())
    }

    #[test]
    fn ids_are_hashes_and_that_of_a_person_is_keyed() {
        let [conversation, person, gpt] = ids("c1", "ada", "monday");
        assert_eq!(
            ids("c1", "ada", "monday"),
            [conversation.clone(), person.clone(), gpt.clone()]
        );
        let other_day = ids("c1", "ada", "tuesday");
        assert_eq!((&other_day[0], &other_day[2]), (&conversation, &gpt));
        assert_ne!(other_day[1], person);
        let other_conversation = ids("c2", "ada", "monday");
        assert_ne!(other_conversation[0], conversation);
        assert_eq!(other_conversation[1], person);
        // Who is not known is somebody else in each conversation.
        assert_ne!(ids("c1", "", "monday")[1], ids("c2", "", "monday")[1]);
        assert!(gpt.starts_with("g-") && gpt.len() == 34, "{gpt}");
    }

    #[tokio::test]
    async fn processes_share_the_secret_of_a_day() {
        let store = Memory::default();
        let monday = secret(&store, 1).await.unwrap();
        assert_eq!(secret(&store, 1).await.unwrap(), monday);
        assert_ne!(secret(&store, 2).await.unwrap(), monday);
        assert!(monday.len() >= 64);
    }
}
