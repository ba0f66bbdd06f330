//! Calls of operations that are functions of this program: nothing is sent, and the rest is the same.

use serde_json::Value;

use super::{
    client::{LENGTH_LIMIT, TIME_LIMIT},
    shorten::shorten,
    tools::{Invoker, ToolOutput},
};
use crate::{
    action::Operation,
    function::{Failure, Functions},
};

impl Invoker {
    /// The functions that some operations are.
    pub(crate) fn set_functions(&mut self, functions: Functions) {
        self.functions = functions;
    }

    /// Calls an operation that is a function; `None` for one of an API.
    pub(crate) async fn call_function(
        &self,
        operation: &'static Operation,
        arguments: &Value,
    ) -> Option<Result<Value, Failure>> {
        let function = self.functions.of(operation)?;
        let limit = self.length_limit.unwrap_or(LENGTH_LIMIT);
        let length = arguments.to_string().chars().count();
        if length > limit {
            return Some(Err(Failure::TooLong { length, limit }));
        }
        let limit = function.time_limit().or(self.time_limit);
        Some(function.call(arguments, limit.unwrap_or(TIME_LIMIT)).await)
    }

    /// What a model is shown of the same.
    pub(super) async fn show_function(
        &self,
        operation: &'static Operation,
        arguments: &Value,
    ) -> Option<ToolOutput> {
        let result = self.call_function(operation, arguments).await?;
        Some(self.shown(result))
    }

    /// What a model is shown of the answer of a function.
    pub(crate) fn shown(&self, result: Result<Value, Failure>) -> ToolOutput {
        let is_error = result.is_err();
        let text = match result {
            Ok(Value::Null) => "The call succeeded with an empty answer.".to_owned(),
            Ok(Value::String(text)) => text,
            Ok(value) => value.to_string(),
            Err(Failure::Refused(error)) => error.message().to_owned(),
            Err(failure @ Failure::Arguments(_)) => {
                format!("Not called: {failure}\nCorrect this and call again.")
            }
            Err(failure) if failure.is_before_call() => format!("Not called: {failure}."),
            Err(failure) => format!("The call failed: {failure}."),
        };
        let limit = self.length_limit.unwrap_or(LENGTH_LIMIT);
        ToolOutput {
            text: shorten(&text, limit, true),
            is_error,
        }
    }
}
