//! One call outside of a conversation: the owner tries an operation.

use std::{sync::Arc, time::Instant};

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{record, run::Setting};
use crate::{
    action::Operation,
    function::Failure,
    invoke::{Setup, ToolOutput},
};

/// What came of a call that was tried.
pub(crate) struct Tried {
    pub(crate) output: ToolOutput,
    pub(crate) milliseconds: u64,
}

/// Calls an operation for a person as a turn would, but asks nothing: whoever wants it has decided.
pub(crate) async fn call(
    setting: &Arc<Setting>,
    person: &str,
    operation: &'static Operation,
    arguments: &Value,
) -> Tried {
    let start = Instant::now();
    let recorded = record::Call::begin(&setting.metrics, operation);
    let output = invoke(setting, person, operation, arguments).await;
    recorded.end(&output);
    Tried {
        output,
        milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// Calls a function for another host, which has asked its people itself; `None` for an operation of
/// an API.
pub(crate) async fn call_function(
    setting: &Arc<Setting>,
    operation: &'static Operation,
    arguments: &Value,
) -> Option<Result<Value, Failure>> {
    let recorded = record::Call::begin(&setting.metrics, operation);
    let result = setting.invoker.call_function(operation, arguments).await?;
    recorded.finish(result.is_ok());
    Some(result)
}

async fn invoke(
    setting: &Setting,
    person: &str,
    operation: &'static Operation,
    arguments: &Value,
) -> ToolOutput {
    let (invoker, sign_ins) = (&setting.invoker, &setting.sign_ins);
    let Some(provider) = sign_ins.of(operation) else {
        return invoker.invoke(operation, arguments).await;
    };
    let title = provider.api.title;
    let credential = match sign_ins.credential(provider, person).await {
        Ok(Some(credential)) => credential,
        Ok(None) if invoker.is_signed(operation) => {
            return invoker.invoke(operation, arguments).await;
        }
        Ok(None) => return failure(format!("Nothing was sent: sign in to {title} first.")),
        Err(error) => return failure(format!("Nothing was sent: {error}.")),
    };
    let headers = HeaderMap::new();
    let scheme = provider.scheme.name;
    let signed = |credential| {
        let setup = Setup {
            headers: &headers,
            own: Some((scheme, credential)),
            attachments: None,
        };
        invoker.invoke_for(operation, arguments, setup)
    };
    let first = signed(credential.clone()).await;
    if !first.is_unauthorized {
        return first.output;
    }
    match sign_ins.renew(provider, person, &credential).await {
        Ok(Some(renewed)) => signed(renewed).await.output,
        Ok(None) => failure(format!("{}\nSign in to {title} again.", first.output.text)),
        Err(error) => failure(format!("{}\n{error}", first.output.text)),
    }
}

fn failure(text: String) -> ToolOutput {
    ToolOutput {
        text,
        is_error: true,
    }
}
