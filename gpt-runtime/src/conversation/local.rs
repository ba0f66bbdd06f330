//! Calls of tools that run here: bounded in time, and with what they make kept.

use std::{
    fmt::{Display, Write as _},
    sync::Arc,
    time::Instant,
};

use serde_json::{Map, Value};

use super::{
    calls::{Caller, Outcome, Progress},
    record,
    tools::Local,
};
use crate::{
    file::{self, Unkept},
    invoke::{ToolOutput, shortened},
    message::{File, ToolCall},
    tool::{Context, MadeFile, Output},
};

/// The most files of a call.
pub(super) const MAX_FILES: usize = 20;

/// A call of a tool that runs here, with arguments that are as described.
pub(super) struct LocalCall {
    index: usize,
    local: Arc<Local>,
    arguments: Map<String, Value>,
}

impl LocalCall {
    /// # Errors
    /// The arguments are not as described: what to tell the model.
    pub(super) fn new(index: usize, call: &ToolCall, local: Arc<Local>) -> Result<Self, String> {
        let none = Map::new();
        let arguments = local.check(call.arguments.as_object().unwrap_or(&none))?;
        Ok(Self {
            index,
            local,
            arguments,
        })
    }
}

impl Caller {
    pub(super) async fn call_local(&self, call: &LocalCall) {
        self.report(Progress::Started(call.index));
        let start = Instant::now();
        let name = call.local.tool.name();
        let recorded = record::Call::begin_local(&self.setting.metrics, name);
        let context = Context {
            store: self.setting.store.as_ref(),
            conversation: &self.conversation,
            listener: None,
        };
        let output = run(context, &call.local, &call.arguments).await;
        let outcome = self.kept(output).await;
        recorded.end(&outcome.output);
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.report(Progress::Done(call.index, outcome, milliseconds));
    }

    /// Keeps the files of an output; the model is told of those that cannot be kept.
    async fn kept(&self, output: Output) -> Outcome {
        let mut text = shortened(&output.text, self.setting.invoker.length_limit());
        let mut files = Vec::new();
        for made in output.files.into_iter().take(MAX_FILES) {
            let name = made.name.clone();
            match self.keep(made).await {
                Ok(file) => files.push(file),
                Err(error) => note_unkept(&mut text, &name, &error),
            }
        }
        Outcome {
            output: ToolOutput {
                text,
                is_error: output.is_error,
            },
            files,
            citations: output.citations,
        }
    }

    async fn keep(&self, made: MadeFile) -> Result<File, crate::Error> {
        let unkept = Unkept {
            name: &made.name,
            media_type: &made.media_type,
            content: made.content,
        };
        let (store, limits) = (self.setting.store.as_ref(), self.setting.file_limits);
        file::keep(store, limits, &self.conversation, unkept).await
    }
}

/// Calls a tool with checked arguments, within its time.
pub(super) async fn run(
    context: Context<'_>,
    local: &Local,
    arguments: &Map<String, Value>,
) -> Output {
    let limit = local.tool.time_limit();
    let output = tokio::time::timeout(limit, local.tool.call(arguments, context)).await;
    output.unwrap_or_else(|_| {
        let seconds = limit.as_secs();
        Output::error(format!("stopped: it took longer than {seconds} s"))
    })
}

/// Tells the model of a file that it does not get.
pub(super) fn note_unkept(text: &mut String, name: &str, error: &dyn Display) {
    // Writing to a `String` cannot fail.
    let _ = write!(text, "\n[not kept: {name}: {error}]");
}
