//! What happened in a turn, and assertions about it.

use std::{collections::HashMap, fmt};

use serde_json::Value;

use super::arguments::{holds, read};
use crate::{
    action::Action,
    conversation::Decision,
    message::{Citation, File, HostedCall, Message, ToolCall, last_said},
    model::Request,
};

/// The most characters that are shown of what a call brought.
const SHOWN: usize = 1_000;

/// What happened in a turn of a test.
///
/// It prints as it went: what was said, what was asked and called, and the answer; `{:#}` also what
/// the calls brought. Ids of files, which are others each time, print as `FILE-1` and so on.
#[derive(Clone, Debug)]
pub struct Transcript {
    said: String,
    calls: Vec<Called>,
    text: String,
    citations: Vec<Citation>,
    files: Vec<File>,
    failure: Option<String>,
    requests: Vec<Request>,
}

/// A call that the model made, and what came of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Called {
    /// The tool's name.
    pub name: String,
    /// What the model wrote.
    pub arguments: Value,
    /// What the person decided, where the call asked first.
    pub decision: Option<Decision>,
    /// What the model was shown; empty where the turn ended before.
    pub result: String,
    /// Whether it failed, was refused or declined.
    pub is_error: bool,
    may_always_allow: bool,
}

/// What is not in the messages of a turn.
pub(super) struct Heard {
    /// By the ids of the calls.
    pub(super) decided: HashMap<String, Decided>,
    pub(super) failure: Option<String>,
}

/// What a person was asked, and decided.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub(super) decision: Decision,
    pub(super) may_always_allow: bool,
}

impl Transcript {
    pub(super) fn new(
        said: String,
        messages: &[Message],
        heard: Heard,
        requests: Vec<Request>,
    ) -> Self {
        let last = last_said(messages).map_or(0, |index| index + 1);
        let mut transcript = Self {
            said,
            calls: Vec::new(),
            text: String::new(),
            citations: Vec::new(),
            files: Vec::new(),
            failure: heard.failure,
            requests,
        };
        let mut ids = Vec::new();
        for message in messages.iter().skip(last) {
            match message {
                Message::User { .. } => {}
                Message::Assistant {
                    text,
                    calls,
                    hosted_calls,
                    citations,
                    files,
                    ..
                } => {
                    if !transcript.text.is_empty() && !text.is_empty() {
                        transcript.text.push_str("\n\n");
                    }
                    transcript.text.push_str(text);
                    let hosted = hosted_calls.iter().map(|it| (&it.id, Called::hosted(it)));
                    let called = calls.iter().map(|call| {
                        let decided = heard.decided.get(&call.id).copied();
                        (&call.id, Called::new(call, decided))
                    });
                    for (id, call) in hosted.chain(called) {
                        ids.push(id.clone());
                        transcript.calls.push(call);
                    }
                    transcript.citations.extend(citations.iter().cloned());
                    transcript.files.extend(files.iter().cloned());
                }
                Message::Tool {
                    call_id,
                    text,
                    is_error,
                    files,
                    ..
                } => {
                    let index = ids.iter().position(|id| id == call_id);
                    if let Some(call) = index.and_then(|index| transcript.calls.get_mut(index)) {
                        call.result.clone_from(text);
                        call.is_error = *is_error;
                    }
                    transcript.files.extend(files.iter().cloned());
                }
            }
        }
        transcript
    }

    /// What the model said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The calls that the model made, in its order, also those that were refused or declined.
    pub fn calls(&self) -> &[Called] {
        &self.calls
    }

    /// The sources of the answer.
    pub fn citations(&self) -> &[Citation] {
        &self.citations
    }

    /// The files that calls brought and the model made.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Why the turn failed, where it did.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// What the model was asked: a request, and one more for the results of each round of calls.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The arguments of the one call of an action.
    ///
    /// # Panics
    /// There is none, there are several, or its arguments are not as described.
    #[track_caller]
    pub fn call<A: Action>(&self) -> A {
        let name = A::operation().tool.name;
        let mut calls = self.calls_of::<A>();
        match (calls.pop(), calls.len()) {
            (Some(call), 0) => call,
            (None, _) => self.fail(&format!("`{name}` was not called")),
            (Some(_), others) => self.fail(&format!(
                "`{name}` was called {} times, not once",
                others + 1
            )),
        }
    }

    /// The arguments of all calls of an action, in their order.
    ///
    /// # Panics
    /// The arguments of one are not as described.
    #[track_caller]
    pub fn calls_of<A: Action>(&self) -> Vec<A> {
        let name = A::operation().tool.name;
        let mut calls = Vec::new();
        for call in self.calls.iter().filter(|it| it.name == name) {
            match read(&call.arguments) {
                Ok(arguments) => calls.push(arguments),
                Err(wrong) => self.fail(&format!(
                    "`{name}` was called with arguments that are not as described: {wrong}"
                )),
            }
        }
        calls
    }

