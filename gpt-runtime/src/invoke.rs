//! Sends the requests of actions: for typed clients and for tools.
use crate::{
    action::{Api, Operation},
    error::Error,
};
use serde_json::Value;

/// Calls operations on behalf of a model.
#[derive(Clone, Debug)]
pub struct Invoker {}

/// What a model is shown of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolOutput {
    /// The bounded text.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
}

impl Invoker {
    /// Credentials and base URLs from the environment.
    pub fn from_env(_apis: &[&'static Api]) -> Result<Self, Error> {
        Ok(Self {})
    }
    /// Sends the API's calls to another server than the document's.
    pub fn set_base_url(&mut self, _api: &'static Api, _url: &str) -> Result<(), Error> {
        Ok(())
    }
    /// Calls an operation with flat arguments. Never fails: what goes wrong is told to the model.
    pub async fn invoke(&self, _operation: &'static Operation, _arguments: &Value) -> ToolOutput {
        ToolOutput {
            text: String::new(),
            is_error: true,
        }
    }
}
