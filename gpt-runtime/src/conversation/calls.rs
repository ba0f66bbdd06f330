//! Makes the calls of one round: side by side where nobody is asked, one by one where somebody is.

use std::{sync::Arc, time::Instant};

use reqwest::header::HeaderMap;
use tokio::{sync::mpsc, task::JoinSet};
use tracing::Instrument as _;

use super::{
    Control, Decision, Event,
    consent::{self, Question},
    files::{Drawer, OfCall},
    identity::Identity,
    lease,
    local::LocalCall,
    own::Own,
    record,
    run::{Run, Setting, Stop},
    tools::Found,
};
use crate::{
    action::Operation,
    invoke::{Setup, ToolOutput},
    message::{Citation, File, Message, ToolCall},
    store::StoreError,
};

/// How many calls a model may make at once.
const MAX_CALLS: usize = 32;

/// A call that can be made.
pub(super) struct Ready {
    /// Its place among the calls of the round.
    pub(super) index: usize,
    pub(super) call: ToolCall,
    pub(super) operation: &'static Operation,
}

/// What happens to the call at an index.
pub(super) enum Progress {
    Asked(usize, Question),
    /// A person must sign in: to what, and where.
    Stopped(usize, &'static str, String),
    Started(usize),
    Done(usize, Outcome, u64),
}

/// What came of a call.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) output: ToolOutput,
    /// The files that it brought.
    pub(super) files: Vec<File>,
    /// The sources that it named.
    pub(super) citations: Vec<Citation>,
}

/// A call that was looked up.
enum Checked {
    Operation(Ready),
    Local(LocalCall),
}

/// A call as the round knows it.
struct Pending {
    call: ToolCall,
    started: bool,
    outcome: Option<Outcome>,
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
                outcome: None,
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
            for event in note(&mut round, next) {
                if self.is_news(&event) {
                    self.emit(event).await;
                }
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
            conversation: self.conversation.as_str().into(),
            person: self.person.as_str().into(),
            identity: self.identity.clone(),
            reports,
            drawer: self.drawer(),
            signing_in: Arc::default(),
        };
        let mut tasks = JoinSet::new();
        let mut asking = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            match check(&self.setting, index, call) {
                Ok(Checked::Local(call)) => {
                    let caller = caller.clone();
                    tasks.spawn(async move { caller.call_local(&call).await }.in_current_span());
                }
                Ok(Checked::Operation(ready)) => {
                    if let Some(question) = self.question(ready.operation) {
                        asking.push((ready, question));
                    } else {
                        let caller = caller.clone();
                        tasks.spawn(async move { caller.call(&ready).await }.in_current_span());
                    }
                }
                Err(refusal) => {
                    caller.report(Progress::Started(index));
                    caller.report(Progress::Done(index, failure(refusal).into(), 0));
                }
            }
        }
        let ask = async move {
            for (ready, question) in asking {
                caller.ask_and_call(&ready, question).await;
            }
        };
        tasks.spawn(ask.in_current_span());
        tasks
    }

    fn question(&self, operation: &Operation) -> Option<Question> {
        consent::question(operation, self.setting.reading_asks)
    }
}

/// What is needed to make a call in a task of its own.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) setting: Arc<Setting>,
    pub(super) control: Arc<Control>,
    pub(super) conversation: Arc<str>,
    pub(super) person: Arc<str>,
    identity: Option<Arc<Identity>>,
    pub(super) drawer: Drawer,
    reports: mpsc::UnboundedSender<Progress>,
    /// Held by the call for which a person signs in: one sign-in may be enough for all.
    pub(super) signing_in: Arc<tokio::sync::Mutex<()>>,
}

impl Caller {
    async fn ask_and_call(&self, ready: &Ready, question: Question) {
        match self.may_call(ready, question).await {
            Ok(Ok(())) => self.call(ready).await,
            Ok(Err(refusal)) => self.refuse(ready, refusal),
            Err(error) => self.refuse(ready, &format!("not made: {error}")),
        }
    }

