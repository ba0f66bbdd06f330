//! One call outside of a conversation: a client that has a model of its own makes it, or the owner
//! tries an operation.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    local, record,
    run::Setting,
    tools::{Found, Local},
};
use crate::{
    action::Operation,
    file,
    function::Failure,
    invoke::{Attachments, Invoked, Kept, Setup, ToolOutput, shortened},
    message::Citation,
    tool::{Context, Listener, MadeFile},
};

/// What came of a call.
#[cfg_attr(
    not(feature = "mcp"),
    allow(dead_code, reason = "who tries an operation sees its text alone")
)]
pub(crate) struct Called {
    pub(crate) output: ToolOutput,
    /// Whether the text is all of a successful answer, nothing left out.
    pub(crate) is_whole: bool,
    /// The files that it brought, which nothing keeps.
    pub(crate) files: Vec<MadeFile>,
    /// The sources that it named.
    pub(crate) citations: Vec<Citation>,
    pub(crate) milliseconds: u64,
}

/// Calls a tool for a person as a turn would, but asks nothing: whoever wants it has decided.
pub(crate) async fn call(
    setting: &Arc<Setting>,
    person: &str,
    tool: &Found,
    arguments: &Map<String, Value>,
    listener: Option<&dyn Listener>,
) -> Called {
    let start = Instant::now();
    let mut called = match tool {
        Found::Operation(operation) => {
            let recorded = record::Call::begin(&setting.metrics, operation);
            let carried = Carried::new(setting.file_limits.size);
            let arguments = Value::Object(arguments.clone());
            let invoked = invoke(setting, person, operation, &arguments, &carried).await;
            recorded.end(&invoked.output);
            Called {
                output: invoked.output,
                is_whole: invoked.is_whole,
                files: carried.files(),
                citations: Vec::new(),
                milliseconds: 0,
            }
        }
        Found::Local(local) => run(setting, local, arguments, listener).await,
    };
    called.milliseconds = record::milliseconds(start.elapsed());
    called
}

/// Calls a function for another host, and counts it; `None` for an operation of an API.
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

/// Runs a tool that is here, in a conversation that nobody knows and that holds nothing.
async fn run(
    setting: &Setting,
    local: &Local,
    arguments: &Map<String, Value>,
    listener: Option<&dyn Listener>,
) -> Called {
    let arguments = match local.check(arguments) {
        Ok(arguments) => arguments,
        Err(refusal) => return Called::failed(refusal),
    };
    let recorded = record::Call::begin_local(&setting.metrics, local.tool.name());
    let context = Context {
        store: setting.store.as_ref(),
        conversation: &Uuid::new_v4().to_string(),
        listener,
    };
    let output = local::run(context, local, &arguments).await;
    let mut text = shortened(&output.text, setting.invoker.length_limit());
    let is_whole = !output.is_error && text == output.text;
    let carried = Carried::new(setting.file_limits.size);
    for made in output.files.into_iter().take(local::MAX_FILES) {
        if let Err(error) = carried.take(&made.name, &made.media_type, made.content) {
            local::note_unkept(&mut text, &made.name, &error);
        }
    }
    let called = Called {
        output: ToolOutput {
            text,
            is_error: output.is_error,
        },
        is_whole,
        files: carried.files(),
        citations: output.citations,
        milliseconds: 0,
    };
    recorded.end(&called.output);
    called
}

impl Called {
    /// A call that was not made, and what to tell the model.
    pub(crate) fn failed(text: String) -> Self {
        Self {
            output: failure(text),
            is_whole: false,
            files: Vec::new(),
            citations: Vec::new(),
            milliseconds: 0,
        }
    }
}

async fn invoke(
    setting: &Setting,
    person: &str,
    operation: &'static Operation,
    arguments: &Value,
    carried: &Carried,
) -> Invoked {
    let (invoker, sign_ins) = (&setting.invoker, &setting.sign_ins);
    let headers = HeaderMap::new();
    let setup = Setup {
        headers: &headers,
        own: None,
        attachments: Some(carried),
    };
    let Some(provider) = sign_ins.of(operation) else {
        return invoker.invoke_for(operation, arguments, setup).await;
    };
    let title = provider.api.title;
    let credential = match sign_ins.credential(provider, person).await {
        Ok(Some(credential)) => credential,
        Ok(None) if invoker.is_signed(operation) => {
            return invoker.invoke_for(operation, arguments, setup).await;
        }
        Ok(None) => {
            return Invoked::failed(format!("Nothing was sent: sign in to {title} first."));
        }
        Err(error) => return Invoked::failed(format!("Nothing was sent: {error}.")),
    };
    let scheme = provider.scheme.name;
    let signed = |credential| {
        let own = Some((scheme, credential));
        invoker.invoke_for(operation, arguments, Setup { own, ..setup })
    };
    let first = signed(credential.clone()).await;
    if !first.is_unauthorized {
        return first;
    }
    match sign_ins.renew(provider, person, &credential).await {
        Ok(Some(renewed)) => signed(renewed).await,
        Ok(None) => Invoked::failed(format!("{}\nSign in to {title} again.", first.output.text)),
        Err(error) => Invoked::failed(format!("{}\n{error}", first.output.text)),
    }
}

fn failure(text: String) -> ToolOutput {
    ToolOutput {
        text,
        is_error: true,
    }
}

/// The files of a call that go with its answer instead of into a conversation.
struct Carried {
    files: Mutex<Vec<MadeFile>>,
    /// The most bytes that they may have together.
    limit: u64,
}

impl Carried {
    fn new(limit: u64) -> Self {
        Self {
            files: Mutex::default(),
            limit,
        }
    }

    fn files(self) -> Vec<MadeFile> {
        let files = self.files.into_inner();
        files.unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a file along, and says what it is.
    fn take(&self, name: &str, media_type: &str, content: Bytes) -> Result<Value, String> {
        let name = file::name(name);
        let media_type = file::media_type(media_type, &name);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let before: usize = files.iter().map(|it| it.content.len()).sum();
        let together = before.saturating_add(content.len());
        if u64::try_from(together).is_ok_and(|it| it <= self.limit) {
            let shown = json!({ "name": name, "mime_type": media_type, "size": content.len() });
            files.push(MadeFile {
                name,
                media_type,
                content,
            });
            return Ok(shown);
        }
        let limit = self.limit;
        Err(format!(
            "the files of a call have over {limit} bytes together"
        ))
    }
}

impl Attachments for Carried {
    fn reference(&self, _: &str) -> Result<Value, String> {
        Err("is no file: there are none outside of a conversation".to_owned())
    }

    fn keep<'a>(&'a self, name: &'a str, media_type: &'a str, content: Bytes) -> Kept<'a> {
        Box::pin(async move { self.take(name, media_type, content) })
    }
}
