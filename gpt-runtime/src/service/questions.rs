//! What stands before a call outside of conversations: that it is known, allowed and signed in for.

use std::time::Duration;

use super::Service;
use crate::{
    conversation::{self, Found, Question},
    error::Error,
    mcp,
    model::ToolDefinition,
};

/// To what a person must sign in before a call is made.
pub(crate) struct SignInNeeded {
    /// The title of the API.
    pub(crate) api: &'static str,
    /// The path at which signing in begins, below that of the GPT.
    pub(crate) path: String,
}

impl Service {
    /// The tools that are operations or run here, in their order.
    pub(crate) fn tools(&self) -> &[ToolDefinition] {
        self.setting.tools.definitions()
    }

    /// The instructions, with the names of tools.
    pub(crate) fn instructions(&self) -> &str {
        &self.setting.instructions
    }

    /// How it is an MCP server.
    pub(crate) fn mcp(&self) -> mcp::Settings {
        self.mcp
    }

    /// What is meant by a name.
    ///
    /// # Errors
    /// There is none: what to tell the model.
    pub(crate) fn find(&self, tool: &str) -> Result<Found, String> {
        self.setting.tools.find(tool)
    }

    /// How long a question to a person stays open.
    pub(crate) fn decision_limit(&self) -> Duration {
        self.setting.decision_limit
    }

    /// What a call of a tool asks a person first, unless they have said "always".
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn question(
        &self,
        person: Option<&str>,
        tool: &Found,
    ) -> Result<Option<Question>, Error> {
        let Found::Operation(operation) = tool else {
            return Ok(None);
        };
        let question = conversation::question(operation, self.setting.reading_asks);
        if let (Some(Question::Once), Some(person)) = (question, person) {
            let store = self.setting.store.as_ref();
            if conversation::is_given(store, person, operation).await? {
                return Ok(None);
            }
        }
        Ok(question)
    }

    /// Remembers that a person has said "always" of a tool.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn always_allow(&self, person: &str, tool: &Found) -> Result<(), Error> {
        if let Found::Operation(operation) = tool {
            let store = self.setting.store.as_ref();
            conversation::give(store, person, operation).await?;
        }
        Ok(())
    }

    /// To what a person must sign in before a call of a tool.
    ///
    /// # Errors
    /// It is not known: what to tell the model.
    pub(crate) async fn sign_in_needed(
        &self,
        person: Option<&str>,
        tool: &Found,
    ) -> Result<Option<SignInNeeded>, String> {
        let Found::Operation(operation) = tool else {
            return Ok(None);
        };
        let sign_ins = self.sign_ins();
        let Some(provider) = sign_ins.of(operation) else {
            return Ok(None);
        };
        let api = provider.api.title;
        if let Some(person) = person {
            let credential = sign_ins.credential(provider, person).await;
            let credential = credential
                .map_err(|error| format!("not made: who calls {api} is not known: {error}"))?;
            if credential.is_some() {
                return Ok(None);
            }
        }
        if self.invoker().is_signed(operation) {
            return Ok(None);
        }
        Ok(Some(SignInNeeded {
            api,
            path: provider.path(),
        }))
    }
}
