//! A GPT with everything it needs to talk: model, actions, conversations.

mod builder;
mod calls;
mod files;
#[cfg(feature = "mcp")]
mod questions;
mod sign_in;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, watch};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{
    conversation::{
        Control, Decision, Event, Place, Setting, Turn, consents,
        lease::{self, Lease},
        missing_results, record, run,
    },
    error::Error,
    file::Links,
    function::Held,
    gpt::{Definition, Gpt},
    invoke::Invoker,
    message::{Message, current, last_said},
    metrics::Metrics,
    model::Model,
    secret::SecretKey,
    sign_in::SignIns,
    store::{Appended, Change, Store, Summary, scoped::Scoped},
};

/// Events that may wait for a slow reader before the turn waits for it.
const EVENTS_AHEAD: usize = 64;

pub(crate) use crate::conversation::Found;
pub use builder::Builder;
pub use files::Said;
#[cfg(feature = "mcp")]
pub(crate) use {
    crate::conversation::{Called, Question},
    sign_in::SignInNeeded,
};

/// A GPT that can be talked to. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Service {
    setting: Arc<Setting>,
    limits: Limits,
    running: Running,
    slug: Option<Arc<str>>,
    /// Where APIs fetch files, if anywhere.
    links: Option<Arc<Links>>,
    #[cfg(feature = "mcp")]
    mcp: crate::mcp::Settings,
}

/// Turns that run, by conversation.
type Running = Arc<Mutex<HashMap<String, RunningTurn>>>;

#[derive(Debug)]
struct RunningTurn {
    control: Arc<Control>,
    /// Closed when the turn has ended.
    ended: watch::Receiver<()>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    message_length: usize,
    messages: usize,
}

impl Service {
    /// The GPT with the model, store, credentials and base URLs of the environment.
    ///
    /// The model is OpenAI's with `OPENAI_API_KEY`, one of an OpenAI-compatible server with
    /// `OPENAI_BASE_URL`, Anthropic's with `ANTHROPIC_API_KEY`, and [`Offline`](crate::model::offline::Offline) otherwise.
    ///
    /// # Errors
    /// A variable cannot be used, or the GPT and its model do not fit together.
    pub fn from_env(gpt: impl Gpt) -> Result<Self, Error> {
        Self::builder(gpt).from_env()?.build()
    }

    /// Puts a service together by hand; nothing is read from the environment.
    pub fn builder(gpt: impl Gpt) -> Builder {
        Builder::new(Held::Own(Arc::new(gpt)))
    }

