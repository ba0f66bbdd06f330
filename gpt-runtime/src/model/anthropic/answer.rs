//! What comes back from the Messages API, event by event.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{hosted, wire::kind};
use crate::{
    message::{Citation, HostedCall},
    model::{
        Chunk, ModelError, Sender, Usage,
        made::{self, Wanted},
        transport, wire,
    },
};

/// The blocks an answer may have; a stream that opens more is out of its mind.
const MAX_BLOCKS: usize = 1024;

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Message,
    },
    ContentBlockStart {
        index: usize,
        content_block: Value,
    },
    ContentBlockDelta {
        index: usize,
        delta: Piece,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: End,
        #[serde(default)]
        usage: Counts,
    },
    MessageStop,
    Error {
        error: Value,
    },
    /// `ping`, and what is new.
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Message {
    /// Empty in a stream.
    #[serde(default)]
    content: Vec<Value>,
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Counts,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Piece {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    ThinkingDelta {
        thinking: String,
    },
    SignatureDelta {
        signature: String,
    },
    CitationsDelta {
        citation: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct End {
    stop_reason: Option<String>,
}

/// Counts are of all so far, so that later ones replace earlier ones.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Counts {
    #[serde(rename = "input_tokens")]
    input: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens")]
    written_to_cache: Option<u64>,
    #[serde(rename = "cache_read_input_tokens")]
    cached: Option<u64>,
    #[serde(rename = "output_tokens")]
    output: Option<u64>,
}

/// How an answer ends that is not broken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Done,
    /// The model will go on when it is given back what it wrote.
    Paused,
}

/// Puts an answer together from its events.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    blocks: Vec<Block>,
    /// The calls of hosted tools that have begun and not ended.
    open: Vec<HostedCall>,
    citations: Vec<Citation>,
    /// The files that are to be fetched.
    files: Vec<Wanted>,
    stop_reason: Option<String>,
    usage: Counts,
    has_spoken: bool,
}

#[derive(Debug)]
struct Block {
    value: Value,
    /// The input of a call, as far as it was written.
    json: String,
}

impl transport::Assembly for Assembly {
    fn take(&mut self, data: &str, answer: &Sender) -> Result<bool, ModelError> {
        match wire::read(data)? {
            Event::MessageStart { message } => self.usage.take(message.usage),
            Event::ContentBlockStart {
                index,
                content_block,
            } => self.open(index, content_block, answer)?,
            Event::ContentBlockDelta { index, delta } => self.piece(index, delta, answer)?,
            Event::ContentBlockStop { index } => self.close(index, answer)?,
            Event::MessageDelta { delta, usage } => {
                self.usage.take(usage);
                self.stop_reason = delta.stop_reason.or(self.stop_reason.take());
            }
            Event::MessageStop => return Ok(true),
            Event::Error { error } => return Err(failure(&error)),
            Event::Other => {}
        }
        Ok(false)
    }

    fn take_whole(&mut self, data: &str, answer: &Sender) -> Result<(), ModelError> {
        let message: Message = wire::read(data)?;
        self.usage.take(message.usage);
        self.stop_reason = message.stop_reason;
        for (index, block) in message.content.into_iter().enumerate() {
            self.open(index, block, answer)?;
            self.close(index, answer)?;
        }
        Ok(())
    }

    fn is_finished(&self) -> bool {
        self.stop_reason.is_some()
    }

    fn has_spoken(&self) -> bool {
        self.has_spoken
    }
}

impl Assembly {
    /// An empty one, of an answer in which these calls of hosted tools have yet to end.
    pub(super) fn with(open: Vec<HostedCall>) -> Self {
        Self {
            open,
            ..Self::default()
        }
    }

    fn open(&mut self, index: usize, value: Value, answer: &Sender) -> Result<(), ModelError> {
        if index != self.blocks.len() || index >= MAX_BLOCKS {
            let message = format!("block {index} of the answer is not the next one");
            return Err(ModelError::Protocol(message));
        }
        if kind(&value) == "text" {
            let last = self.blocks.last().map_or("text", |it| kind(&it.value));
            if self.has_spoken && last != "text" {
                // A text after calls or thinking is a paragraph of its own.
                answer.send(Ok(Chunk::Text("\n\n".to_owned())));
            }
            let text = value.get("text").and_then(Value::as_str);
            self.say(text.unwrap_or_default(), answer);
            let citations = value.get("citations").and_then(Value::as_array);
            for citation in citations.into_iter().flatten() {
                self.cite(citation, answer);
            }
        }
        let json = String::new();
        self.blocks.push(Block { value, json });
        Ok(())
    }

    fn piece(&mut self, index: usize, delta: Piece, answer: &Sender) -> Result<(), ModelError> {
        let Some(block) = self.blocks.get_mut(index) else {
            let message = format!("a piece of block {index}, which was not begun");
            return Err(ModelError::Protocol(message));
        };
        match delta {
            Piece::TextDelta { text } => {
                block.append("text", &text);
                self.say(&text, answer);
            }
            Piece::InputJsonDelta { partial_json } => block.json.push_str(&partial_json),
            Piece::ThinkingDelta { thinking } => block.append("thinking", &thinking),
            Piece::SignatureDelta { signature } => block.append("signature", &signature),
            Piece::CitationsDelta { citation } => {
                block.cite(&citation);
                self.cite(&citation, answer);
            }
            Piece::Other => {}
        }
        Ok(())
    }

