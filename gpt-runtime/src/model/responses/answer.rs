//! What comes back from the Responses API, event by event.

use serde::Deserialize;
use serde_json::Value;

use super::{
    hosted::{self, Annotation},
    wire::is_call,
};
use crate::{
    message::{Citation, ProviderItems, ToolCall},
    model::{
        Chunk, ModelError, Sender, Usage,
        made::{self, Wanted},
        transport::{self, Limits},
        wire,
    },
};

/// Images come as base64, each once when it is done and once in the whole answer.
const WITH_IMAGES: Limits = Limits {
    body: 128 << 20,
    event: 64 << 20,
};

/// An event; those that are not read here say nothing that a later one does not repeat.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Event {
    #[serde(rename = "response.output_text.delta")]
    Text(Delta),
    #[serde(rename = "response.refusal.delta")]
    Refusal(Delta),
    #[serde(rename = "response.output_text.annotation.added")]
    Annotation {
        #[serde(default)]
        annotation: Value,
    },
    #[serde(rename = "response.output_item.added")]
    Begun { output_index: usize, item: Value },
    #[serde(rename = "response.output_item.done")]
    Item { output_index: usize, item: Value },
    #[serde(rename = "response.completed")]
    Completed { response: Response },
    #[serde(rename = "response.incomplete")]
    Incomplete { response: Response },
    #[serde(rename = "response.failed")]
    Failed { response: Response },
    #[serde(rename = "error")]
    Error {
        code: Option<String>,
        #[serde(flatten)]
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Delta {
    output_index: usize,
    delta: String,
}

#[derive(Debug, Deserialize)]
struct Response {
    status: Option<String>,
    #[serde(default)]
    output: Vec<Value>,
    error: Option<Value>,
    incomplete_details: Option<Details>,
    usage: Option<Counts>,
}

#[derive(Debug, Deserialize)]
struct Details {
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    input_tokens: u64,
    output_tokens: u64,
    input_tokens_details: Option<InputDetails>,
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Debug, Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct FunctionCall {
    call_id: String,
    name: String,
    arguments: String,
}

#[derive(Debug, Deserialize)]
struct OutputMessage {
    #[serde(default)]
    content: Vec<Content>,
}

#[derive(Debug, Deserialize)]
struct Content {
    text: Option<String>,
    refusal: Option<String>,
    #[serde(default)]
    annotations: Vec<Value>,
}

/// Why an answer is incomplete.
#[derive(Debug)]
enum Lack {
    Length,
    Filter,
    Other(String),
}

/// Puts an answer together from its events.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    items: Vec<Value>,
    calls: Vec<ToolCall>,
    /// The calls of hosted tools that were said to have begun, by their ids.
    hosted: Vec<String>,
    citations: Vec<Citation>,
    /// The files that are to be fetched.
    files: Vec<Wanted>,
    makes_images: bool,
    /// The item that spoke last.
    speaker: Option<usize>,
    is_finished: bool,
    lack: Option<Lack>,
    usage: Option<Counts>,
}

impl transport::Assembly for Assembly {
    fn take(&mut self, data: &str, answer: &Sender) -> Result<bool, ModelError> {
        match wire::read(data)? {
            Event::Text(delta) | Event::Refusal(delta) => {
                self.say(delta.output_index, delta.delta, answer);
            }
            Event::Annotation { annotation } => self.annotate(&annotation, answer),
            Event::Begun { output_index, item } => {
                self.begin_hosted(&item, output_index, answer)?;
            }
            Event::Item { output_index, item } => self.item(output_index, item, answer)?,
            Event::Completed { response }
            | Event::Incomplete { response }
            | Event::Failed { response } => self.end(response, answer)?,
            Event::Error { code, error } => return Err(failure(code.as_deref(), &error)),
            Event::Other => {}
        }
        Ok(self.is_finished)
    }

    fn take_whole(&mut self, data: &str, answer: &Sender) -> Result<(), ModelError> {
        self.end(wire::read(data)?, answer)
    }

    fn is_finished(&self) -> bool {
        self.is_finished
    }

    fn has_spoken(&self) -> bool {
        self.speaker.is_some() || !self.hosted.is_empty()
    }

    fn limits(&self) -> Limits {
        if self.makes_images {
            WITH_IMAGES
        } else {
            transport::TEXT
        }
    }
}

impl Assembly {
    /// An empty one, of an answer that may hold images or not.
    pub(super) fn new(makes_images: bool) -> Self {
        Self {
            makes_images,
            ..Self::default()
        }
    }

    fn say(&mut self, index: usize, text: String, answer: &Sender) {
        if text.is_empty() {
            return;
        }
        let before = self.speaker.replace(index);
        if before.is_some_and(|it| it != index) {
            // Each message is a paragraph of its own.
            answer.send(Ok(Chunk::Text("\n\n".to_owned())));
        }
        answer.send(Ok(Chunk::Text(text)));
    }

    /// Takes a complete item of the answer.
    fn item(&mut self, index: usize, item: Value, answer: &Sender) -> Result<(), ModelError> {
        if is_call(&item) {
            wire::room_for_call(self.calls.len())?;
            let call: FunctionCall = wire::part(&item)?;
            self.calls.push(ToolCall {
                id: call.call_id,
                name: call.name,
                arguments: wire::arguments(&call.arguments),
            });
        } else if kind(&item) == "message" {
            let message: OutputMessage = wire::part(&item)?;
            let mut text = String::new();
            for part in message.content {
                text.extend(part.text.or(part.refusal));
                for annotation in &part.annotations {
                    self.annotate(annotation, answer);
                }
            }
            if self.speaker != Some(index) {
                // It was not said piece by piece.
                self.say(index, text, answer);
            }
        } else {
            self.begin_hosted(&item, index, answer)?;
            end_hosted(&item, index, answer);
        }
        self.items.push(item);
        Ok(())
    }

    /// Says that a call of a hosted tool has begun, if the item is one, and it was not said before.
    fn begin_hosted(
        &mut self,
        item: &Value,
        index: usize,
        answer: &Sender,
    ) -> Result<(), ModelError> {
        if let Some(mut call) = hosted::call(item, index)
            && !self.hosted.contains(&call.id)
        {
            wire::room_for_call(self.hosted.len())?;
            self.hosted.push(call.id.clone());
            call.result = String::new();
            call.is_error = false;
            answer.send(Ok(Chunk::HostedCall(call)));
        }
        Ok(())
    }

    fn annotate(&mut self, annotation: &Value, answer: &Sender) {
        match hosted::annotation(annotation) {
            Some(Annotation::Source(citation)) if !self.citations.contains(&citation) => {
                self.citations.push(citation.clone());
                answer.send(Ok(Chunk::Citation(citation)));
            }
            Some(Annotation::File(file)) => made::want(&mut self.files, file),
            Some(Annotation::Source(_)) | None => {}
        }
    }

    /// The files that are to be fetched, once the answer is complete.
    pub(super) fn take_files(&mut self) -> Vec<Wanted> {
        std::mem::take(&mut self.files)
    }

    fn end(&mut self, response: Response, answer: &Sender) -> Result<(), ModelError> {
        if let Some(error) = response.error.filter(|error| !error.is_null()) {
            let code = error.get("code").and_then(Value::as_str);
            return Err(failure(code, &error));
        }
        self.lack = match response.status.as_deref() {
            Some("incomplete") => Some(Lack::of(response.incomplete_details)),
            Some("failed" | "cancelled") => {
                let message = "the server gave up without a reason".to_owned();
                return Err(ModelError::Failed(message));
            }
            _ => None,
        };
        let seen = self.items.len();
        for (index, item) in response.output.into_iter().enumerate().skip(seen) {
            self.item(index, item, answer)?;
        }
        self.usage = response.usage;
        self.is_finished = true;
        Ok(())
    }

    /// The tokens that the server counted.
    pub(super) fn usage(&self) -> Option<Usage> {
        let tokens = self.usage.as_ref()?;
        let cached = tokens.input_tokens_details.as_ref();
        let reasoning = tokens.output_tokens_details.as_ref();
        Some(Usage {
            input: tokens.input_tokens,
            output: tokens.output_tokens,
            cached: cached.and_then(|it| it.cached_tokens).unwrap_or_default(),
            reasoning: reasoning
                .and_then(|it| it.reasoning_tokens)
                .unwrap_or_default(),
        })
    }

    /// The calls, and what is to be sent back with them, once the answer is complete.
    pub(super) fn finish(
        self,
        author: &str,
    ) -> Result<(Vec<ToolCall>, Option<ProviderItems>), ModelError> {
        match self.lack {
            None => {}
            Some(Lack::Length) => return Err(ModelError::CutOff),
            Some(Lack::Filter) => return Err(ModelError::Filtered),
            Some(Lack::Other(reason)) => {
                let message = format!("the answer is incomplete: {reason}");
                return Err(ModelError::Failed(message));
            }
        }
        let items = self.items.into_iter().filter_map(kept).collect();
        let items = hosted::kept(items);
        let is_more = items.iter().any(says_more);
        let items = is_more.then(|| ProviderItems {
            author: author.to_owned(),
            items,
        });
        Ok((self.calls, items))
    }
}

/// Says that a call of a hosted tool has ended, and what came out.
fn end_hosted(item: &Value, index: usize, answer: &Sender) {
    if let Some(call) = hosted::call(item, index) {
        answer.send(Ok(Chunk::HostedResult(call)));
    }
    for file in hosted::files(item) {
        answer.send(Ok(file));
    }
}

impl Lack {
    fn of(details: Option<Details>) -> Self {
        match details.and_then(|it| it.reason) {
            Some(reason) if reason == "max_output_tokens" => Self::Length,
            Some(reason) if reason == "content_filter" => Self::Filter,
            reason => Self::Other(reason.unwrap_or_else(|| "no reason given".to_owned())),
        }
    }
}

pub(super) fn kind(item: &Value) -> &str {
    let kind = item.get("type").and_then(Value::as_str);
    kind.unwrap_or_default()
}

/// An item as it is sent back; `None` for reasoning that nobody can read again.
fn kept(mut item: Value) -> Option<Value> {
    if hosted::called(&item).is_none()
        && let Value::Object(properties) = &mut item
    {
        // Some are refused as `null` though they may be absent.
        properties.retain(|_, value| !value.is_null());
    }
    let is_empty = |key: &str| match item.get(key) {
        Some(Value::Array(parts)) => parts.is_empty(),
        Some(_) => false,
        None => true,
    };
    if kind(&item) == "reasoning" && is_empty("encrypted_content") && is_empty("content") {
        return None;
    }
    Some(item)
}

/// Whether an item says more than its text and its call.
fn says_more(item: &Value) -> bool {
    match kind(item) {
        "function_call" => false,
        // A message that is a comment, and not the answer, is to stay one.
        "message" => item.get("phase").is_some(),
        _ => true,
    }
}

fn failure(code: Option<&str>, error: &Value) -> ModelError {
    let message = wire::error_message(error);
    match code {
        Some("server_error" | "rate_limit_exceeded" | "server_is_overloaded" | "slow_down") => {
            ModelError::Overloaded(message)
        }
        _ => ModelError::Failed(message),
    }
}
