//! OpenAI's Responses API.

mod answer;
mod wire;

use std::{fmt, time::Duration};

use self::answer::Assembly;
use super::{
    Chunk, Chunks, Model, ModelError, Request, Sender, chunks,
    transport::{BEARER, Extra, Transport},
};
use crate::error::Error;

/// A model behind OpenAI's Responses API, at OpenAI or at a server that speaks it.
///
/// Nothing is stored there: each request carries the whole conversation, with the model's own
/// reasoning as it was sent, encrypted.
#[derive(Clone)]
pub struct Responses {
    transport: Transport,
    model: String,
    /// Models that do not reason refuse to encrypt their reasoning.
    reasoning: Extra,
}

impl Responses {
    /// The model of this name at the server with this base URL, such as
    /// `https://api.openai.com/v1`.
    ///
    /// # Errors
    /// The URL is not an absolute `http` or `https` URL.
    pub fn new(base_url: &str, model: impl Into<String>) -> Result<Self, Error> {
        Self::named("base_url", base_url, model.into())
    }

    /// The same, with the name of the setting that the URL comes from.
    pub(super) fn named(name: &str, base_url: &str, model: String) -> Result<Self, Error> {
        Ok(Self {
            transport: Transport::new(name, base_url, &["responses"])?,
            model,
            reasoning: Extra::new("encrypted"),
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
        let tools = wire::tools(&request.tools);
        let assembly = match self.ask(request, &tools, answer).await {
            Err(error) if self.reasoning.is_refused_by(&error) => {
                self.ask(request, &tools, answer).await?
            }
            asked => asked?,
        };
        if let Some(usage) = assembly.usage() {
            answer.send(Ok(Chunk::Usage(usage)));
        }
        let (calls, items) = assembly.finish(&self.author())?;
        for mut call in calls {
            if let Some(tool) = tools.iter().find(|it| it.name() == call.name) {
                tool.drop_nulls(&mut call.arguments);
            }
            answer.send(Ok(Chunk::Call(call)));
        }
        if let Some(items) = items {
            answer.send(Ok(Chunk::Items(items)));
        }
        Ok(())
    }

    async fn ask(
        &self,
        request: &Request,
        tools: &[wire::Tool<'_>],
        answer: &Sender,
    ) -> Result<Assembly, ModelError> {
        let author = self.reasoning.is_wanted().then(|| self.author());
        let body = wire::request(&self.model, request, tools, author.as_deref());
        self.transport
            .answer(&body, answer, Assembly::default)
            .await
    }

    /// Reasoning can be read by the model that wrote it, where it was written.
    fn author(&self) -> String {
        format!("responses {} {}", self.model, self.transport.origin())
    }
}

impl Model for Responses {
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

impl fmt::Debug for Responses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responses")
            .field("host", &self.transport.host())
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}
