//! A conversation of a test: what the person says, decides and gives.

use std::{collections::HashMap, fmt, panic::Location, sync::Arc};

use bytes::Bytes;

use super::{
    answers::Answers,
    asked::Asked,
    transcript::{Decided, Heard, Transcript},
};
use crate::{
    conversation::{Decision, Event},
    error::Error,
    message::File,
    model::script::Script,
    service::{Said, Service},
};

/// A conversation of a test with a GPT.
pub struct Conversation {
    service: Service,
    model: Arc<Asked>,
    answers: Arc<Answers>,
    script: Option<Script>,
    decision: Option<Decision>,
    person: String,
    id: String,
    /// Files that go with what is said next.
    attached: Vec<String>,
}

impl Conversation {
    pub(super) async fn new(
        service: Service,
        model: Arc<Asked>,
        answers: Arc<Answers>,
        script: Option<Script>,
        decision: Option<Decision>,
        person: String,
    ) -> Result<Self, Error> {
        let id = service.start(Some(&person)).await?;
        Ok(Self {
            service,
            model,
            answers,
            script,
            decision,
            person,
            id,
            attached: Vec::new(),
        })
    }

    /// Says something, and waits until it is answered.
    ///
    /// # Errors
    /// The turn failed, a call has no answer or asks and nothing is decided, or a recording does
    /// not have what is asked: the error says where, and shows the whole turn.
    #[track_caller]
    pub fn say(
        &mut self,
        text: impl Into<String>,
    ) -> impl Future<Output = Result<Transcript, Error>> {
        self.turn(text.into(), false, Location::caller())
    }

    /// Says something that is not answered: the turn must fail, and [`Transcript::failure`] says
    /// why.
    ///
    /// # Errors
    /// The turn came to its end, or what is an error of [`Self::say`] beside its failure.
    #[track_caller]
    pub fn say_in_vain(
        &mut self,
        text: impl Into<String>,
    ) -> impl Future<Output = Result<Transcript, Error>> {
        self.turn(text.into(), true, Location::caller())
    }

    /// Gives a file, which goes with what is said next.
    ///
    /// # Errors
    /// The service does not keep it: [`Service::add_file`].
    pub async fn attach(
        &mut self,
        name: &str,
        media_type: &str,
        content: impl Into<Bytes>,
    ) -> Result<File, Error> {
        let service = &self.service;
        let file = service.add_file(&self.person, &self.id, name, media_type, content);
        let file = file.await?;
        self.attached.push(file.id.clone());
        Ok(file)
    }

    /// What a file of the conversation holds.
    ///
    /// # Errors
    /// There is none of this id.
    pub async fn content(&self, file: &File) -> Result<Bytes, Error> {
        let found = self.service.file(&self.person, &self.id, &file.id).await?;
        let found = found.ok_or_else(|| Error::UnknownFile {
            id: file.id.clone(),
        })?;
        Ok(found.1)
    }

    /// What the person decides from now on about calls that ask.
    pub fn decide(&mut self, decision: Decision) {
        self.decision = Some(decision);
    }

    /// Begins another conversation of the same person: what they always allow stays allowed.
    ///
    /// # Errors
    /// The store failed.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.id = self.service.start(Some(&self.person)).await?;
        self.attached.clear();
        Ok(())
    }

    /// The service under test.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Asserts that all was used that the test has: the replies of its script, its answers, and what
    /// is in its recording.
    ///
    /// # Panics
    /// Something is left; it says what.
    #[track_caller]
    pub fn assert_all_used(&self) {
        let unasked = self.answers.left();
        let mut left: Vec<String> = unasked
            .map(|operation| format!("nobody called `{operation}`, which has an answer"))
            .collect();
        let replies = self.script.as_ref().map_or(0, Script::remaining);
        if replies > 0 {
            left.push(format!(
                "the script has replies that nobody asked for: {replies}"
            ));
        }
        if let Some(session) = &self.answers.session {
            left.extend(session.left());
        }
        assert!(left.is_empty(), "not all was used:\n{}", left.join("\n"));
    }

    async fn turn(
        &mut self,
        text: String,
        is_in_vain: bool,
        place: &'static Location<'static>,
    ) -> Result<Transcript, Error> {
        let said = Said {
            text: text.clone(),
            files: std::mem::take(&mut self.attached),
        };
        let heard = self.hear(said).await?;
        let messages = self.service.messages(&self.person, &self.id).await?;
        let messages = messages.ok_or(Error::UnknownConversation)?;
        let transcript = Transcript::new(text, &messages, heard, self.model.take());
        let mut wrong = self.answers.complaints.take();
        if wrong.is_empty() {
            match (transcript.failure(), is_in_vain) {
                (Some(failure), false) => wrong.push(format!("the turn failed: {failure}")),
                (None, true) => wrong.push("the turn was to fail, and was answered".to_owned()),
                _ => {}
            }
        }
        if wrong.is_empty() {
            return Ok(transcript);
        }
        Err(Error::Test {
            message: format!(
                "{}:{}: {}\n\nthe turn:\n{transcript:#}",
                place.file(),
                place.line(),
                wrong.join("\n").trim_end()
            ),
        })
    }

    /// Says something and lets the person decide what they are asked.
    async fn hear(&self, said: Said) -> Result<Heard, Error> {
        let complaints = &self.answers.complaints;
        let mut turn = self.service.say(&self.person, &self.id, said).await?;
        let mut decided = HashMap::new();
        let mut failure = None;
        while let Some(event) = turn.next().await {
            match event {
                Event::ConfirmationNeeded {
                    call_id,
                    name,
                    may_always_allow,
                    ..
                } => {
                    let decision = self.decision.unwrap_or_else(|| {
                        complaints.add(format!(
                            "`{name}` asks first, and nothing is decided\n\
                             help: give the test `.decide(Decision::Allow)`, or another decision"
                        ));
                        Decision::Decline
                    });
                    turn.decide(&call_id, decision);
                    let question = Decided {
                        decision,
                        may_always_allow,
                    };
                    decided.insert(call_id, question);
                }
                Event::SignInNeeded {
                    call_id, name, api, ..
                } => {
                    if self.decision != Some(Decision::Decline) {
                        complaints.add(format!(
                            "`{name}` wants the person to sign in to {api}, and nobody does\n\
                             help: set a credential, `.service(|it| it.credential(...))`"
                        ));
                    }
                    turn.decide(&call_id, Decision::Decline);
                }
                Event::Failed { message } => failure = Some(message),
                _ => {}
            }
        }
        Ok(Heard { decided, failure })
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("service", &self.service)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
