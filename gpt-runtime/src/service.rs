//! A GPT with everything it needs to talk: model, actions, conversations.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::{
    action::Api,
    conversation::{Control, Decision, Setting, Toolbox, Turn, missing_results, run},
    credential::Credential,
    error::Error,
    gpt::{Definition, Gpt},
    invoke::Invoker,
    message::Message,
    model::{self, Model, offline::Offline},
    store::{Appended, Conversation, Store, memory::Memory},
};

const DEFAULT_ROUNDS: usize = 10;
/// Well within what current models take, even where a token is less than four characters.
const DEFAULT_CONTEXT: usize = 100_000;
const DEFAULT_MESSAGE_LENGTH: usize = 32_000;
const DEFAULT_MESSAGES: usize = 1_000;
/// Events that may wait for a slow reader before the turn waits for it.
const EVENTS_AHEAD: usize = 64;

/// A GPT that can be talked to. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Service {
    setting: Arc<Setting>,
    limits: Limits,
    running: Running,
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
    /// The GPT with the model, credentials and base URLs of the environment.
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
        Builder {
            definition: gpt.definition(),
            model: None,
            store: None,
            invoker: None,
            base_urls: Vec::new(),
            credentials: Vec::new(),
            time_limit: None,
            max_rounds: DEFAULT_ROUNDS,
            max_context: DEFAULT_CONTEXT,
            limits: Limits {
                message_length: DEFAULT_MESSAGE_LENGTH,
                messages: DEFAULT_MESSAGES,
            },
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

    /// Calls the GPT's operations, for faces that need no conversation.
    pub fn invoker(&self) -> &Invoker {
        &self.setting.invoker
    }

    /// Starts a conversation of a person and returns its unguessable id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn start(&self, person: &str) -> Result<String, Error> {
        let id = Uuid::new_v4().to_string();
        self.setting.store.create(&id, person).await?;
        Ok(id)
    }

    /// A conversation; `None` for an unknown one.
    ///
    /// # Errors
    /// The store failed.
    pub async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Error> {
        Ok(self.setting.store.conversation(id).await?)
    }

    /// Says something. One turn at a time: a second one is refused while the first runs.
    ///
    /// After a cancelled turn it waits until that turn has put its history in order.
    /// Must be called within a Tokio runtime, where the turn runs.
    ///
    /// # Errors
    /// The conversation is unknown, full or busy, the text is empty or too long, or the store
    /// failed.
    pub async fn say(&self, conversation: &str, text: String) -> Result<Turn, Error> {
        let length = text.chars().count();
        let limit = self.limits.message_length;
        if length > limit {
            return Err(Error::MessageTooLong { length, limit });
        }
        if text.trim().is_empty() {
            return Err(Error::EmptyMessage);
        }
        let slot = self.occupy(conversation).await?;
        let history = self.open(conversation, text).await?;
        let (events, receiver) = mpsc::channel(EVENTS_AHEAD);
        let control = Arc::clone(&slot.control);
        let turn = run(
            Arc::clone(&self.setting),
            conversation.to_owned(),
            history,
            Arc::clone(&control),
            events.clone(),
        );
        tokio::spawn(async move {
            let last = turn.await;
            // Whoever sees the last event may speak again at once.
            drop(slot);
            // It fails when nobody listens any more.
            let _ = events.send(last).await;
        });
        Ok(Turn::new(receiver, control))
    }

    /// Answers `ConfirmationNeeded` of a running turn; `false` when there is no such question.
    pub fn decide(&self, conversation: &str, call_id: &str, decision: Decision) -> bool {
        lock(&self.running)
            .get(conversation)
            .is_some_and(|turn| turn.control.decide(call_id, decision))
    }

    /// Stops the running turn; `false` when there is none.
    pub fn cancel(&self, conversation: &str) -> bool {
        let running = lock(&self.running);
        let turn = running.get(conversation);
        turn.is_some_and(|turn| turn.control.cancel())
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

    /// Reads a conversation and appends what the person says.
    async fn open(&self, conversation: &str, text: String) -> Result<Vec<Message>, Error> {
        let store = &self.setting.store;
        let Some(found) = store.conversation(conversation).await? else {
            return Err(Error::UnknownConversation);
        };
        let mut history = found.messages;
        let limit = self.limits.messages;
        if history.len() >= limit {
            return Err(Error::ConversationFull { limit });
        }
        let mut new = missing_results(&history);
        new.push(Message::User { text });
        for message in new {
            let position = history.len();
            match store
                .append(conversation, position, message.clone())
                .await?
            {
                Appended::Kept => history.push(message),
                Appended::Taken => return Err(Error::TurnRunning),
                Appended::Unknown => return Err(Error::UnknownConversation),
            }
        }
        Ok(history)
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
    max_rounds: usize,
    max_context: usize,
    limits: Limits,
}

impl Builder {
    /// Takes model, credentials and base URLs from the environment, where they are not set yet.
    ///
    /// # Errors
    /// A variable cannot be used.
    pub fn from_env(mut self) -> Result<Self, Error> {
        if self.model.is_none() {
            self.model = Some(model::from_env()?);
        }
        if self.invoker.is_none() {
            self.invoker = Some(Invoker::from_env(&self.apis())?);
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

    /// How many times per turn the model is asked, 10 by default.
    pub fn max_rounds(mut self, rounds: usize) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// How many tokens of a conversation the model is shown, 100,000 by default; a token is taken
    /// for four characters. Of a longer one the oldest turns are left out, and the model is told.
    pub fn max_context(mut self, tokens: usize) -> Self {
        self.max_context = tokens;
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

    /// The service.
    ///
    /// # Errors
    /// Two actions have one tool name, a built-in tool is not to be had, or a setting cannot be
    /// used.
    pub fn build(self) -> Result<Service, Error> {
        let apis = self.apis();
        let definition = self.definition;
        let tools = Toolbox::new(definition)?;
        let model = self.model.unwrap_or_else(|| Arc::new(Offline::new()));
        if let Some(tool) = definition.tools.first() {
            // No model brings any of them yet.
            return Err(Error::ToolUnavailable {
                tool: tool.name(),
                model: model.name().to_owned(),
            });
        }
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
        for (api, url) in &self.base_urls {
            invoker.set_base_url(api, url)?;
        }
        for (api, scheme, credential) in self.credentials {
            invoker.set_credential(api, &scheme, credential)?;
        }
        Ok(Service {
            setting: Arc::new(Setting {
                definition,
                model,
                invoker,
                tools,
                store: self.store.unwrap_or_else(|| Arc::new(Memory::default())),
                max_rounds: self.max_rounds,
                max_context: self.max_context,
            }),
            limits: self.limits,
            running: Running::default(),
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
