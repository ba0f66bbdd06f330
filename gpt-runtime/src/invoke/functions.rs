//! Calls of operations that are functions of this program: nothing is sent, and the rest is the same.

use serde_json::Value;

use super::{
    client::{LENGTH_LIMIT, TIME_LIMIT},
    shorten::shorten,
    tools::{Invoked, Invoker, ToolOutput},
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
    ) -> Option<Invoked> {
        let result = self.call_function(operation, arguments).await?;
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
        let shown = shorten(&text, limit, true);
        Some(Invoked {
            is_whole: !is_error && shown == text,
            output: ToolOutput {
                text: shown,
                is_error,
            },
            is_unauthorized: false,
        })
    }
}
