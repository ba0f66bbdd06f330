//! Requests to a model as they are recorded: without what is another one each time.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest;
use serde_json::{Map, Value, json};

use crate::{message::Message, model::Request};

/// Names of files and calls by the order in which they came: their ids are others each time.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Name>);

#[derive(Debug)]
struct Name {
    id: String,
    shown: String,
    /// Whether the id is replaced inside of texts too. That of a file is unlike any word; that of a
    /// call may be `1`.
    is_unlike_words: bool,
}

impl Names {
    /// Takes note of the ids in messages.
    fn note(&mut self, messages: &[Message]) {
        for message in messages {
            let (calls, files) = match message {
                Message::User { files, .. } | Message::Tool { files, .. } => (&[][..], files),
                Message::Assistant { calls, files, .. } => (&**calls, files),
            };
            for file in files {
                self.add("file", &file.id, true);
            }
            for call in calls {
                self.add("call", &call.id, false);
            }
        }
    }

    fn add(&mut self, kind: &str, id: &str, is_unlike_words: bool) {
        if self.0.iter().any(|it| it.id == id) {
            return;
        }
        let of_kind = self.0.iter().filter(|it| it.shown.contains(kind));
        self.0.push(Name {
            id: id.to_owned(),
            shown: format!("[{kind} {}]", of_kind.count() + 1),
            is_unlike_words,
        });
    }

    /// A text with names in the place of ids, or the other way round.
    pub(super) fn rename(&self, text: &str, to_names: bool) -> String {
        let mut text = text.to_owned();
        for Name {
            id,
            shown,
            is_unlike_words,
        } in &self.0
        {
            let (from, to) = if to_names { (id, shown) } else { (shown, id) };
            if *is_unlike_words {
                text = text.replace(from.as_str(), to);
            } else if text == *from {
                text.clone_from(to);
            }
        }
        text
    }

    /// The same for all texts of a piece of JSON.
    pub(super) fn rename_all(&self, value: &mut Value, to_names: bool) {
        match value {
            Value::String(text) => *text = self.rename(text, to_names),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|it| self.rename_all(it, to_names)),
            Value::Object(properties) => properties
                .values_mut()
                .for_each(|it| self.rename_all(it, to_names)),
            _ => {}
        }
    }
}

/// A request as it is recorded and compared.
pub(super) fn question(request: &Request, names: &mut Names) -> Map<String, Value> {
    names.note(&request.messages);
    let mut question = Map::new();
    let mut insert = |name: &str, value: Value| question.insert(name.to_owned(), value);
    insert("instructions", request.instructions.as_str().into());
    let tools = request.tools.iter().map(|tool| {
        json!({
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        })
    });
    insert("tools", tools.collect());
    let hosted = request.hosted_tools.iter().map(|it| it.name());
    insert("hosted_tools", hosted.collect());
    // What they hold would make the file long, and binary.
    let files: BTreeMap<String, String> = request
        .contents
        .iter()
        .map(|(id, content)| {
            let hash = digest::digest(&digest::SHA256, content);
            (
                names.rename(id, true),
                format!("sha256-{}", STANDARD.encode(hash)),
            )
        })
        .collect();
    insert("files", json!(files));
    let messages = request.messages.iter().map(|message| {
        // What is for the model's provider alone means nothing to a recording.
        let mut message = json!(message.clone().shown());
        names.rename_all(&mut message, true);
        message
    });
    insert("messages", messages.collect());
    question
}

/// A request without what is as in the one before; `continues` where its messages begin as those.
pub(super) fn short(
    question: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    let mut short = Map::new();
    for (name, value) in question {
        let known = before.and_then(|it| it.get(name));
        if name == "messages" {
            let (said, all) = (known.and_then(Value::as_array), value.as_array());
            let rest = said
                .zip(all)
                .and_then(|(said, all)| all.strip_prefix(&**said));
            if let Some(rest) = rest {
                short.insert("continues".to_owned(), true.into());
                short.insert(name.clone(), rest.to_vec().into());
                continue;
            }
        } else if known == Some(value) || (before.is_none() && is_empty(value)) {
            continue;
        }
        short.insert(name.clone(), value.clone());
    }
    short
}

/// A request with what is as in the one before.
pub(super) fn whole(
    short: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    let empty = [
        ("instructions", json!("")),
        ("tools", json!([])),
        ("hosted_tools", json!([])),
        ("files", json!({})),
        ("messages", json!([])),
    ];
    let empty = empty.map(|(name, value)| (name.to_owned(), value));
    let mut whole = before
        .cloned()
        .unwrap_or_else(|| empty.into_iter().collect());
    let continues = short.get("continues") == Some(&Value::Bool(true));
    for (name, value) in short {
        match whole.get_mut(name) {
            Some(Value::Array(known)) if continues && name == "messages" => {
                known.extend(value.as_array().into_iter().flatten().cloned());
            }
            _ if name == "continues" => {}
            _ => {
                whole.insert(name.clone(), value.clone());
            }
        }
    }
    whole
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(properties) => properties.is_empty(),
        _ => false,
    }
}
