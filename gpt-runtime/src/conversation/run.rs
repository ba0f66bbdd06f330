//! One turn: ask the model, make its calls, and again until it has nothing more to call.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Control, Event, Toolbox, files, identity::Identity, record, window};
use crate::{
    error::Error,
    file::{self, FileLimits, Links, Unkept},
    gpt::{BuiltInTool, Definition},
    invoke::Invoker,
    message::{Citation, File, HostedCall, Message, ProviderItems, ToolCall},
    metrics::Metrics,
    model::{Chunk, Chunks, Model, ModelError, Request, Usage},
    secret::SecretKey,
    sign_in::SignIns,
    store::{Appended, Store},
};

/// The longest text a model may say in one round, in bytes: it comes from a server we do not know.
const MAX_TEXT: usize = 1_000_000;
/// The most sources that the calls of a turn name.
const MAX_CITATIONS: usize = 100;

/// What turns of all conversations share.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) definition: &'static Definition,
    /// Those of the definition, with the names of tools.
    pub(crate) instructions: Cow<'static, str>,
    pub(crate) model: Arc<dyn Model>,
    pub(crate) invoker: Invoker,
    pub(crate) tools: Toolbox,
    /// The built-in tools that the model's provider brings.
    pub(crate) hosted_tools: Vec<BuiltInTool>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) max_rounds: usize,
    /// Whether calls that only read ask too.
    pub(crate) reading_asks: bool,
    /// How long a question to a person stays open.
    pub(crate) decision_limit: Duration,
    pub(crate) secret_key: Option<SecretKey>,
    pub(crate) sign_ins: SignIns,
    pub(crate) metrics: Arc<Metrics>,
    /// Whether APIs are told which calls belong together.
    pub(crate) chatgpt_headers: bool,
    /// How many tokens of the conversation the model is shown, by estimate.
    pub(crate) max_context: usize,
    pub(crate) file_limits: FileLimits,
}

/// Whose turn it is, and where.
pub(crate) struct Place {
    pub(crate) conversation: String,
    pub(crate) person: String,
    /// How many messages the store has of it: more than count where some were said again.
    pub(crate) length: usize,
    /// Where APIs fetch files, if anywhere.
    pub(crate) links: Option<Arc<Links>>,
}

/// Answers the last message of `history` and returns the event that ends the turn.
pub(crate) async fn run(
    setting: Arc<Setting>,
    place: Place,
    history: Vec<Message>,
    control: Arc<Control>,
    events: mpsc::Sender<Event>,
) -> Event {
    let mut turn = Run {
        setting,
        conversation: place.conversation,
        person: place.person,
        length: place.length,
        links: place.links,
        history,
        control,
        events,
        said: String::new(),
        usage: None,
        identity: None,
        contents: HashMap::new(),
        citations: Vec::new(),
    };
    match turn.answer().await {
        Ok(()) => Event::Finished {
            text: turn.said,
            usage: turn.usage,
        },
        Err(stop) => {
            record::failed(&stop);
            Event::Failed {
                message: stop.to_string(),
            }
        }
    }
}

/// Results for calls that have none, so that a history left by a crash is valid again.
pub(crate) fn missing_results(history: &[Message]) -> Vec<Message> {
    let mut open: Vec<&ToolCall> = Vec::new();
    for message in history {
        match message {
            Message::Assistant { calls, .. } => open.extend(calls),
            Message::Tool { call_id, .. } => open.retain(|call| call.id != *call_id),
            Message::User { .. } => {}
        }
    }
    open.into_iter()
        .map(|call| Message::Tool {
            call_id: call.id.clone(),
            name: call.name.clone(),
            text: "interrupted: it is not known whether the call was made".to_owned(),
            is_error: true,
            files: Vec::new(),
        })
        .collect()
}

/// Why a turn ends without an answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Conversation(#[from] Error),
    #[error("stopped after {0} rounds of calls without an answer")]
    Rounds(usize),
    #[error("the model answered with nothing")]
    Silence,
    #[error("the answer was stopped because it did not end")]
    Endless,
}

pub(super) struct Run {
    pub(super) setting: Arc<Setting>,
    pub(super) conversation: String,
    pub(super) person: String,
    pub(super) links: Option<Arc<Links>>,
    length: usize,
    pub(super) history: Vec<Message>,
    pub(super) control: Arc<Control>,
    events: mpsc::Sender<Event>,
    /// Everything said in this turn.
    said: String,
    /// The tokens that all rounds took.
    usage: Option<Usage>,
    /// What APIs are told of this conversation, once it was needed.
    pub(super) identity: Option<Arc<Identity>>,
    /// What files hold that were read in this turn, by their ids.
    pub(super) contents: HashMap<String, Bytes>,
    /// What calls of this turn named as sources: they come with the answer.
    citations: Vec<Citation>,
}