    /// What the GPT is.
    pub fn definition(&self) -> &'static Definition {
        self.setting.definition
    }

    /// The model that answers.
    pub fn model(&self) -> &Arc<dyn Model> {
        &self.setting.model
    }

    /// Where conversations and records live.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.setting.store
    }

    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.setting.sign_ins
    }

    pub(crate) fn secret_key(&self) -> Option<&SecretKey> {
        self.setting.secret_key.as_ref()
    }

    /// Calls the GPT's operations, for faces that need no conversation.
    pub fn invoker(&self) -> &Invoker {
        &self.setting.invoker
    }

    /// What is counted of it.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.setting.metrics
    }

    /// What it is called in addresses, where it was said.
    pub(crate) fn slug(&self) -> Option<&str> {
        self.slug.as_deref()
    }

    /// The same GPT with a part of its store to itself, counted together with others. What this
    /// service said and keeps is not part of it.
    pub(crate) fn scoped(&self, scope: &str, metrics: Arc<Metrics>) -> Self {
        let store: Arc<dyn Store> = Arc::new(Scoped::new(Arc::clone(self.store()), scope));
        Self {
            setting: Arc::new(Setting {
                sign_ins: self.sign_ins().in_store(Arc::clone(&store)),
                store,
                metrics,
                ..Setting::clone(&self.setting)
            }),
            running: Running::default(),
            ..self.clone()
        }
    }

    /// Whether conversations can be read and kept.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        self.setting.store.record("ready").await?;
        Ok(())
    }

    /// Starts a conversation of a person and returns its unguessable id. Without a person it is
    /// that of [`nobody`].
    ///
    /// # Errors
    /// The store failed.
    pub async fn start(&self, person: Option<&str>) -> Result<String, Error> {
        let id = Uuid::new_v4().to_string();
        let person = person.map_or_else(|| nobody(&id), str::to_owned);
        self.setting.store.create(&id, &person).await?;
        Ok(id)
    }

    /// Starts a conversation that goes on from what was said elsewhere.
    pub(crate) async fn start_with(
        &self,
        person: Option<&str>,
        messages: Vec<Message>,
    ) -> Result<String, Error> {
        let limit = self.limits.messages;
        if messages.len() >= limit {
            return Err(Error::ConversationFull { limit });
        }
        let id = self.start(person).await?;
        for (position, message) in messages.into_iter().enumerate() {
            self.setting.store.append(&id, position, message).await?;
        }
        Ok(id)
    }

    /// Forgets a conversation of a person, whatever is being said in it.
    pub(crate) async fn forget(&self, person: &str, id: &str) -> Result<(), Error> {
        self.cancel(person, id).await?;
        // Until the turn has put its history in order.
        let _slot = self.occupy(id).await?;
        self.setting.store.delete(id).await?;
        Ok(())
    }

    /// What was said in a conversation of a person, without answers that were asked for again;
    /// `None` where they have none of this id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn messages(&self, person: &str, id: &str) -> Result<Option<Vec<Message>>, Error> {
        let found = self.setting.store.conversation(id).await?;
        let own = found.filter(|it| it.person == person);
        Ok(own.map(|it| current(it.messages)))
    }

    /// The conversations of a person, the latest first, at most `limit`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn conversations(&self, person: &str, limit: usize) -> Result<Vec<Summary>, Error> {
        Ok(self.setting.store.conversations(person, limit).await?)
    }

    /// Forgets a conversation of a person; `false` where they have none of this id.
    ///
    /// # Errors
    /// The store failed, or a turn runs.
    pub async fn delete(&self, person: &str, id: &str) -> Result<bool, Error> {
        if self.messages(person, id).await?.is_none() {
            return Ok(false);
        }
        let store = self.setting.store.as_ref();
        if lease::is_running(store, id).await? {
            return Err(Error::TurnRunning);
        }
        Ok(store.delete(id).await?)
    }

    /// The tools of which a person has said "always", by name.
    ///
    /// # Errors
    /// The store failed.
    pub async fn consents(&self, person: &str) -> Result<Vec<String>, Error> {
        let records = self.setting.store.records(&consents(person)).await?;
        Ok(records.into_iter().map(|(_, tool)| tool).collect())
    }

    /// Takes back what a person said of a tool; `false` where they did not say "always".
    ///
    /// # Errors
    /// The store failed.
    pub async fn withdraw(&self, person: &str, tool: &str) -> Result<bool, Error> {
        let store = &self.setting.store;
        let records = store.records(&consents(person)).await?;
        let mut withdrawn = false;
        for (key, _) in records.iter().filter(|(_, name)| name == tool) {
            store.put(key, Change::remove()).await?;
            withdrawn = true;
        }
        Ok(withdrawn)
    }

    /// Says something in a conversation of a person. One turn at a time: a second one is refused
    /// while the first runs, in whichever process.
    ///
    /// After a cancelled turn it waits until that turn has put its history in order.
    /// Must be called within a Tokio runtime, where the turn runs.
    ///
    /// # Errors
    /// The conversation is unknown, full or busy, there is neither a text nor a file, the text is
    /// too long, a file is unknown or one too many, or the store failed.
    pub async fn say(
        &self,
        person: &str,
        conversation: &str,
        said: impl Into<Said>,
    ) -> Result<Turn, Error> {
        let Said { text, files } = said.into();
        let length = text.chars().count();
        let limit = self.limits.message_length;
        if length > limit {
            return Err(Error::MessageTooLong { length, limit });
        }
        if text.trim().is_empty() && files.is_empty() {
            return Err(Error::EmptyMessage);
        }
        if self.messages(person, conversation).await?.is_none() {
            return Err(Error::UnknownConversation);
        }
        let files = self.named_files(conversation, &files).await?;
        let message = Message::User {
            text,
            files,
            is_retry: false,
        };
        self.begin(person, conversation, Prompt::New(message)).await
    }

    /// Has the last message of a conversation answered again, whether or not it was answered. The
    /// earlier answer counts no more, for the model or for people; what its calls did stays done.
    ///
    /// Must be called within a Tokio runtime, where the turn runs.
    ///
    /// # Errors
    /// The conversation is unknown, full or busy, nothing was said in it, or the store failed.
    pub async fn retry(&self, person: &str, conversation: &str) -> Result<Turn, Error> {
        if self.messages(person, conversation).await?.is_none() {
            return Err(Error::UnknownConversation);
        }
        self.begin(person, conversation, Prompt::Again).await
    }

    /// Begins a turn in a conversation that is the person's.
    async fn begin(&self, person: &str, conversation: &str, prompt: Prompt) -> Result<Turn, Error> {
        let slot = self.occupy(conversation).await?;
        let lease = Lease::take(&self.setting.store, conversation).await?;
        let lease = lease.ok_or(Error::TurnRunning)?;
        let (history, length) = match self.open(conversation, prompt).await {
            Ok(opened) => opened,
            Err(error) => {
                lease.release().await;
                return Err(error);
            }
        };
        let (events, receiver) = mpsc::channel(EVENTS_AHEAD);
        let control = Arc::clone(&slot.control);
        let place = Place {
            conversation: conversation.to_owned(),
            person: person.to_owned(),
            length,
            links: self.links.clone(),
        };
        let turn = run(
            Arc::clone(&self.setting),
            place,
            history,
            Arc::clone(&control),
            events.clone(),
        );
        let turn = record::turn(Arc::clone(self.metrics()), turn);
        let task = async move {
            let last = hold(&lease, &slot.control, turn).await;
            // Whoever sees the last event may speak again at once.
            lease.release().await;
            drop(slot);
            // It fails when nobody listens any more.
            let _ = events.send(last).await;
        };
        tokio::spawn(task.in_current_span());
        Ok(Turn::new(receiver, control))
    }

    /// Answers `ConfirmationNeeded` of a turn that runs in this process or another one; `false`
    /// when the person has no such question.
    ///
    /// # Errors
    /// The store failed.
    pub async fn decide(
        &self,
        person: &str,
        conversation: &str,
        call_id: &str,
        decision: Decision,
    ) -> Result<bool, Error> {
        if self.messages(person, conversation).await?.is_none() {
            return Ok(false);
        }
        if let Some(control) = self.running(conversation) {
            return Ok(control.decide(call_id, decision));
        }
        let store = self.setting.store.as_ref();
        Ok(lease::decide(store, conversation, call_id, decision).await?)
    }

    /// Stops the turn that runs in this process or another one; `false` when there is none.
    ///
    /// # Errors
    /// The store failed.
    pub async fn cancel(&self, person: &str, conversation: &str) -> Result<bool, Error> {
        if self.messages(person, conversation).await?.is_none() {
            return Ok(false);
        }
        if let Some(control) = self.running(conversation) {
            return Ok(control.cancel());
        }
        Ok(lease::cancel(self.setting.store.as_ref(), conversation).await?)
    }

    /// The turn of a conversation that runs in this process.
    fn running(&self, conversation: &str) -> Option<Arc<Control>> {
        let running = lock(&self.running);
        let turn = running.get(conversation)?;
        Some(Arc::clone(&turn.control))
    }

    /// Takes the place of the conversation's one turn.
    async fn occupy(&self, conversation: &str) -> Result<Slot, Error> {
        loop {
            let mut ended = {
                let mut running = lock(&self.running);
                match running.get(conversation) {
                    None => return Ok(Slot::new(&self.running, &mut running, conversation)),
                    Some(turn) if turn.control.is_cancelled() => turn.ended.clone(),
                    Some(_) => return Err(Error::TurnRunning),
                }
            };
            // Nothing is ever sent: it returns when the turn drops the sender.
            let _ = ended.changed().await;
        }
    }

    /// Reads a conversation and appends what the person says; also how many messages it has now.
    async fn open(
        &self,
        conversation: &str,
        prompt: Prompt,
    ) -> Result<(Vec<Message>, usize), Error> {
        let store = &self.setting.store;
        let Some(found) = store.conversation(conversation).await? else {
            return Err(Error::UnknownConversation);
        };
        let mut length = found.messages.len();
        let limit = self.limits.messages;
        if length >= limit {
            return Err(Error::ConversationFull { limit });
        }
        let mut history = current(found.messages);
        let new = match prompt {
            Prompt::New(message) => {
                let mut new = missing_results(&history);
                new.push(message);
                new
            }
            Prompt::Again => vec![again(&mut history)?],
        };
        for message in new {
            match store.append(conversation, length, message.clone()).await? {
                Appended::Kept => history.push(message),
                Appended::Taken => return Err(Error::TurnRunning),
                Appended::Unknown => return Err(Error::UnknownConversation),
            }
            length += 1;
        }
        Ok((history, length))
    }
}