    /// Says what a complete block begins or ends.
    fn close(&mut self, index: usize, answer: &Sender) -> Result<(), ModelError> {
        let Some(block) = self.blocks.get_mut(index) else {
            let message = format!("the end of block {index}, which was not begun");
            return Err(ModelError::Protocol(message));
        };
        block.complete();
        if let Some(call) = hosted::call(&block.value) {
            wire::room_for_call(self.open.len())?;
            self.has_spoken = true;
            self.open.push(call.clone());
            answer.send(Ok(Chunk::HostedCall(call)));
        } else if let Some(ended) = hosted::ended(&block.value)
            && let Some(place) = self.open.iter().position(|it| it.id == ended.id)
        {
            for file in ended.files {
                made::want(&mut self.files, file);
            }
            let call = HostedCall {
                result: ended.result,
                is_error: ended.is_error,
                ..self.open.swap_remove(place)
            };
            answer.send(Ok(Chunk::HostedResult(call)));
        }
        Ok(())
    }

    fn cite(&mut self, citation: &Value, answer: &Sender) {
        if let Some(citation) = hosted::citation(citation)
            && !self.citations.contains(&citation)
        {
            self.citations.push(citation.clone());
            answer.send(Ok(Chunk::Citation(citation)));
        }
    }

    /// The files that are to be fetched, once the answer is complete.
    pub(super) fn take_files(&mut self) -> Vec<Wanted> {
        std::mem::take(&mut self.files)
    }

    /// The calls of hosted tools that have yet to end.
    pub(super) fn take_open(&mut self) -> Vec<HostedCall> {
        std::mem::take(&mut self.open)
    }

    fn say(&mut self, text: &str, answer: &Sender) {
        if !text.is_empty() {
            self.has_spoken = true;
            answer.send(Ok(Chunk::Text(text.to_owned())));
        }
    }

    /// The tokens that the server counted.
    pub(super) fn usage(&self) -> Usage {
        let cached = self.usage.cached.unwrap_or_default();
        let others = [self.usage.input, self.usage.written_to_cache];
        Usage {
            input: others
                .into_iter()
                .flatten()
                .fold(cached, u64::saturating_add),
            output: self.usage.output.unwrap_or_default(),
            cached,
            reasoning: 0,
        }
    }

    /// The blocks of the answer, once it is complete.
    pub(super) fn finish(self) -> Result<(Ending, Vec<Value>), ModelError> {
        let ending = match self.stop_reason.as_deref() {
            Some("max_tokens" | "model_context_window_exceeded") => return Err(ModelError::CutOff),
            Some("refusal") => return Err(ModelError::Filtered),
            Some("pause_turn") => Ending::Paused,
            // `end_turn`, `tool_use`, `stop_sequence`, and what other servers invent.
            _ => Ending::Done,
        };
        let blocks = self.blocks.into_iter().map(Block::finish);
        Ok((ending, blocks.collect()))
    }
}

impl Block {
    fn append(&mut self, key: &str, text: &str) {
        match self.value.get_mut(key) {
            Some(Value::String(written)) => written.push_str(text),
            _ => {
                if let Value::Object(block) = &mut self.value {
                    block.insert(key.to_owned(), json!(text));
                }
            }
        }
    }

    /// Adds a citation of a text.
    fn cite(&mut self, citation: &Value) {
        match self.value.get_mut("citations") {
            Some(Value::Array(citations)) => citations.push(citation.clone()),
            _ => {
                if let Value::Object(block) = &mut self.value {
                    block.insert("citations".to_owned(), json!([citation]));
                }
            }
        }
    }

    /// Reads the input that came in pieces.
    fn complete(&mut self) {
        let is_written = !self.json.trim().is_empty();
        let is_call = kind(&self.value) == "tool_use" && self.value.get("input").is_none();
        if let Value::Object(block) = &mut self.value
            && (is_written || is_call)
        {
            block.insert("input".to_owned(), wire::arguments(&self.json));
        }
    }

    fn finish(mut self) -> Value {
        self.complete();
        self.value
    }
}

impl Counts {
    fn take(&mut self, later: Self) {
        self.input = later.input.or(self.input);
        self.written_to_cache = later.written_to_cache.or(self.written_to_cache);
        self.cached = later.cached.or(self.cached);
        self.output = later.output.or(self.output);
    }
}

fn failure(error: &Value) -> ModelError {
    let message = wire::error_message(error);
    match kind(error) {
        "overloaded_error" | "rate_limit_error" | "api_error" | "timeout_error" => {
            ModelError::Overloaded(message)
        }
        _ => ModelError::Failed(message),
    }
}
