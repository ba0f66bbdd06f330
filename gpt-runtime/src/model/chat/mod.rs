//! Any server that speaks OpenAI's Chat Completions.

mod wire;

use std::{fmt, time::Duration};

use self::wire::Assembly;
use super::{
    Chunk, Chunks, Model, ModelError, Request, Sender, ToolDefinition, chunks,
    extra::Extra,
    transport::{BEARER, Transport},
};
use crate::error::Error;

/// The tools that the protocol allows.
const MAX_TOOLS: usize = 128;

/// A model behind an OpenAI-compatible server: OpenAI itself, Ollama, llama.cpp, vLLM and so on.
#[derive(Clone)]
pub struct ChatCompletions {
    transport: Transport,
    model: String,
    /// Many servers count tokens only when asked, and some do not know the question.
    usage: Extra,
}

impl ChatCompletions {
    /// The model of this name at the server with this base URL, such as
    /// `http://localhost:11434/v1`.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub fn new(base_url: &str, model: impl Into<String>) -> Result<Self, Error> {
        Self::named("base_url", base_url, model.into())
    }

    /// The same, with the name of the setting that the URL comes from.
    pub(super) fn named(name: &str, base_url: &str, model: String) -> Result<Self, Error> {
        Ok(Self {
            transport: Transport::new(name, base_url, &["chat", "completions"])?,
            model,
            usage: Extra::new("stream_options"),
        })
    }

    /// Signs requests with a key.
    ///
    /// # Errors
    /// The key holds characters that a header cannot hold.
    pub fn api_key(mut self, key: impl Into<String>) -> Result<Self, Error> {
        self.transport
            .set_key("OPENAI_API_KEY", key.into(), BEARER)?;
        Ok(self)
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
        let assembly = match self.ask(request, answer).await {
            Err(error) if self.usage.is_refused_by(&error) => self.ask(request, answer).await?,
            asked => asked?,
        };
        if let Some(usage) = assembly.usage() {
            answer.send(Ok(Chunk::Usage(usage)));
        }
        for call in assembly.finish()? {
            answer.send(Ok(Chunk::Call(call)));
        }
        Ok(())
    }

    async fn ask(&self, request: &Request, answer: &Sender) -> Result<Assembly, ModelError> {
        let body = wire::request(&self.model, request, self.usage.is_wanted());
        self.transport
            .answer(&body, answer, Assembly::default)
            .await
    }
}

impl Model for ChatCompletions {
    fn name(&self) -> &str {
        &self.model
    }

    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        if tools.len() <= MAX_TOOLS {
            return Ok(());
        }
        Err(Error::TooManyTools {
            count: tools.len(),
            limit: MAX_TOOLS,
            protocol: "Chat Completions",
        })
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

impl fmt::Debug for ChatCompletions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatCompletions")
            .field("host", &self.transport.host())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}
