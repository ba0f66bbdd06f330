//! Puts a test of a GPT together.

use std::{fmt, sync::Arc};

use super::{
    answer::Answer,
    answers::{Answers, Complaints, Handler},
    asked::Asked,
    conversation::Conversation,
    recording::Recording,
};
use crate::{
    action::Action,
    conversation::Decision,
    error::Error,
    file::Links,
    gpt::Gpt,
    model::{
        Model,
        offline::Offline,
        script::{Reply, Script},
    },
    secret::SecretKey,
    service::{Builder, Service},
};

/// Where APIs would fetch files. A name that leads nowhere, by RFC 6761.
const LINKS: &str = "http://gpt.test/api/files/";

/// A test of a GPT, to be put together.
///
/// Nothing is read from the environment, nothing is kept, and no request leaves the program but to
/// a base URL that the [`Builder`] was given. Calls go the whole way all the same: arguments are
/// validated, requests are written and signed, and what comes back is what the model is shown. Where
/// no credential is set, one without meaning stands in its place.
#[must_use]
pub struct Test {
    builder: Builder,
    model: Option<Arc<dyn Model>>,
    script: Option<Vec<Reply>>,
    recording: Option<Recording>,
    handlers: Vec<Handler>,
    decision: Option<Decision>,
    person: String,
}

impl Test {
    /// A test of a GPT, answered by [`Offline`] unless it says otherwise.
    pub fn new(gpt: impl Gpt) -> Self {
        Self::from(Service::builder(gpt))
    }

    /// Sets something of the service: limits, tools, credentials, base URLs.
    pub fn service(mut self, set: impl FnOnce(Builder) -> Builder) -> Self {
        self.builder = set(self.builder);
        self
    }

    /// This model answers.
    pub fn model(mut self, model: impl Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// A model gives these replies, one after the other, and brings all built-in tools of the GPT.
    pub fn script(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.script = Some(replies.into_iter().collect());
        self
    }

    /// What the test says nothing about, the model or the answers to operations, is as in this
    /// recording: a path, or a [`Recording`].
    pub fn recorded(mut self, recording: impl Into<Recording>) -> Self {
        self.recording = Some(recording.into());
        self
    }

    /// Answers an action: `.answer(|call: GetPoint| json!({ ... }))`, with JSON or an [`Answer`].
    /// Of two answers to one action the later counts.
    ///
    /// It may assert what it was called with: a panic in it fails the test.
    pub fn answer<A: Action, R: Into<Answer>>(
        mut self,
        respond: impl FnMut(A) -> R + Send + 'static,
    ) -> Self {
        self.handlers.retain(|it| !it.is_of(A::operation()));
        self.handlers.push(Handler::new(respond));
        self
    }

    /// What the person decides about calls that ask first. Where nothing is decided, a call that
    /// asks fails the test.
    pub fn decide(mut self, decision: Decision) -> Self {
        self.decision = Some(decision);
        self
    }

    /// Begins a conversation.
    ///
    /// # Errors
    /// The GPT has no such action as is answered, a recording cannot be read, or what the service
    /// says where it is [built](Builder::build).
    pub async fn start(self) -> Result<Conversation, Error> {
        let definition = self.builder.definition();
        for handler in &self.handlers {
            if !definition.operations().any(|it| handler.is_of(it)) {
                return Err(Error::Setting {
                    name: format!("the answer to `{}`", handler.operation.id),
                    message: format!("{} has no such action", definition.name),
                });
            }
        }
        let complaints = Complaints::default();
        let recording = self.recording.as_ref();
        let session = recording
            .map(|it| it.open(complaints.clone()))
            .transpose()?;
        let session = session.map(Arc::new);
        let is_new = session.as_ref().is_some_and(|it| it.is_new());

        let script = self.script.map(Script::new);
        let script = script.map(|it| it.hosting(definition.tools.iter().copied()));
        let given = self.model.or_else(|| self.builder.given_model().cloned());
        let mut builder = self.builder;
        let live = recording.and_then(Recording::live);
        let model: Arc<dyn Model> = match (&script, given, &session) {
            (Some(script), ..) => Arc::new(script.clone()),
            (None, Some(model), _) => model,
            (None, None, None) => Arc::new(Offline::new()),
            (None, None, Some(session)) => {
                let live = if !is_new {
                    None
                } else if let Some(live) = live {
                    Some(live)
                } else {
                    Some(environment_model()?)
                };
                Arc::new(session.model(live)?)
            }
        };
        let model = Arc::new(Asked::new(model));
        builder = builder.model(Arc::clone(&model));
        if is_new {
            builder = builder.with_environment()?;
        } else {
            builder = builder.with_placeholders();
        }
        let answers = Arc::new(Answers {
            handlers: self.handlers,
            session,
            complaints,
        });
        let stand_in = Arc::clone(&answers);
        let mut service = builder.stand_in(stand_in).build()?;
        if !is_new {
            // A real API could fetch nothing from there.
            let key = SecretKey::new(&[0; 32])?;
            service = service.with_links(Links::new(LINKS.to_owned(), key));
        }
        Conversation::new(service, model, answers, script, self.decision, self.person).await
    }
}

/// The model of the environment, which must be a real one.
fn environment_model() -> Result<Arc<dyn Model>, Error> {
    let model = crate::model::from_settings(&crate::environment::variable)?;
    if model.is_offline() {
        return Err(Error::Setting {
            name: "GPT_RECORD".to_owned(),
            message: "there is no model to record: set OPENAI_API_KEY, ANTHROPIC_API_KEY, or \
                      OPENAI_BASE_URL and GPT_MODEL"
                .to_owned(),
        });
    }
    Ok(model)
}

impl From<Builder> for Test {
    /// A test of a service as a program puts it together. What it reads from the environment, it
    /// reads here too.
    fn from(builder: Builder) -> Self {
        Self {
            builder: builder.in_memory(),
            model: None,
            script: None,
            recording: None,
            handlers: Vec::new(),
            decision: None,
            person: "someone".to_owned(),
        }
    }
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Test")
            .field("gpt", &self.builder.definition().name)
            .field("recording", &self.recording)
            .finish_non_exhaustive()
    }
}
