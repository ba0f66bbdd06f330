//! OpenAI's Responses API.

mod answer;
mod hosted;
mod wire;

use std::{fmt, time::Duration};

use self::{answer::Assembly, wire::Terms};
use super::{
    Chunk, Chunks, Model, ModelError, Request, Sender, ToolDefinition, chunks,
    extra::{self, Extra},
    made,
    transport::{BEARER, Transport},
};
use crate::{error::Error, gpt::BuiltInTool};

/// By which a refusal may be known to be about items of earlier answers.
const ITEMS: [&str; 4] = ["encrypted", "reasoning", "item", "container"];

/// A model behind OpenAI's Responses API, at OpenAI or at a server that speaks it.
///
/// Nothing is stored there: each request carries the whole conversation, with the model's own
/// reasoning as it was sent, encrypted.
#[derive(Clone)]
pub struct Responses {
    transport: Transport,
    model: String,
    /// The built-in tools that the server brings.
    hosted: Vec<BuiltInTool>,
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
        let transport = Transport::new(name, base_url, &["responses"])?;
        let is_own = transport.is_at("api.openai.com");
        let hosted = if is_own { &BuiltInTool::ALL[..] } else { &[] };
        Ok(Self {
            transport,
            model,
            hosted: hosted.to_vec(),
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

    /// Names the built-in tools that the server brings: all at OpenAI itself, none elsewhere by
    /// default.
    #[must_use]
    pub fn hosting(mut self, tools: impl IntoIterator<Item = BuiltInTool>) -> Self {
        self.hosted = tools.into_iter().collect();
        self
    }

    #[cfg(test)]
    pub(super) fn endpoint(&self) -> url::Url {
        self.transport.endpoint().clone()
    }

    async fn answer(&self, request: &Request, answer: &Sender) -> Result<(), ModelError> {
        let author = self.author();
        let tools = wire::tools(&request.tools);
        let mut terms = Terms {
            reasoning: self.reasoning.is_wanted(),
            items: wire::has_items(request, &author),
        };
        let mut assembly = loop {
            match self.ask(request, &tools, terms, answer).await {
                // It may be about what this conversation holds, and says nothing of others then.
                Err(error) if terms.items && extra::refuses(&error, &ITEMS) => terms.items = false,
                Err(error) if terms.reasoning && self.reasoning.is_refused_by(&error) => {
                    terms.reasoning = false;
                }
                asked => break asked?,
            }
        };
        if let Some(usage) = assembly.usage() {
            answer.send(Ok(Chunk::Usage(usage)));
        }
        made::send(&self.transport, assembly.take_files(), answer).await;
        let (calls, items) = assembly.finish(&author)?;
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
        terms: Terms,
        answer: &Sender,
    ) -> Result<Assembly, ModelError> {
        let body = wire::request(&self.model, request, tools, &self.author(), terms);
        let makes_images = request.hosted_tools.contains(&BuiltInTool::ImageGeneration);
        let begin = || Assembly::new(makes_images);
        self.transport.answer(&body, answer, begin).await
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

    fn hosts(&self, tool: BuiltInTool) -> bool {
        self.hosted.contains(&tool)
    }

    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        wire::check(tools);
        Ok(())
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
