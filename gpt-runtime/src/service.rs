//! A GPT with everything it needs to talk: model, actions, conversations.

mod files;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{
    action::Api,
    check,
    conversation::{
        Control, Decision, Event, Place, Setting, Toolbox, Turn, consents,
        lease::{self, Lease},
        missing_results, record, run,
        trial::{self, Tried},
    },
    credential::Credential,
    environment::{Lookup, variable},
    error::Error,
    file::{FileLimits, Links},
    gpt::{BuiltInTool, Definition, Gpt},
    invoke::Invoker,
    message::{Message, current, last_said},
    metrics::Metrics,
    model::{self, Model, offline::Offline},
    secret::SecretKey,
    sign_in::{OAuthClient, SignIns},
    store::{self, Appended, Change, Store, Summary, memory::Memory, scoped::Scoped},
    tool::{self, Shared, Tool},
};

const DEFAULT_ROUNDS: usize = 10;
const DEFAULT_DECISION_LIMIT: Duration = Duration::from_secs(600);
/// Well within what current models take, even where a token is less than four characters.
const DEFAULT_CONTEXT: usize = 100_000;
const DEFAULT_MESSAGE_LENGTH: usize = 32_000;
const DEFAULT_MESSAGES: usize = 1_000;
const FILE_LIMITS: FileLimits = FileLimits {
    size: 20_000_000,
    per_message: 10,
    together: 100_000_000,
};
/// Events that may wait for a slow reader before the turn waits for it.
const EVENTS_AHEAD: usize = 64;

pub use files::Said;