/// What a turn answers.
enum Prompt {
    /// Something new.
    New(Message),
    /// What was said last.
    Again,
}

/// Takes what was said last and all that was answered to it; the message that says it again.
fn again(history: &mut Vec<Message>) -> Result<Message, Error> {
    let last = last_said(history).ok_or(Error::NothingSaid)?;
    let mut taken = history.drain(last..);
    let mut message = taken.next().ok_or(Error::NothingSaid)?;
    if let Message::User { is_retry, .. } = &mut message {
        *is_retry = true;
    }
    Ok(message)
}

/// Whether a person is that of [`nobody`].
pub(crate) fn is_nobody(person: &str) -> bool {
    person.starts_with("conversation:")
}

/// The person that a client without a session is: another one in each conversation.
pub fn nobody(conversation: &str) -> String {
    format!("conversation:{conversation}")
}

/// Runs a turn as long as its lease lasts; without one it is told to stop.
async fn hold(lease: &Lease, control: &Control, turn: impl Future<Output = Event>) -> Event {
    tokio::pin!(turn);
    tokio::select! {
        last = &mut turn => last,
        () = lease.lost() => {
            control.cancel();
            turn.await
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("gpt", &self.definition().name)
            .field("model", &self.model().name())
            .finish_non_exhaustive()
    }
}

/// The place of a conversation's one turn, free again when dropped.
struct Slot {
    running: Running,
    conversation: String,
    control: Arc<Control>,
    _ended: watch::Sender<()>,
}

impl Slot {
    fn new(
        running: &Running,
        turns: &mut HashMap<String, RunningTurn>,
        conversation: &str,
    ) -> Self {
        let (sender, ended) = watch::channel(());
        let control = Arc::new(Control::new());
        let turn = RunningTurn {
            control: Arc::clone(&control),
            ended,
        };
        turns.insert(conversation.to_owned(), turn);
        Self {
            running: Arc::clone(running),
            conversation: conversation.to_owned(),
            control,
            _ended: sender,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.running).remove(&self.conversation);
    }
}

fn lock(running: &Running) -> MutexGuard<'_, HashMap<String, RunningTurn>> {
    // One insertion or removal at a time: the map is whole even if a thread panicked.
    running.lock().unwrap_or_else(PoisonError::into_inner)
}
