//! Makes the calls of one round: side by side where nobody is asked, one by one where somebody is.

use std::{sync::Arc, time::Instant};

use tokio::{sync::mpsc, task::JoinSet};
use tracing::Instrument as _;

use super::{
    Control, Decision, Event,
    identity::Identity,
    record,
    run::{Run, Setting, Stop},
};
use crate::{action::Operation, invoke::ToolOutput, message::Message, message::ToolCall};

/// How many calls a model may make at once.
const MAX_CALLS: usize = 32;

/// A call that can be made.
struct Ready {
    /// Its place among the calls of the round.
    index: usize,
    call: ToolCall,
    operation: &'static Operation,
}

/// What happens to the call at an index.
enum Progress {
    Asked(usize),
    Started(usize),
    Done(usize, ToolOutput, u64),
}

/// A call as the round knows it.
struct Pending {
    call: ToolCall,
    started: bool,
    output: Option<ToolOutput>,
}

impl Run {
    /// Makes the calls and appends their results in the order of the calls.
    pub(super) async fn make(&mut self, calls: Vec<ToolCall>) -> Result<(), Stop> {
        let (reports, mut progress) = mpsc::unbounded_channel();
        self.identify().await?;
        let mut tasks = self.spawn(&calls, reports);
        let mut round: Vec<Pending> = calls
            .into_iter()
            .map(|call| Pending {
                call,
                started: false,
                output: None,
            })
            .collect();
        let mut appended = 0;
        let control = Arc::clone(&self.control);
        let stop = loop {
            let next = tokio::select! {
                biased;
                () = control.cancelled() => break Some(Stop::Cancelled),
                next = progress.recv() => next,
            };
            let Some(next) = next else { break None };
            if let Some(event) = note(&mut round, next) {
                self.emit(event).await;
            }
            while let Some(result) = round.get_mut(appended).and_then(Pending::take_result) {
                appended += 1;
                self.append(result).await?;
            }
        };
        // After this nothing runs any more, and all that happened was reported.
        tasks.shutdown().await;
        while let Ok(last) = progress.try_recv() {
            note(&mut round, last);
        }
        for pending in round.iter_mut().skip(appended) {
            let result = pending.unfinished_result(stop.is_some());
            self.append(result).await?;
        }
        stop.map_or(Ok(()), Err)
    }

    /// Starts the calls. The tasks end with the returned set, the reports with the tasks.
    fn spawn(&self, calls: &[ToolCall], reports: mpsc::UnboundedSender<Progress>) -> JoinSet<()> {
        let caller = Caller {
            setting: Arc::clone(&self.setting),
            control: Arc::clone(&self.control),
            identity: self.identity.clone(),
            reports,
        };
        let mut tasks = JoinSet::new();
        let mut asking = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            match check(&self.setting, index, call) {
                Ok(ready) if ready.operation.consequential => asking.push(ready),
                Ok(ready) => {
                    let caller = caller.clone();
                    tasks.spawn(async move { caller.call(&ready).await }.in_current_span());
                }
                Err(refusal) => {
                    caller.report(Progress::Started(index));
                    caller.report(Progress::Done(index, failure(refusal), 0));
                }
            }
        }
        let ask = async move {
            for ready in asking {
                caller.ask_and_call(&ready).await;
            }
        };
        tasks.spawn(ask.in_current_span());
        tasks
    }
}

/// What is needed to make a call in a task of its own.
#[derive(Clone)]
struct Caller {
    setting: Arc<Setting>,
    control: Arc<Control>,
    identity: Option<Arc<Identity>>,
    reports: mpsc::UnboundedSender<Progress>,
}

impl Caller {
    async fn ask_and_call(&self, ready: &Ready) {
        let decision = self.control.ask(&ready.call.id);
        self.report(Progress::Asked(ready.index));
        match decision.await {
            Ok(Decision::Allow) => self.call(ready).await,
            // A question nobody can answer any more counts as declined.
            Ok(Decision::Decline) | Err(_) => {
                let text = "the person declined this call: do not try it again unless they ask";
                self.report(Progress::Done(ready.index, failure(text.to_owned()), 0));
            }
        }
    }

    async fn call(&self, ready: &Ready) {
        self.report(Progress::Started(ready.index));
        let start = Instant::now();
        let invoker = &self.setting.invoker;
        let recorded = record::Call::begin(&self.setting.metrics, ready.operation);
        let arguments = &ready.call.arguments;
        let output = match &self.identity {
            Some(identity) => {
                let headers = identity.headers();
                invoker
                    .invoke_with_headers(ready.operation, arguments, headers)
                    .await
            }
            None => invoker.invoke(ready.operation, arguments).await,
        };
        recorded.end(&output);
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.report(Progress::Done(ready.index, output, milliseconds));
    }

    fn report(&self, progress: Progress) {
        // It fails when the round is over, and then nobody needs to know.
        let _ = self.reports.send(progress);
    }
}

/// Whether a call can be made; if not, what to tell the model.
fn check(setting: &Setting, index: usize, call: &ToolCall) -> Result<Ready, String> {
    if index >= MAX_CALLS {
        return Err(format!(
            "not made: at most {MAX_CALLS} calls are allowed at once"
        ));
    }
    let operation = setting.tools.find(&call.name)?;
    if !call.arguments.is_object() {
        let wrong = match &call.arguments {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let shown: String = wrong.chars().take(200).collect();
        return Err(format!(
            "the arguments must be one JSON object, such as {}; they were: {shown}",
            operation.tool.example
        ));
    }
    Ok(Ready {
        index,
        call: call.clone(),
        operation,
    })
}

/// Takes note of what happened to a call, and says it as an event.
fn note(round: &mut [Pending], progress: Progress) -> Option<Event> {
    let (Progress::Asked(index) | Progress::Started(index) | Progress::Done(index, ..)) = progress;
    let pending = round.get_mut(index)?;
    let ToolCall {
        id,
        name,
        arguments,
    } = pending.call.clone();
    Some(match progress {
        Progress::Asked(_) => Event::ConfirmationNeeded {
            call_id: id,
            name,
            arguments,
        },
        Progress::Started(_) => {
            pending.started = true;
            Event::CallStarted {
                call_id: id,
                name,
                arguments,
            }
        }
        Progress::Done(_, output, milliseconds) => {
            pending.output = Some(output.clone());
            Event::CallFinished {
                call_id: id,
                result: output.text,
                is_error: output.is_error,
                milliseconds,
            }
        }
    })
}

impl Pending {
    fn take_result(&mut self) -> Option<Message> {
        self.output.take().map(|output| self.result(output))
    }

    /// The result of a call that may not have come to its end.
    fn unfinished_result(&mut self, cancelled: bool) -> Message {
        self.take_result().unwrap_or_else(|| {
            let text = match (cancelled, self.started) {
                (true, false) => "cancelled before the call was made",
                (true, true) => "cancelled while the call ran: it may have taken effect",
                (false, _) => "the call broke off because of an internal error",
            };
            self.result(failure(text.to_owned()))
        })
    }

    fn result(&self, output: ToolOutput) -> Message {
        Message::Tool {
            call_id: self.call.id.clone(),
            name: self.call.name.clone(),
            text: output.text,
            is_error: output.is_error,
        }
    }
}

fn failure(text: String) -> ToolOutput {
    ToolOutput {
        text,
        is_error: true,
    }
}
