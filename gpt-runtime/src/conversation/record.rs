//! What is counted and logged of turns. Neither what people say nor ids of conversations, which
//! let in whoever knows them.

use std::{
    borrow::Cow,
    error::Error as StdError,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Event, run::Stop};
use crate::{
    action::Operation,
    error::Error,
    invoke::ToolOutput,
    metrics::Metrics,
    model::{ModelError, Usage},
};

/// Runs a turn, counted and with a line in the log.
pub(crate) async fn turn(metrics: Arc<Metrics>, turn: impl Future<Output = Event>) -> Event {
    let running = Running::begin(metrics);
    let last = turn.await;
    running.end(match &last {
        Event::Finished { .. } => "finished",
        _ => "failed",
    });
    last
}

/// A running turn. One that is dropped broke off.
struct Running {
    metrics: Arc<Metrics>,
    started: Instant,
    outcome: &'static str,
}

impl Running {
    fn begin(metrics: Arc<Metrics>) -> Self {
        metrics.turns_running.change(|count| count + 1);
        Self {
            metrics,
            started: Instant::now(),
            outcome: "broken_off",
        }
    }

    fn end(mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (time, outcome) = (self.started.elapsed(), self.outcome);
        let metrics = &self.metrics;
        metrics
            .turns_running
            .change(|count| count.saturating_sub(1));
        metrics.turns.count(&[("outcome", outcome)]);
        metrics.turn_seconds.observe(&[], time);
        let milliseconds = milliseconds(time);
        tracing::info!(outcome, milliseconds, "turn ended");
    }
}

/// Says why a turn failed, to whoever runs the server.
pub(super) fn failed(stop: &Stop) {
    let error = chain(stop);
    match stop {
        Stop::Cancelled => tracing::info!("turn cancelled"),
        Stop::Conversation(Error::Store(_)) => tracing::error!(error, "the store failed"),
        // What was not understood is the model's, and may repeat what a person said.
        Stop::Model(ModelError::Protocol(_)) => {
            tracing::warn!("the model failed: its answer is not understood");
        }
        Stop::Model(_) => tracing::warn!(error, "the model failed"),
        _ => tracing::warn!(error, "turn failed"),
    }
}

/// An error and its causes.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // An error that stands for its cause says the same.
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// Counts a request to the model.
pub(super) fn round(metrics: &Metrics, is_ok: bool) {
    let outcome = if is_ok { "answered" } else { "failed" };
    metrics.rounds.count(&[("outcome", outcome)]);
}

/// Counts the tokens of a request to the model.
pub(super) fn tokens(metrics: &Metrics, usage: Usage) {
    for (kind, count) in usage.counts() {
        metrics.tokens.add(&[("kind", kind)], count);
    }
}

/// A call of an operation, or of a tool that runs here. One that is dropped broke off.
pub(super) struct Call {
    metrics: Arc<Metrics>,
    api: &'static str,
    operation: Cow<'static, str>,
    started: Instant,
    outcome: &'static str,
}

impl Call {
    pub(super) fn begin(metrics: &Arc<Metrics>, operation: &'static Operation) -> Self {
        Self::new(metrics, operation.api.name, operation.id)
    }

    /// One of a tool that runs here, which is counted beside the APIs.
    pub(super) fn begin_local(metrics: &Arc<Metrics>, tool: &str) -> Self {
        Self::new(metrics, "tool", tool.to_owned())
    }

    fn new(
        metrics: &Arc<Metrics>,
        api: &'static str,
        operation: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            metrics: Arc::clone(metrics),
            api,
            operation: operation.into(),
            started: Instant::now(),
            outcome: "broken_off",
        }
    }

    pub(super) fn end(self, output: &ToolOutput) {
        self.finish(!output.is_error);
    }

    pub(super) fn finish(mut self, is_ok: bool) {
        self.outcome = if is_ok { "succeeded" } else { "failed" };
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let (time, outcome) = (self.started.elapsed(), self.outcome);
        let (api, operation) = (self.api, &*self.operation);
        let labels = [("api", api), ("operation", operation)];
        let with_outcome = [labels[0], labels[1], ("outcome", outcome)];
        self.metrics.calls.count(&with_outcome);
        self.metrics.call_seconds.observe(&labels, time);
        let milliseconds = milliseconds(time);
        tracing::info!(api, operation, outcome, milliseconds, "action called");
    }
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
