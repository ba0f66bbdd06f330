//! Calls outside of conversations, for faces that hold none.

use serde_json::{Map, Value};

use super::Service;
use crate::{
    action::Operation,
    conversation::{self, Called, Found},
    tool::Listener,
};

impl Service {
    /// The operation of exactly this name.
    pub(crate) fn operation(&self, tool: &str) -> Option<&'static Operation> {
        self.setting.tools.operation(tool)
    }

    /// Calls a tool on behalf of a person. Asks nothing: whoever wants it has decided.
    pub(crate) async fn call(
        &self,
        person: &str,
        tool: &Found,
        arguments: &Map<String, Value>,
        listener: Option<&dyn Listener>,
    ) -> Called {
        conversation::call(&self.setting, person, tool, arguments, listener).await
    }
}