/// What a model has said in one round.
#[derive(Default)]
struct Heard {
    text: String,
    calls: Vec<ToolCall>,
    hosted_calls: Vec<HostedCall>,
    /// When those began that have not ended, by their ids.
    begun: HashMap<String, Instant>,
    citations: Vec<Citation>,
    files: Vec<File>,
    provider_items: Option<ProviderItems>,
}

impl Heard {
    fn is_silence(&self) -> bool {
        self.text.is_empty() && self.calls.is_empty() && self.files.is_empty()
    }
}

impl Run {
    async fn answer(&mut self) -> Result<(), Stop> {
        for _ in 0..self.setting.max_rounds {
            let calls = self.ask().await?;
            if calls.is_empty() {
                return Ok(());
            }
            self.make(calls).await?;
        }
        Err(Stop::Rounds(self.setting.max_rounds))
    }

    /// Lets the model answer once; returns the calls it wants.
    async fn ask(&mut self) -> Result<Vec<ToolCall>, Stop> {
        let (messages, is_cut) = window::fit(&self.history, self.setting.max_context);
        let messages = files::given_back(&messages);
        let contents = self.read_files(&messages).await.map_err(Error::from)?;
        let instructions = &self.setting.instructions;
        let mut chunks = self.setting.model.respond(Request {
            instructions: if is_cut {
                window::noted(instructions)
            } else {
                instructions.to_string()
            },
            messages,
            tools: self.setting.tools.definitions().to_vec(),
            hosted_tools: self.setting.hosted_tools.clone(),
            contents,
        });
        let mut heard = Heard::default();
        let end = self.listen(&mut chunks, &mut heard).await;
        drop(chunks);
        self.break_off(&mut heard).await;
        record::round(&self.setting.metrics, end.is_ok());
        if end.is_err() {
            // Calls of an answer that broke off were not begun; what was said stays said.
            heard.calls.clear();
            heard.provider_items = None;
        }
        let calls = heard.calls.clone();
        if calls.is_empty() && !heard.is_silence() {
            let known = std::mem::take(&mut self.citations);
            heard.citations.splice(..0, known);
        }
        if !heard.is_silence() {
            let message = Message::Assistant {
                text: heard.text,
                calls: heard.calls,
                hosted_calls: heard.hosted_calls,
                citations: heard.citations,
                files: heard.files,
                provider_items: heard.provider_items,
            };
            self.append(message).await?;
        } else if end.is_ok() {
            return Err(Stop::Silence);
        }
        end.map(|()| calls)
    }

