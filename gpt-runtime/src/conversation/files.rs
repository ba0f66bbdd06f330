//! The files of a conversation: those a model is shown, and those that calls send and bring.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use serde_json::{Value, json};

use super::run::{Run, Setting};
use crate::{
    file::{self, Links, Unkept},
    invoke::{Attachments, Kept},
    message::{File, Message},
    model::attach::{self, Kind},
    store::StoreError,
};

/// The bytes of images and documents that a model is shown at once: in base64 it is what providers
/// take.
const MAX_MEDIA: u64 = 20_000_000;
/// Bytes of text for each token of the context: half as many tokens of four characters.
const TEXT_PER_TOKEN: usize = 2;

/// The messages as a model is shown them: the files that it made come with what follows, because in
/// its own words they cannot stand.
pub(super) fn given_back(messages: &[Message]) -> Vec<Message> {
    let mut made = Vec::new();
    let mut shown = messages.to_vec();
    for message in &mut shown {
        match message {
            Message::Assistant { files, .. } => made.append(files),
            Message::User { files, .. } | Message::Tool { files, .. } => {
                files.splice(..0, made.drain(..));
            }
        }
    }
    shown
}

fn files(message: &Message) -> &[File] {
    match message {
        Message::User { files, .. }
        | Message::Assistant { files, .. }
        | Message::Tool { files, .. } => files,
    }
}

impl Run {
    /// What the files of messages hold, as far as a model may take it; the newest first, and text
    /// that does not fit as a whole as its beginning.
    pub(super) async fn read_files(
        &mut self,
        messages: &[Message],
    ) -> Result<HashMap<String, Bytes>, StoreError> {
        let mut media = MAX_MEDIA;
        let mut text = self.setting.max_context.saturating_mul(TEXT_PER_TOKEN);
        let mut contents = HashMap::new();
        for file in messages.iter().rev().flat_map(files) {
            let Some(kind) = attach::kind(file).filter(|_| !contents.contains_key(&file.id)) else {
                continue;
            };
            let is_media = kind != Kind::Text;
            if (is_media && file.size > media) || (!is_media && text == 0) {
                continue;
            }
            let Some(mut content) = self.read_file(&file.id).await? else {
                continue;
            };
            if is_media {
                media = media.saturating_sub(file.size);
            } else {
                content.truncate(text);
                text -= content.len();
            }
            contents.insert(file.id.clone(), content);
        }
        Ok(contents)
    }

    async fn read_file(&mut self, id: &str) -> Result<Option<Bytes>, StoreError> {
        if let Some(content) = self.contents.get(id) {
            return Ok(Some(content.clone()));
        }
        let found = self.setting.store.file(&self.conversation, id).await?;
        let content = found.map(|(_, content)| content);
        if let Some(content) = &content {
            self.contents.insert(id.to_owned(), content.clone());
        }
        Ok(content)
    }

    /// What calls of this round know of the files.
    pub(super) fn drawer(&self) -> Drawer {
        Drawer {
            setting: Arc::clone(&self.setting),
            conversation: self.conversation.as_str().into(),
            files: self.history.iter().flat_map(files).cloned().collect(),
            links: self.links.clone(),
        }
    }
}

/// The files of a conversation, for calls.
#[derive(Clone)]
pub(super) struct Drawer {
    setting: Arc<Setting>,
    conversation: Arc<str>,
    /// Those that were said something with, the oldest first.
    files: Arc<[File]>,
    links: Option<Arc<Links>>,
}

/// The files around one call.
pub(super) struct OfCall<'a> {
    drawer: &'a Drawer,
    brought: Mutex<Vec<File>>,
}

impl Drawer {
    pub(super) fn open(&self) -> OfCall<'_> {
        OfCall {
            drawer: self,
            brought: Mutex::default(),
        }
    }
}

impl OfCall<'_> {
    /// The files that the call brought.
    pub(super) fn brought(&self) -> Vec<File> {
        let mut brought = self.brought.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut brought)
    }
}

impl Attachments for OfCall<'_> {
    fn reference(&self, named: &str) -> Result<Value, String> {
        let drawer = self.drawer;
        let of_id = drawer.files.iter().find(|file| file.id == named);
        let of_name = || drawer.files.iter().rev().find(|file| file.name == named);
        let Some(file) = of_id.or_else(of_name) else {
            return Err("is no id of a file of this conversation".to_owned());
        };
        let Some(links) = &drawer.links else {
            return Err("cannot be sent: no server runs from which files are fetched".to_owned());
        };
        let link = links.link(&drawer.conversation, &file.id, SystemTime::now());
        let link = link.ok_or("cannot be sent: the system has no random numbers")?;
        Ok(json!({
            "name": file.name,
            "id": file.id,
            "mime_type": file.media_type,
            "download_link": link,
        }))
    }

    fn keep<'a>(&'a self, name: &'a str, media_type: &'a str, content: Bytes) -> Kept<'a> {
        Box::pin(async move {
            let unkept = Unkept {
                name,
                media_type,
                content,
            };
            let Drawer {
                setting,
                conversation,
                ..
            } = self.drawer;
            let (store, limits) = (setting.store.as_ref(), setting.file_limits);
            let kept = file::keep(store, limits, conversation, unkept).await;
            let file = kept.map_err(|error| error.to_string())?;
            let shown = json!({
                "name": file.name,
                "mime_type": file.media_type,
                "id": file.id,
                "size": file.size,
            });
            let mut brought = self.brought.lock().unwrap_or_else(PoisonError::into_inner);
            brought.push(file);
            Ok(shown)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_made_comes_with_what_follows() {
        let file = |id: &str| File {
            id: id.to_owned(),
            name: id.to_owned(),
            media_type: "image/png".to_owned(),
            size: 1,
        };
        let made = Message::Assistant {
            text: "Here.".to_owned(),
            calls: Vec::new(),
            hosted_calls: Vec::new(),
            citations: Vec::new(),
            files: vec![file("made")],
            provider_items: None,
        };
        let user = |files: &[&str]| Message::User {
            text: "Draw.".to_owned(),
            files: files.iter().copied().map(file).collect(),
            is_retry: false,
        };
        let history = [user(&["a"]), made, user(&["b"]), user(&[])];
        let shown = given_back(&history);
        let expected = [
            user(&["a"]),
            Message::assistant("Here.", Vec::new()),
            user(&["made", "b"]),
            user(&[]),
        ];
        assert_eq!(shown, expected);
    }
}
