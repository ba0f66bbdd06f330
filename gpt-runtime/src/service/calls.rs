//! Calls outside of conversations, for faces that hold none.

use serde_json::{Map, Value};

use super::Service;
use crate::{
    action::Operation,
    conversation::{self, Called, Found},
    function::{self, Failure},
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

    /// Calls a function of this program by the name of its tool; `None` where there is none.
    ///
    /// Asks nothing: the host that calls it asks its own people.
    pub(crate) async fn call_function(
        &self,
        tool: &str,
        arguments: &Value,
    ) -> Option<Result<Value, Failure>> {
        let operation = self.operation(tool).filter(|it| function::is_one(it))?;
        conversation::call_function(&self.setting, operation, arguments).await
    }
}