    async fn listen(&mut self, chunks: &mut Chunks, heard: &mut Heard) -> Result<(), Stop> {
        let control = Arc::clone(&self.control);
        loop {
            let next = std::future::poll_fn(|cx| chunks.as_mut().poll_next(cx));
            let chunk = tokio::select! {
                biased;
                () = control.cancelled() => return Err(Stop::Cancelled),
                chunk = next => chunk,
            };
            match chunk {
                None => return Ok(()),
                Some(Ok(Chunk::Text(piece))) if piece.is_empty() => {}
                Some(Ok(Chunk::Text(piece))) => {
                    let text = &mut heard.text;
                    if text.len() + piece.len() > MAX_TEXT {
                        return Err(Stop::Endless);
                    }
                    // What is said after calls is a paragraph of its own.
                    let lead = if text.is_empty() && !self.said.is_empty() {
                        "\n\n"
                    } else {
                        ""
                    };
                    text.push_str(&piece);
                    let piece = format!("{lead}{piece}");
                    self.said.push_str(&piece);
                    self.emit(Event::TextDelta { text: piece }).await;
                }
                Some(Ok(Chunk::Call(call))) => {
                    let call = self.normalize(call, &heard.calls);
                    heard.calls.push(call);
                }
                Some(Ok(Chunk::Items(items))) => heard.provider_items = Some(items),
                Some(Ok(Chunk::HostedCall(call))) => self.hosted(call, false, heard).await,
                Some(Ok(Chunk::HostedResult(call))) => self.hosted(call, true, heard).await,
                Some(Ok(Chunk::Citation(citation))) => {
                    let is_known = |known: &[Citation]| known.contains(&citation);
                    if !is_known(&heard.citations) && !is_known(&self.citations) {
                        heard.citations.push(citation.clone());
                        self.emit(Event::CitationAdded { citation }).await;
                    }
                }
                Some(Ok(Chunk::File {
                    name,
                    media_type,
                    content,
                })) => {
                    let unkept = Unkept {
                        name: &name,
                        media_type: &media_type,
                        content,
                    };
                    self.keep(unkept, heard).await?;
                }
                Some(Ok(Chunk::Usage(usage))) => {
                    record::tokens(&self.setting.metrics, usage);
                    *self.usage.get_or_insert_default() += usage;
                }
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Keeps a file that the model made.
    async fn keep(&self, unkept: Unkept<'_>, heard: &mut Heard) -> Result<(), Stop> {
        let (store, limits) = (self.setting.store.as_ref(), self.setting.file_limits);
        let file = file::keep(store, limits, &self.conversation, unkept).await?;
        heard.files.push(file.clone());
        let call_id = None;
        self.emit(Event::FileAdded { file, call_id }).await;
        Ok(())
    }

    /// Whether an event is to be reported: a source is, once.
    pub(super) fn is_news(&mut self, event: &Event) -> bool {
        let Event::CitationAdded { citation } = event else {
            return true;
        };
        if self.citations.contains(citation) || self.citations.len() >= MAX_CITATIONS {
            return false;
        }
        self.citations.push(citation.clone());
        true
    }

    /// Notes a call of a hosted tool, which has begun or ended.
    async fn hosted(&self, call: HostedCall, is_ended: bool, heard: &mut Heard) {
        let known = heard.hosted_calls.iter_mut().find(|it| it.id == call.id);
        let is_new = known.is_none();
        match known {
            Some(known) => *known = call.clone(),
            None => heard.hosted_calls.push(call.clone()),
        }
        if is_new {
            heard.begun.insert(call.id.clone(), Instant::now());
            self.emit(Event::CallStarted {
                call_id: call.id.clone(),
                name: call.name,
                arguments: call.arguments.clone(),
            })
            .await;
        }
        if is_ended && let Some(begun) = heard.begun.remove(&call.id) {
            self.emit(Event::CallFinished {
                call_id: call.id,
                result: call.result,
                is_error: call.is_error,
                milliseconds: record::milliseconds(begun.elapsed()),
            })
            .await;
        }
    }

    /// Ends the calls of hosted tools that an answer left open.
    async fn break_off(&self, heard: &mut Heard) {
        let mut open = heard.hosted_calls.clone();
        open.retain(|call| heard.begun.contains_key(&call.id));
        for mut call in open {
            "the answer ended before the call did".clone_into(&mut call.result);
            call.is_error = true;
            self.hosted(call, true, heard).await;
        }
    }

    /// Gives a call an id that is unique in the conversation, whatever the model chose, and
    /// arguments where the model wrote none.
    fn normalize(&self, mut call: ToolCall, before: &[ToolCall]) -> ToolCall {
        let taken = |call: &ToolCall, id: &str| call.id == id;
        let known = before.iter().any(|other| taken(other, &call.id))
            || self.history.iter().any(|message| match message {
                Message::Assistant { calls, .. } => {
                    calls.iter().any(|other| taken(other, &call.id))
                }
                _ => false,
            });
        if known || call.id.is_empty() {
            call.id = format!("call_{}", Uuid::new_v4().simple());
        }
        if call.arguments.is_null() {
            call.arguments = Value::Object(serde_json::Map::new());
        }
        call
    }

    /// Reports an event; a person who does not read does not hold up a cancelled turn.
    pub(super) async fn emit(&self, event: Event) {
        tokio::select! {
            biased;
            () = self.control.cancelled() => {}
            // It fails when the turn was dropped, which also cancels.
            _ = self.events.send(event) => {}
        }
    }

    /// Keeps what was said. Never interrupted: a cancelled turn ends with a valid history.
    pub(super) async fn append(&mut self, message: Message) -> Result<(), Stop> {
        let store = &self.setting.store;
        let appended = store.append(&self.conversation, self.length, message.clone());
        match appended.await.map_err(Error::from)? {
            Appended::Kept => {
                self.length += 1;
                self.history.push(message);
            }
            Appended::Taken => return Err(Error::TurnRunning.into()),
            Appended::Unknown => return Err(Error::UnknownConversation.into()),
        }
        Ok(())
    }
}
