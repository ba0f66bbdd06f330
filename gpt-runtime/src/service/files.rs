//! What is said with files, and the files of conversations.

use bytes::Bytes;

use super::Service;
use crate::{
    error::Error,
    file::{self, Links, Unkept},
    message::File,
};

/// What a person says: a text, files, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The text; may be empty where there are files.
    pub text: String,
    /// Ids of files of the conversation, in the order they are shown.
    pub files: Vec<String>,
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self {
            text,
            files: Vec::new(),
        }
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Service {
    /// Keeps a file of a person's conversation, to be named in a message.
    ///
    /// Of the name only what follows the last `/` or `\\` is kept, without control characters. A
    /// media type that says nothing is taken from the ending of the name.
    ///
    /// # Errors
    /// The conversation is unknown, the file is too large, also together with the others, or the
    /// store failed.
    pub async fn add_file(
        &self,
        person: &str,
        conversation: &str,
        name: &str,
        media_type: &str,
        content: impl Into<Bytes>,
    ) -> Result<File, Error> {
        if self.messages(person, conversation).await?.is_none() {
            return Err(Error::UnknownConversation);
        }
        let unkept = Unkept {
            name,
            media_type,
            content: content.into(),
        };
        let (store, limits) = (self.setting.store.as_ref(), self.setting.file_limits);
        file::keep(store, limits, conversation, unkept).await
    }

    /// A file of a person's conversation and what it holds; `None` where they have none of this id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn file(
        &self,
        person: &str,
        conversation: &str,
        id: &str,
    ) -> Result<Option<(File, Bytes)>, Error> {
        if self.messages(person, conversation).await?.is_none() {
            return Ok(None);
        }
        Ok(self.setting.store.file(conversation, id).await?)
    }

    /// The file that the token of a link leads to now; `None` where it leads nowhere.
    pub(crate) async fn linked_file(&self, token: &str) -> Result<Option<(File, Bytes)>, Error> {
        let now = std::time::SystemTime::now();
        let Some((conversation, id)) = self.links.as_ref().and_then(|it| it.open(token, now))
        else {
            return Ok(None);
        };
        Ok(self.setting.store.file(&conversation, &id).await?)
    }

    /// The most bytes that a file may have.
    pub(crate) fn file_size_limit(&self) -> u64 {
        self.setting.file_limits.size
    }

    /// The same service where APIs can fetch files.
    #[must_use]
    pub(crate) fn with_links(mut self, links: Links) -> Self {
        self.links = Some(links.into());
        self
    }

    /// The files that a message names, each once.
    pub(super) async fn named_files(
        &self,
        conversation: &str,
        ids: &[String],
    ) -> Result<Vec<File>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let limit = self.setting.file_limits.per_message;
        if ids.len() > limit {
            return Err(Error::TooManyFiles { limit });
        }
        let kept = self.setting.store.files(conversation).await?;
        let mut named: Vec<File> = Vec::new();
        for id in ids {
            let file = kept.iter().find(|file| file.id == *id);
            let file = file.ok_or_else(|| Error::UnknownFile { id: id.clone() })?;
            if !named.contains(file) {
                named.push(file.clone());
            }
        }
        Ok(named)
    }
}
