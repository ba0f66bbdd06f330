//! Anthropic's Messages API.

mod answer;
mod hosted;
mod wire;

use std::{fmt, time::Duration};

use reqwest::header::HeaderName;

use self::answer::{Assembly, Ending};
use super::{
    Chunk, Chunks, Model, ModelError, Request, Sender, chunks, extra, made, transport::Transport,
};
use crate::{error::Error, gpt::BuiltInTool, message::ProviderItems};

/// Anthropic's own server.
pub(super) const BASE_URL: &str = "https://api.anthropic.com";
/// The tokens a model may write, its thinking included; all current models can write more.
const MAX_TOKENS: u32 = 32_000;
/// How often a model that paused is asked to go on.
const CONTINUATIONS: usize = 5;

/// By which a refusal may be known to be about blocks of earlier answers.
const BLOCKS: [&str; 4] = ["thinking", "signature", "encrypted", "server_tool_use"];

/// A model behind Anthropic's Messages API, at Anthropic or at a server that speaks it.
#[derive(Clone)]
pub struct Anthropic {
    transport: Transport,
    model: String,
    max_tokens: u32,
    /// The built-in tools that the server brings.
    hosted: Vec<BuiltInTool>,
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
        let is_own = transport.is_at("api.anthropic.com");
        let hosted = if is_own { &hosted::TOOLS[..] } else { &[] };
        let model = Self {
            transport,
            model,
            max_tokens: MAX_TOKENS,
            hosted: Vec::new(),
        };
        Ok(model.hosting(hosted.iter().copied()))
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

    /// Names the built-in tools that the server brings: web search and the code interpreter at
    /// Anthropic itself, none elsewhere by default. No server brings image generation.
    #[must_use]
    pub fn hosting(mut self, tools: impl IntoIterator<Item = BuiltInTool>) -> Self {
        self.hosted = tools.into_iter().collect();
        self.hosted.retain(|tool| hosted::TOOLS.contains(tool));
        self
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
        let mut items = wire::has_items(request, &author);
        let mut body = self.body(request, items);
        let mut blocks = Vec::new();
        let mut open = Vec::new();
        for _ in 0..CONTINUATIONS {
            let begin = || Assembly::with(open.clone());
            let mut assembly = match self.transport.answer(&body, answer, begin).await {
                // They are of this conversation alone; another one keeps its own.
                Err(error) if items && extra::refuses(&error, &BLOCKS) => {
                    items = false;
                    body = self.body(request, items);
                    self.transport.answer(&body, answer, begin).await?
                }
                asked => asked?,
            };
            answer.send(Ok(Chunk::Usage(assembly.usage())));
            made::send(&self.transport, assembly.take_files(), answer).await;
            open = assembly.take_open();
            let (ending, written) = assembly.finish()?;
            wire::go_on(&mut body, &written);
            blocks.extend(written);
            if ending == Ending::Done {
                return end(blocks, author, answer);
            }
            // What was refused can only have been in what was sent first.
            items = false;
        }
        let message = format!("the answer paused {CONTINUATIONS} times");
        Err(ModelError::Failed(message))
    }

    fn body(&self, request: &Request, items: bool) -> serde_json::Value {
        let author = items.then(|| self.author());
        wire::request(&self.model, self.max_tokens, request, author.as_deref())
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

impl Model for Anthropic {
    fn name(&self) -> &str {
        &self.model
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        self.hosted.contains(&tool)
    }

    fn respond(&self, request: Request) -> Chunks {
        let mut this = self.clone();
        if request.hosted_tools.contains(&BuiltInTool::CodeInterpreter) {
            this.transport.set_header("anthropic-beta", hosted::BETA);
        }
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
