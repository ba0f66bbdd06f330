//! What stands before a call outside of conversations: that it is known and allowed.

use std::time::Duration;

use super::Service;
use crate::{
    conversation::{self, Found, Question},
    error::Error,
    mcp,
    model::ToolDefinition,
};

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
}