    /// Asks the person, unless they said "always"; what to tell the model if it may not be.
    async fn may_call(
        &self,
        ready: &Ready,
        question: Question,
    ) -> Result<Result<(), &'static str>, StoreError> {
        let store = self.setting.store.as_ref();
        let may_always_allow = question == Question::Once;
        if may_always_allow && consent::is_given(store, &self.person, ready.operation).await? {
            return Ok(Ok(()));
        }
        let asked = || self.report(Progress::Asked(ready.index, question));
        let limit = self.setting.decision_limit;
        let (id, control) = (&ready.call.id, &self.control);
        let decision = lease::ask(store, control, &self.conversation, id, limit, asked).await;
        Ok(match decision {
            Some(Decision::Allow) => Ok(()),
            Some(Decision::AlwaysAllow) => {
                if may_always_allow {
                    consent::give(store, &self.person, ready.operation).await?;
                }
                Ok(())
            }
            Some(Decision::Decline) => {
                Err("the person declined this call: do not try it again unless they ask")
            }
            None => Err("nobody decided about this call in time: it was not made"),
        })
    }

    fn refuse(&self, ready: &Ready, text: &str) {
        self.report(Progress::Done(
            ready.index,
            failure(text.to_owned()).into(),
            0,
        ));
    }

    async fn call(&self, ready: &Ready) {
        let own = match self.own_credential(ready).await {
            Ok(own) => own,
            Err(refusal) => {
                self.report(Progress::Started(ready.index));
                return self.refuse(ready, &refusal);
            }
        };
        self.report(Progress::Started(ready.index));
        let start = Instant::now();
        let recorded = record::Call::begin(&self.setting.metrics, ready.operation);
        let outcome = self.invoke(ready, own).await;
        recorded.end(&outcome.output);
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.report(Progress::Done(ready.index, outcome, milliseconds));
    }

    /// Makes a call; once more with a new token where the API does not take the person's.
    async fn invoke(&self, ready: &Ready, own: Option<Own<'_>>) -> Outcome {
        let attachments = self.drawer.open();
        let output = self.invoke_with(ready, own, &attachments).await;
        Outcome {
            output,
            files: attachments.brought(),
            citations: Vec::new(),
        }
    }

    async fn invoke_with(
        &self,
        ready: &Ready,
        own: Option<Own<'_>>,
        attachments: &OfCall<'_>,
    ) -> ToolOutput {
        let invoker = &self.setting.invoker;
        let (operation, arguments) = (ready.operation, &ready.call.arguments);
        let none = HeaderMap::new();
        let setup = Setup {
            headers: self.identity.as_ref().map_or(&none, |it| it.headers()),
            own: None,
            attachments: Some(attachments),
        };
        let Some(Own(provider, credential)) = own else {
            return invoker.invoke_for(operation, arguments, setup).await.output;
        };
        let scheme = provider.scheme.name;
        let signed = |credential| {
            let own = Some((scheme, credential));
            invoker.invoke_for(operation, arguments, Setup { own, ..setup })
        };
        let first = signed(credential.clone()).await;
        if !first.is_unauthorized {
            return first.output;
        }
        let sign_ins = &self.setting.sign_ins;
        match sign_ins.renew(provider, &self.person, &credential).await {
            Ok(Some(renewed)) => signed(renewed).await.output,
            Ok(None) => match self.own_credential(ready).await {
                Ok(Some(Own(_, credential))) => signed(credential).await.output,
                Ok(None) => first.output,
                Err(refusal) => failure(refusal),
            },
            Err(error) => failure(format!("{}\n{error}", first.output.text)),
        }
    }

    pub(super) fn report(&self, progress: Progress) {
        // It fails when the round is over, and then nobody needs to know.
        let _ = self.reports.send(progress);
    }
}

/// Whether a call can be made; if not, what to tell the model.
fn check(setting: &Setting, index: usize, call: &ToolCall) -> Result<Checked, String> {
    if index >= MAX_CALLS {
        return Err(format!(
            "not made: at most {MAX_CALLS} calls are allowed at once"
        ));
    }
    let found = setting.tools.find(&call.name)?;
    if !call.arguments.is_object() {
        let wrong = match &call.arguments {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let shown: String = wrong.chars().take(200).collect();
        let example = match found {
            Found::Operation(operation) => format!(", such as {}", operation.tool.example),
            Found::Local(_) => String::new(),
        };
        return Err(format!(
            "the arguments must be one JSON object{example}; they were: {shown}"
        ));
    }
    Ok(match found {
        Found::Operation(operation) => Checked::Operation(Ready {
            index,
            call: call.clone(),
            operation,
        }),
        Found::Local(local) => Checked::Local(LocalCall::new(index, call, local)?),
    })
}

/// Takes note of what happened to a call, and says it as events.
fn note(round: &mut [Pending], progress: Progress) -> Vec<Event> {
    let (Progress::Asked(index, _)
    | Progress::Stopped(index, ..)
    | Progress::Started(index)
    | Progress::Done(index, ..)) = progress;
    let Some(pending) = round.get_mut(index) else {
        return Vec::new();
    };
    let ToolCall {
        id,
        name,
        arguments,
    } = pending.call.clone();
    let event = match progress {
        Progress::Asked(_, question) => Event::ConfirmationNeeded {
            call_id: id,
            name,
            arguments,
            may_always_allow: question == Question::Once,
        },
        Progress::Stopped(_, api, path) => Event::SignInNeeded {
            call_id: id,
            name,
            api: api.to_owned(),
            path,
        },
        Progress::Started(_) => {
            pending.started = true;
            Event::CallStarted {
                call_id: id,
                name,
                arguments,
            }
        }
        Progress::Done(_, outcome, milliseconds) => {
            pending.outcome = Some(outcome.clone());
            let Outcome {
                output,
                files,
                citations,
            } = outcome;
            let cited = citations.into_iter();
            let cited = cited.map(|citation| Event::CitationAdded { citation });
            let added = files.into_iter().map(|file| Event::FileAdded {
                file,
                call_id: Some(id.clone()),
            });
            let mut events: Vec<_> = cited.chain(added).collect();
            events.push(Event::CallFinished {
                call_id: id,
                result: output.text,
                is_error: output.is_error,
                milliseconds,
            });
            return events;
        }
    };
    vec![event]
}

impl Pending {
    fn take_result(&mut self) -> Option<Message> {
        self.outcome.take().map(|outcome| self.result(outcome))
    }

    /// The result of a call that may not have come to its end.
    fn unfinished_result(&mut self, cancelled: bool) -> Message {
        self.take_result().unwrap_or_else(|| {
            let text = match (cancelled, self.started) {
                (true, false) => "cancelled before the call was made",
                (true, true) => "cancelled while the call ran: it may have taken effect",
                (false, _) => "the call broke off because of an internal error",
            };
            self.result(failure(text.to_owned()).into())
        })
    }

    fn result(&self, outcome: Outcome) -> Message {
        let Outcome { output, files, .. } = outcome;
        Message::Tool {
            call_id: self.call.id.clone(),
            name: self.call.name.clone(),
            text: output.text,
            is_error: output.is_error,
            files,
        }
    }
}

pub(super) fn failure(text: String) -> ToolOutput {
    ToolOutput {
        text,
        is_error: true,
    }
}

impl From<ToolOutput> for Outcome {
    fn from(output: ToolOutput) -> Self {
        Self {
            output,
            files: Vec::new(),
            citations: Vec::new(),
        }
    }
}