    /// Asserts that the model called these tools, in this order, and no others.
    ///
    /// # Panics
    /// It called others.
    #[track_caller]
    pub fn assert_calls<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let expected: Vec<&str> = names.into_iter().collect();
        let called: Vec<&str> = self.calls.iter().map(|it| &*it.name).collect();
        if called != expected {
            self.fail(&format!(
                "expected {}, called {}",
                listed(&expected),
                listed(&called)
            ));
        }
    }

    /// Asserts that the model called a tool with these arguments, and maybe more of them.
    ///
    /// # Panics
    /// No call of the tool has them.
    #[track_caller]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "arguments are written in the call, where a reference would be noise"
    )]
    pub fn assert_called(&self, name: &str, arguments: Value) {
        let mut calls = self.calls.iter().filter(|it| it.name == name);
        if !calls.any(|it| holds(&it.arguments, &arguments)) {
            self.fail(&format!("no call of `{name}` has {arguments}"));
        }
    }

    /// Asserts that the calls of these tools asked the person first, in this order, and no others.
    ///
    /// # Panics
    /// Others asked.
    #[track_caller]
    pub fn assert_asks<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let expected: Vec<&str> = names.into_iter().collect();
        let asked = self.calls.iter().filter(|it| it.decision.is_some());
        let asked: Vec<&str> = asked.map(|it| &*it.name).collect();
        if asked != expected {
            self.fail(&format!(
                "expected questions about {}, there were about {}",
                listed(&expected),
                listed(&asked)
            ));
        }
    }

    /// Asserts that the answer has this text in it.
    ///
    /// # Panics
    /// It has not.
    #[track_caller]
    pub fn assert_says(&self, text: &str) {
        if !self.text.contains(text) {
            self.fail(&format!("the answer does not say `{text}`"));
        }
    }

    /// Asserts that the answer names this address as a source.
    ///
    /// # Panics
    /// It does not.
    #[track_caller]
    pub fn assert_cites(&self, url: &str) {
        if !self.citations.iter().any(|it| it.url == url) {
            let cited: Vec<&str> = self.citations.iter().map(|it| &*it.url).collect();
            self.fail(&format!(
                "the answer does not cite `{url}`, it cites {}",
                listed(&cited)
            ));
        }
    }

    #[track_caller]
    fn fail(&self, wrong: &str) -> ! {
        panic!("{wrong}\n\nthe turn:\n{self:#}")
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => format!("`{}`", names.join("`, `")),
    }
}

impl Called {
    fn new(call: &ToolCall, decided: Option<Decided>) -> Self {
        Self {
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            decision: decided.map(|it| it.decision),
            result: String::new(),
            is_error: false,
            may_always_allow: decided.is_some_and(|it| it.may_always_allow),
        }
    }

    fn hosted(call: &HostedCall) -> Self {
        Self {
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            decision: None,
            result: call.result.clone(),
            is_error: call.is_error,
            may_always_allow: false,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, files: &[File]) -> fmt::Result {
        let name = &self.name;
        if let Some(decision) = self.decision {
            let always = if self.may_always_allow {
                ", or always"
            } else {
                ""
            };
            writeln!(f, "asks for {name}{always}")?;
            if decision == Decision::Decline {
                return writeln!(f, "declined {name} {}", self.arguments);
            }
        }
        writeln!(
            f,
            "calls {name} {}",
            stable(&self.arguments.to_string(), files)
        )?;
        if !self.is_error && !f.alternate() {
            return Ok(());
        }
        let result = stable(&self.result, files);
        let shown: String = result.chars().take(SHOWN).collect();
        let more = if shown.len() < result.len() {
            " ..."
        } else {
            ""
        };
        let shown = shown.replace('\n', "\n    ");
        let what = if self.is_error { "failed: " } else { "" };
        writeln!(f, "    {what}{shown}{more}")
    }
}

/// A text without the ids of files, which are others each time.
fn stable(text: &str, files: &[File]) -> String {
    let mut text = text.to_owned();
    for (index, file) in files.iter().enumerate() {
        text = text.replace(&file.id, &format!("FILE-{}", index + 1));
    }
    text
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "> {}", self.said)?;
        for call in &self.calls {
            call.write(f, &self.files)?;
        }
        if !self.text.is_empty() {
            writeln!(f, "\n{}", stable(&self.text, &self.files))?;
        }
        match &self.failure {
            Some(failure) => writeln!(f, "\nfailed: {failure}"),
            None => Ok(()),
        }
    }
}
