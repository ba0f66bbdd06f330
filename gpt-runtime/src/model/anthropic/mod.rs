//! Anthropic's Messages API.

mod answer;
mod wire;

use std::{fmt, time::Duration};

use reqwest::header::HeaderName;

use self::answer::{Assembly, Ending};
use super::{
    Chunk, Chunks, Model, ModelError, Request, Sender, Usage, chunks, transport::Transport,
};
use crate::{error::Error, message::ProviderItems};

/// Anthropic's own server.
pub(super) const BASE_URL: &str = "https://api.anthropic.com";
/// The tokens a model may write, its thinking included; all current models can write more.
const MAX_TOKENS: u32 = 32_000;
/// How often a model that paused is asked to go on.
const CONTINUATIONS: usize = 5;

/// A model behind Anthropic's Messages API, at Anthropic or at a server that speaks it.
#[derive(Clone)]
pub struct Anthropic {
    transport: Transport,
    model: String,
    max_tokens: u32,
}

impl Anthropic {
    /// The model of this name at the server with this base URL, such as
    /// `https://api.anthropic.com`; `/v1/messages` is added.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub fn new(base_url: &str, model: impl Into<String>) -> Result<Self, Error> {
        Self::named("base_url", base_url, model.into())
    }

    /// The same, with the name of the setting that the URL comes from.
    pub(super) fn named(name: &str, base_url: &str, model: String) -> Result<Self, Error> {
        let mut transport = Transport::new(name, base_url, &["v1", "messages"])?;
        transport.set_header("anthropic-version", "2023-06-01");
        Ok(Self {
            transport,
            model,
            max_tokens: MAX_TOKENS,
        })
    }

    /// Signs requests with a key.
    ///
    /// # Errors
    /// The key holds characters that a header cannot hold.
    pub fn api_key(mut self, key: impl Into<String>) -> Result<Self, Error> {
        let header = (HeaderName::from_static("x-api-key"), "");
        self.transport
            .set_key("ANTHROPIC_API_KEY", key.into(), header)?;
        Ok(self)
    }

    /// How many tokens an answer may have, the model's thinking included; 32,000 by default.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = tokens;
        self
    }

    /// Waits this long before the first of two retries, and twice as long before the second; half
    /// a second by default. What the server asks for goes first.
    #[must_use]
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.transport.set_retry_delay(delay);
        self
    }

    #[cfg(test)]
    pub(super) fn endpoint(&self) -> url::Url {
        self.transport.endpoint().clone()
    }

    async fn answer(&self, request: &Request, answer: &Sender) -> Result<(), ModelError> {
        let author = self.author();
        let mut body = wire::request(&self.model, self.max_tokens, request, &author);
        let mut blocks = Vec::new();
        let mut usage = Usage::default();
        for _ in 0..CONTINUATIONS {
            let assembly = self
                .transport
                .answer(&body, answer, Assembly::default)
                .await?;
            usage = sum(usage, assembly.usage());
            let (ending, written) = assembly.finish()?;
            wire::go_on(&mut body, &written);
            blocks.extend(written);
            if ending == Ending::Done {
                answer.send(Ok(Chunk::Usage(usage)));
                return end(blocks, author, answer);
            }
        }
        let message = format!("the answer paused {CONTINUATIONS} times");
        Err(ModelError::Failed(message))
    }

    /// Thinking can be read by the model that wrote it, where it was written.
    fn author(&self) -> String {
        format!("anthropic {} {}", self.model, self.transport.origin())
    }
}

/// Says the calls of an answer, and what is to be sent back with them.
fn end(blocks: Vec<serde_json::Value>, author: String, answer: &Sender) -> Result<(), ModelError> {
    for call in wire::calls(&blocks)? {
        answer.send(Ok(Chunk::Call(call)));
    }
    if blocks.iter().any(wire::says_more) {
        let items = blocks;
        answer.send(Ok(Chunk::Items(ProviderItems { author, items })));
    }
    Ok(())
}

fn sum(left: Usage, right: Usage) -> Usage {
    Usage {
        input: left.input.saturating_add(right.input),
        output: left.output.saturating_add(right.output),
        cached: left.cached.saturating_add(right.cached),
        reasoning: left.reasoning.saturating_add(right.reasoning),
    }
}

impl Model for Anthropic {
    fn name(&self) -> &str {
        &self.model
    }

    fn respond(&self, request: Request) -> Chunks {
        let this = self.clone();
        chunks(|answer| async move {
            if let Err(error) = this.answer(&request, &answer).await {
                answer.send(Err(error));
            }
        })
    }
}

impl fmt::Debug for Anthropic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anthropic")
            .field("host", &self.transport.host())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}
