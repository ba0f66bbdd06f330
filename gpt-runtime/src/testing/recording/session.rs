//! A recording in use: played in the order in which a test asks, or made while it does.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};

use super::{
    super::{answers::Complaints, difference::difference},
    AGAIN, Answered, Contents, Recorded, Replied,
    answer::Kept,
    model::{Piece, Played},
    named,
    question::{self, Names},
};
use crate::{
    action::Operation,
    credential::Credentials,
    error::Error,
    gpt::BuiltInTool,
    invoke::stand_in::Plain,
    model::{Model, Request},
};

/// A recording that is played, or being made.
pub(in super::super) struct Session {
    path: PathBuf,
    is_new: bool,
    pub(super) complaints: Complaints,
    state: Mutex<State>,
}

struct State {
    contents: Contents,
    /// The requests to the model, whole.
    questions: Vec<Map<String, Value>>,
    /// Which replies were given.
    replies: Vec<bool>,
    /// Which answers were given.
    answers: Vec<bool>,
    names: Names,
}

impl Session {
    pub(super) fn new(
        path: PathBuf,
        is_new: bool,
        contents: Contents,
        complaints: Complaints,
    ) -> Self {
        let mut questions: Vec<Map<String, Value>> = Vec::new();
        for reply in contents.model.iter().flat_map(|it| &it.replies) {
            questions.push(question::whole(&reply.request, questions.last()));
        }
        Self {
            path,
            is_new,
            complaints,
            state: Mutex::new(State {
                replies: vec![false; questions.len()],
                answers: vec![false; contents.answers.len()],
                questions,
                contents,
                names: Names::default(),
            }),
        }
    }

    /// Whether it is being made.
    pub(in super::super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// The model that plays what was recorded, or is recorded.
    pub(in super::super) fn model(
        self: &Arc<Self>,
        live: Option<Arc<dyn Model>>,
    ) -> Result<impl Model, Error> {
        let mut state = self.state();
        if let Some(live) = &live {
            let hosts = BuiltInTool::ALL.into_iter().filter(|it| live.hosts(*it));
            state.contents.model = Some(Recorded {
                name: live.name().to_owned(),
                hosts: hosts.map(|it| it.name().to_owned()).collect(),
                replies: Vec::new(),
            });
        }
        let Some(recorded) = &state.contents.model else {
            return Err(Error::Setting {
                name: named(&self.path),
                message: "it has no replies of a model\nhelp: give the test a model or a \
                          script, or make it anew with `GPT_RECORD=1`"
                    .to_owned(),
            });
        };
        Ok(Played::new(
            recorded.name.clone(),
            recorded.hosts.clone(),
            Arc::clone(self),
            live,
        ))
    }

    /// What was replied to a request.
    pub(super) fn reply(&self, request: &Request) -> Result<Vec<Piece>, String> {
        let mut state = self.state();
        let state = &mut *state;
        let asked = question::question(request, &mut state.names);
        let unused = |index: &usize| !state.replies[*index];
        let next = (0..state.replies.len()).find(unused);
        let found = (0..state.replies.len())
            .filter(unused)
            .find(|index| state.questions[*index] == asked);
        if let (Some(index), Some(recorded)) = (found, &state.contents.model) {
            state.replies[index] = true;
            let pieces = recorded.replies[index].reply.iter();
            return Ok(pieces.map(|it| it.renamed(&state.names, false)).collect());
        }
        let name = named(&self.path);
        Err(match next {
            None => format!(
                "{name} has no reply to request {number} to the model\n{AGAIN}",
                number = state.replies.len() + 1
            ),
            Some(next) => format!(
                "{name} has request {number} to the model otherwise\n{AGAIN}\n\
                 `-` as it is recorded, `+` as it is now\n{}",
                difference(
                    &Value::Object(state.questions[next].clone()),
                    &Value::Object(asked)
                ),
                number = next + 1,
            ),
        })
    }

    /// Keeps what a model replied.
    pub(super) fn keep_reply(&self, request: &Request, reply: &[Piece]) -> Result<(), String> {
        let mut state = self.state();
        let state = &mut *state;
        let asked = question::question(request, &mut state.names);
        let short = question::short(&asked, state.questions.last());
        let reply = reply.iter().map(|it| it.renamed(&state.names, true));
        let reply = reply.collect();
        if let Some(recorded) = &mut state.contents.model {
            let request = short;
            recorded.replies.push(Replied { request, reply });
        }
        state.questions.push(asked);
        state.replies.push(true);
        self.write(&state.contents)
    }

    /// What was answered to a call.
    pub(in super::super) fn answer(
        &self,
        operation: &Operation,
        arguments: &Value,
    ) -> Result<Plain, String> {
        let mut state = self.state();
        let state = &mut *state;
        let answers = &state.contents.answers;
        let is_of = |index: &usize| {
            let it = &answers[*index];
            !state.answers[*index] && it.api == operation.api.name && it.operation == operation.id
        };
        let found = (0..answers.len())
            .filter(is_of)
            .find(|index| answers[*index].arguments == *arguments);
        if let Some(index) = found {
            state.answers[index] = true;
            return answers[index].answer.plain();
        }
        let (id, name) = (operation.id, named(&self.path));
        Err(match (0..answers.len()).find(is_of) {
            None => format!("{name} has no further answer of `{id}` to {arguments}\n{AGAIN}"),
            Some(other) => format!(
                "{name} has `{id}` with other arguments\n{AGAIN}\n\
                 `-` as it is recorded, `+` as it is now\n{}",
                difference(&answers[other].arguments, arguments)
            ),
        })
    }

    /// Keeps what was answered to a call; what is left of it, as it will be played.
    pub(in super::super) fn keep_answer(
        &self,
        operation: &Operation,
        arguments: Value,
        answer: &Plain,
        credentials: &Credentials,
    ) -> Result<Plain, String> {
        let kept = Kept::new(operation, answer, credentials);
        let plain = kept.plain()?;
        let mut state = self.state();
        state.contents.answers.push(Answered {
            api: operation.api.name.to_owned(),
            operation: operation.id.to_owned(),
            arguments,
            answer: kept,
        });
        state.answers.push(true);
        self.write(&state.contents)?;
        Ok(plain)
    }

    /// What was recorded and not asked for.
    pub(in super::super) fn left(&self) -> Vec<String> {
        let state = self.state();
        let name = named(&self.path);
        let replies = state.replies.iter().filter(|it| !**it).count();
        let replies =
            (replies > 0).then(|| format!("{name} has replies that nobody asked for: {replies}"));
        let answers = state.contents.answers.iter().zip(&state.answers);
        let answers = answers.filter(|(_, is_used)| !**is_used);
        let answers = answers.map(|(it, _)| {
            format!(
                "{name} has a call that nobody made: `{}` with {}",
                it.operation, it.arguments
            )
        });
        replies.into_iter().chain(answers).collect()
    }

    fn write(&self, contents: &Contents) -> Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| {
            format!("{} cannot be written: {error}", named(&self.path))
        };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let text = serde_json::to_string_pretty(contents).map_err(|error| failed(&error))?;
        fs::write(&self.path, text + "\n").map_err(|error| failed(&error))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