/// A GPT that can be talked to. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Service {
    setting: Arc<Setting>,
    limits: Limits,
    running: Running,
    slug: Option<Arc<str>>,
    /// Where APIs fetch files, if anywhere.
    links: Option<Arc<Links>>,
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
    /// `OPENAI_BASE_URL`, Anthropic's with `ANTHROPIC_API_KEY`, and [`Offline`] otherwise.
    ///
    /// # Errors
    /// A variable cannot be used, or the GPT and its model do not fit together.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a GPT is given to its service"
    )]
    pub fn from_env(gpt: impl Gpt) -> Result<Self, Error> {
        Self::builder(gpt).from_env()?.build()
    }

    /// Puts a service together by hand; nothing is read from the environment.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a GPT is given to its service"
    )]
    pub fn builder(gpt: impl Gpt) -> Builder {
        Self::builder_of(gpt.definition())
    }

    pub(crate) fn builder_of(definition: &'static Definition) -> Builder {
        Builder {
            definition,
            model: None,
            store: None,
            invoker: None,
            base_urls: Vec::new(),
            credentials: Vec::new(),
            time_limit: None,
            length_limit: None,
            tools: Vec::new(),
            built_in_tools: Vec::new(),
            max_rounds: DEFAULT_ROUNDS,
            reading_asks: false,
            decision_limit: DEFAULT_DECISION_LIMIT,
            secret_key: None,
            oauth_clients: Vec::new(),
            chatgpt_headers: false,
            max_context: None,
            file_limits: FILE_LIMITS,
            limits: Limits {
                message_length: DEFAULT_MESSAGE_LENGTH,
                messages: DEFAULT_MESSAGES,
            },
            slug: None,
        }
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

    /// Calls an operation on behalf of a person outside of any conversation; `None` where no tool
    /// has this name.
    pub(crate) async fn try_operation(
        &self,
        person: &str,
        tool: &str,
        arguments: &Value,
    ) -> Option<Tried> {
        let operation = self.setting.tools.operation(tool)?;
        Some(trial::call(&self.setting, person, operation, arguments).await)
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

/// Puts a [`Service`] together.
#[must_use]
pub struct Builder {
    definition: &'static Definition,
    model: Option<Arc<dyn Model>>,
    store: Option<Arc<dyn Store>>,
    invoker: Option<Invoker>,
    base_urls: Vec<(&'static Api, String)>,
    credentials: Vec<(&'static Api, String, Credential)>,
    time_limit: Option<Duration>,
    length_limit: Option<usize>,
    tools: Vec<Shared>,
    /// Those that stand for a built-in one.
    built_in_tools: Vec<(BuiltInTool, Shared)>,
    max_rounds: usize,
    reading_asks: bool,
    decision_limit: Duration,
    secret_key: Option<SecretKey>,
    oauth_clients: Vec<(&'static Api, String, OAuthClient)>,
    chatgpt_headers: bool,
    max_context: Option<usize>,
    file_limits: FileLimits,
    limits: Limits,
    slug: Option<Arc<str>>,
}

impl Builder {
    /// Takes model, store, credentials and base URLs from the environment, where they are not set
    /// yet.
    ///
    /// # Errors
    /// A variable cannot be used.
    pub fn from_env(self) -> Result<Self, Error> {
        self.configured(&variable)
    }

    /// The same from another source, such as a store of secrets, by the names that the settings
    /// have in the environment. The settings of a [`Server`](crate::Server) stay in the environment.
    ///
    /// ```
    /// # use gpt_runtime::{gpt::Gpt, error::Error, service::Service};
    /// # use std::collections::HashMap;
    /// fn service(gpt: impl Gpt, vault: &HashMap<String, String>) -> Result<Service, Error> {
    ///     let setting = |name: &str| vault.get(name).cloned().or_else(|| std::env::var(name).ok());
    ///     Service::builder(gpt).from_settings(setting)?.build()
    /// }
    /// ```
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn from_settings(self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        self.configured(&|name| Ok(lookup(name)))
    }

    fn configured(mut self, lookup: &Lookup<'_>) -> Result<Self, Error> {
        if self.model.is_none() {
            self.model = Some(model::from_settings(lookup)?);
        }
        if let Some(model) = &self.model {
            for tool in self.definition.tools.iter().copied() {
                let is_there = self.built_in_tools.iter().any(|(it, _)| *it == tool);
                if !model.hosts(tool) && !is_there {
                    let found = tool::from_settings(tool, lookup)?.into_iter();
                    self.built_in_tools.extend(found.map(|it| (tool, it)));
                }
            }
        }
        if self.store.is_none() {
            self.store = Some(store::from_settings(self.definition.name, lookup)?);
        }
        if self.invoker.is_none() {
            self.invoker = Some(Invoker::from_lookup(&self.apis(), lookup)?);
        }
        if self.max_context.is_none() {
            self.max_context = model::context_from_settings(lookup)?;
        }
        if self.secret_key.is_none()
            && let Some(key) = lookup("GPT_SECRET_KEY")?.filter(|key| !key.trim().is_empty())
        {
            self.secret_key = Some(SecretKey::from_base64(&key)?);
        }
        for api in self.apis() {
            for scheme in api.security_schemes.iter().filter(|it| it.kind.is_bearer()) {
                let is_set = |(other, name, _): &(&'static Api, String, OAuthClient)| {
                    std::ptr::eq(*other, api) && name == scheme.name
                };
                let set = self.oauth_clients.iter().any(is_set);
                if let (false, Some(client)) = (set, OAuthClient::read(api, scheme, lookup)?) {
                    let client = (api, scheme.name.to_owned(), client);
                    self.oauth_clients.push(client);
                }
            }
        }
        Ok(self)
    }

    /// The model that answers, instead of [`Offline`].
    pub fn model(mut self, model: impl Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// Where conversations live, instead of [`Memory`].
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sends the API's calls to another server than the document's.
    pub fn base_url(mut self, api: &'static Api, url: impl Into<String>) -> Self {
        self.base_urls.push((api, url.into()));
        self
    }

    /// Sets the credential of a security scheme of the API, by its name in the document.
    pub fn credential(
        mut self,
        api: &'static Api,
        scheme: impl Into<String>,
        credential: Credential,
    ) -> Self {
        self.credentials.push((api, scheme.into(), credential));
        self
    }

    /// Gives up on a call of an operation after this time, 45 seconds by default.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Lets the model call this too. It runs without asking anybody.
    pub fn tool(mut self, tool: impl Tool) -> Self {
        self.tools.push(Arc::new(tool));
        self
    }

    /// Takes this for a built-in tool of the GPT where the model's provider does not bring it, as
    /// [`mod@tool`] has them. Several may stand for one.
    pub fn built_in_tool(mut self, built_in: BuiltInTool, tool: impl Tool) -> Self {
        self.built_in_tools.push((built_in, Arc::new(tool)));
        self
    }

    /// Refuses requests of a model, and shortens what it is shown of what calls bring, beyond so many
    /// characters; 100,000 by default, as ChatGPT does.
    pub fn max_call_length(mut self, characters: usize) -> Self {
        self.length_limit = Some(characters);
        self
    }

    /// How many times per turn the model is asked, 10 by default.
    pub fn max_rounds(mut self, rounds: usize) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// Whether calls that only read (`GET` and `HEAD` without `x-openai-isConsequential: true`) ask
    /// too, until a person says "always", as they do in ChatGPT; they do not by default.
    pub fn ask_before_reading(mut self, asks: bool) -> Self {
        self.reading_asks = asks;
        self
    }

    /// How long a question to a person stays open, 10 minutes by default; then it is declined.
    pub fn decision_limit(mut self, limit: Duration) -> Self {
        self.decision_limit = limit;
        self
    }

    /// The key that signs sessions and seals the tokens of people at rest; a key of its own in the
    /// store signs sessions where none is set.
    pub fn secret_key(mut self, key: SecretKey) -> Self {
        self.secret_key = Some(key);
        self
    }

    /// Lets people sign in for a security scheme of the API, by its name in the document, each for
    /// themselves. Needs a [`secret_key`](Self::secret_key).
    pub fn oauth_client(
        mut self,
        api: &'static Api,
        scheme: impl Into<String>,
        client: OAuthClient,
    ) -> Self {
        self.oauth_clients.push((api, scheme.into(), client));
        self
    }

    /// Sends what ChatGPT sends with each action call a model makes, off by default.
    ///
    /// The headers tell an API which calls belong together: `openai-conversation-id`,
    /// `openai-ephemeral-user-id` and `openai-gpt-id`. None of them is an id that means anything
    /// here, and that of the person is another one every day.
    pub fn chatgpt_headers(mut self, send: bool) -> Self {
        self.chatgpt_headers = send;
        self
    }

    /// How many tokens of a conversation the model is shown, 100,000 by default; a token is taken
    /// for four characters. Of a longer one the oldest turns are left out, and of a turn that is
    /// longer by itself the oldest results are shortened; the model is told.
    /// Files of text come on top, with half as many tokens at most, the newest first.
    pub fn max_context(mut self, tokens: usize) -> Self {
        self.max_context = Some(tokens);
        self
    }

    /// How many bytes a file of a conversation may have, 20,000,000 by default.
    pub fn max_file_size(mut self, bytes: u64) -> Self {
        self.file_limits.size = bytes;
        self
    }

    /// How many files a message may name, 10 by default.
    pub fn max_files_per_message(mut self, files: usize) -> Self {
        self.file_limits.per_message = files;
        self
    }

    /// How many bytes the files of a conversation may have together, 100,000,000 by default.
    pub fn max_files_size(mut self, bytes: u64) -> Self {
        self.file_limits.together = bytes;
        self
    }

    /// How many characters a message may have, 32,000 by default.
    pub fn max_message_length(mut self, characters: usize) -> Self {
        self.limits.message_length = characters;
        self
    }

    /// How many messages a conversation may have before a new one is needed, 1,000 by default.
    pub fn max_messages(mut self, messages: usize) -> Self {
        self.limits.messages = messages;
        self
    }

    /// What the GPT is called in addresses where a server has several, `weather` for
    /// `/g/weather/`: lower-case letters, digits and dashes. Made of its name unless set.
    ///
    /// What it keeps in the store is kept under this too.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into().into());
        self
    }

    /// The service.
    ///
    /// # Errors
    /// Two actions have one tool name, a built-in tool is not to be had, or a setting cannot be
    /// used.
    pub fn build(self) -> Result<Service, Error> {
        let apis = self.apis();
        let definition = self.definition;
        let problems = check::problems(definition);
        if !problems.is_empty() {
            return Err(Error::Definition {
                gpt: definition.name,
                problems,
            });
        }
        let model = self.model.unwrap_or_else(|| Arc::new(Offline::new()));
        let tools_in = definition.tools.iter().copied();
        let (hosted_tools, missing): (Vec<BuiltInTool>, Vec<BuiltInTool>) =
            tools_in.partition(|tool| model.hosts(*tool));
        let is_there = |tool: &BuiltInTool| self.built_in_tools.iter().any(|(it, _)| it == tool);
        if let Some(tool) = missing.iter().find(|tool| !is_there(tool)) {
            return Err(Error::ToolUnavailable {
                tool: tool.name(),
                model: model.name().to_owned(),
                hint: tool::hint(*tool),
            });
        }
        let stand_in = self.built_in_tools.iter();
        let stand_in = stand_in.filter(|(it, _)| missing.contains(it));
        let stand_in = stand_in.map(|(_, tool)| tool);
        let tools = Toolbox::new(definition, stand_in.chain(&self.tools))?;
        model.check(tools.definitions())?;
        if self.max_rounds == 0 {
            return Err(Error::Setting {
                name: "max_rounds".to_owned(),
                message: "must be at least 1, or the model is never asked".to_owned(),
            });
        }
        let mut invoker = match self.invoker {
            Some(invoker) => invoker,
            None => Invoker::from_settings(&apis, |_| None)?,
        };
        if let Some(limit) = self.time_limit {
            invoker.set_time_limit(limit);
        }
        if let Some(limit) = self.length_limit {
            invoker.set_length_limit(limit);
        }
        for (api, url) in &self.base_urls {
            invoker.set_base_url(api, url)?;
        }
        for (api, scheme, credential) in self.credentials {
            invoker.set_credential(api, &scheme, credential)?;
        }
        let store = self.store.unwrap_or_else(|| Arc::new(Memory::default()));
        let mut clients = Vec::new();
        for (api, name, client) in self.oauth_clients {
            let mut schemes = api.security_schemes.iter();
            let scheme = schemes.find(|it| it.name == name && it.kind.is_bearer());
            let scheme = scheme.ok_or_else(|| Error::Setting {
                name: format!("OAuth client `{name}` of {}", api.name),
                message: "the API has no security scheme of this name that takes tokens".to_owned(),
            })?;
            clients.push((api, scheme, client));
        }
        let operations = definition.operations().collect::<Vec<_>>();
        let sign_ins = SignIns::new(
            clients,
            &operations,
            Arc::clone(&store),
            self.secret_key.clone(),
        )?;
        Ok(Service {
            setting: Arc::new(Setting {
                definition,
                instructions: definition.instructions_with_tool_names(),
                model,
                invoker,
                tools,
                hosted_tools,
                sign_ins,
                store,
                max_rounds: self.max_rounds,
                reading_asks: self.reading_asks,
                decision_limit: self.decision_limit,
                secret_key: self.secret_key,
                metrics: Arc::default(),
                chatgpt_headers: self.chatgpt_headers,
                max_context: self.max_context.unwrap_or(DEFAULT_CONTEXT),
                file_limits: self.file_limits,
            }),
            limits: self.limits,
            running: Running::default(),
            slug: self.slug,
            links: None,
        })
    }

    /// The APIs of the GPT's operations, each once.
    fn apis(&self) -> Vec<&'static Api> {
        let mut apis: Vec<&'static Api> = Vec::new();
        for operation in self.definition.operations() {
            if !apis.iter().any(|api| std::ptr::eq(*api, operation.api)) {
                apis.push(operation.api);
            }
        }
        apis
    }
}
