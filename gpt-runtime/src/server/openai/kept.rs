//! Earlier responses: each is kept as a conversation, to which the ids of the response and of its
//! output lead back.

use uuid::Uuid;

use super::{App, Refusal};
use crate::{access::Caller, message::Message};

/// The answer to the message that makes a conversation so long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) conversation: String,
    pub(super) length: usize,
}

impl Place {
    /// The id of the response.
    pub(super) fn response(&self) -> String {
        self.id("resp")
    }

    /// The id of the one item of its output.
    pub(super) fn item(&self) -> String {
        self.id("msg")
    }

    fn id(&self, kind: &str) -> String {
        let conversation = self.conversation.replace('-', "");
        format!("{kind}_{conversation}_{}", self.length)
    }

    pub(super) fn of_response(id: &str) -> Option<Self> {
        Self::of("resp_", id)
    }

    pub(super) fn of_item(id: &str) -> Option<Self> {
        Self::of("msg_", id)
    }

    fn of(prefix: &str, id: &str) -> Option<Self> {
        let (conversation, length) = id.strip_prefix(prefix)?.split_once('_')?;
        Some(Self {
            conversation: Uuid::try_parse(conversation).ok()?.to_string(),
            length: length.parse().ok()?,
        })
    }
}

/// A conversation up to and with an answer.
pub(super) struct Kept {
    messages: Vec<Message>,
    /// How many of them come before the answer.
    length: usize,
    /// Whether nothing was said after it.
    pub(super) is_last: bool,
}

impl Kept {
    /// What the caller can know of an answer; `None` where it is not there.
    pub(super) async fn find(
        app: &App,
        caller: &Caller,
        place: &Place,
    ) -> Result<Option<Self>, Refusal> {
        let Place {
            conversation,
            length,
        } = place;
        let person = caller.person_in(conversation);
        let messages = app.service.messages(&person, conversation).await?;
        let Some(mut messages) = messages.filter(|it| it.len() >= *length && *length > 0) else {
            return Ok(None);
        };
        let is_said = |it: &Message| matches!(it, Message::User { .. });
        let end = messages[*length..].iter().position(is_said);
        if let Some(end) = end {
            messages.truncate(*length + end);
        }
        Ok(Some(Self {
            messages,
            length: *length,
            is_last: end.is_none(),
        }))
    }

    /// The text of the answer; `None` where there is none yet, or it failed.
    pub(super) fn text(&self) -> Option<String> {
        let answer = self.messages.get(self.length..)?;
        answer.last()?;
        let texts = answer.iter().filter_map(|it| match it {
            Message::Assistant { text, .. } if !text.is_empty() => Some(text.as_str()),
            _ => None,
        });
        Some(texts.collect::<Vec<_>>().join("\n\n"))
    }

    /// The messages as another conversation begins with them, which has none of the files.
    pub(super) fn retold(self) -> Vec<Message> {
        let retold = self.messages.into_iter().map(|message| match message {
            Message::User { text, files, .. } => {
                let names = files.iter().map(|file| file.name.as_str());
                Message::past(&text, names)
            }
            mut other => {
                if let Message::Assistant { files, .. } | Message::Tool { files, .. } = &mut other {
                    files.clear();
                }
                other
            }
        });
        retold.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn ids_lead_back_to_their_conversation() {
        let place = Place {
            conversation: "a5a8c1de-1b2c-4d3e-8f4a-5b6c7d8e9f00".to_owned(),
            length: 3,
        };
        assert_eq!(Place::of_response(&place.response()), Some(place.clone()));
        assert_eq!(Place::of_item(&place.item()), Some(place.clone()));
        for wrong in [
            "",
            "resp_",
            "resp_a_1",
            "resp_a5a8c1de1b2c4d3e8f4a5b6c7d8e9f00",
            "x",
            &place.item(),
        ] {
            assert_eq!(Place::of_response(wrong), None, "{wrong}");
        }
    }
}
