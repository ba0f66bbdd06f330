//! What to do next: call a tool, ask for what is missing, or present what came back.

// Writing to a `String` cannot fail, so results of `write!` are not looked at.
use std::fmt::Write;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{
    arguments::Argument,
    notes, present,
    sentence::Sentence,
    tools::{Match, Tool, Tools},
};
use crate::{
    message::{Message, ToolCall},
    model::Request,
};

/// How many calls may lead to the one that answers.
const CHAIN: usize = 4;
/// How many calls are made for one message, whatever happens.
const CALLS: usize = 6;
/// How much of a message is read, in characters: whoever says more needs a language model.
const READ: usize = 4000;
/// What every question says; it is how an answer to one is recognised.
const QUESTION: &str = "I still need **";

/// What the model does next.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Say(String),
    Call(ToolCall),
}

/// Decides the next step.
pub(super) fn next(request: &Request, now: OffsetDateTime) -> Step {
    let tools = Tools::new(request);
    let Some(said) = position_of_last_user(&request.messages) else {
        return Step::Say(abilities(&tools, ""));
    };
    let (before, turn) = request.messages.split_at(said);
    let results = results(turn);
    if let Some(failed) = results.iter().find(|result| result.is_error) {
        return Step::Say(present::failure(&failed.call.name, failed.text));
    }
    let plan = Plan {
        instructions: &request.instructions,
        tools: &tools,
        earlier: self::results(before),
        results,
        now,
    };
    let Some((goal, talk)) = plan.goal(before, turn) else {
        let text = turn.first().map_or("", |message| match message {
            Message::User { text, .. } => text,
            _ => "",
        });
        return Step::Say(abilities(&tools, text));
    };
    plan.step(goal, &talk, request)
}

/// Names the files that came since the person spoke last, which nobody has read.
pub(super) fn got(request: &Request) -> String {
    let turn = position_of_last_user(&request.messages);
    let turn = turn.and_then(|said| request.messages.get(said..));
    let files = turn
        .into_iter()
        .flatten()
        .flat_map(|message| match message {
            Message::User { files, .. } | Message::Tool { files, .. } => files.as_slice(),
            Message::Assistant { .. } => &[],
        });
    let names: Vec<String> = files.map(|file| present::escape(&file.name)).collect();
    if names.is_empty() {
        return String::new();
    }
    let names = names.join(", ");
    format!("I got {names}, which only a language model can read.\n\n")
}

/// A call that was made, and its result.
#[derive(Clone, Copy, Debug)]
struct Outcome<'a> {
    call: &'a ToolCall,
    text: &'a str,
    is_error: bool,
}

/// What a person said about one goal, in order.
#[derive(Debug)]
struct Talk<'a> {
    sentences: Vec<&'a str>,
    /// The argument that the last sentence was asked for.
    asked: Option<String>,
    /// Whether results of earlier turns may be about something else.
    is_new_subject: bool,
}

struct Plan<'a> {
    instructions: &'a str,
    tools: &'a Tools<'a>,
    /// Of this turn.
    results: Vec<Outcome<'a>>,
    /// Of earlier turns.
    earlier: Vec<Outcome<'a>>,
    now: OffsetDateTime,
}

/// What a tool still needs before it answers.
enum Need {
    Nothing(Map<String, Value>),
    /// Another call first.
    Call(usize, Map<String, Value>),
    /// These arguments of this tool, from the person.
    Answer(usize, Vec<usize>),
}

impl<'a> Plan<'a> {
    /// The tool that is meant, and what was said about it.
    fn goal(&self, before: &'a [Message], turn: &'a [Message]) -> Option<(usize, Talk<'a>)> {
        let Some(Message::User { text: last, .. }) = turn.first() else {
            return None;
        };
        let last = beginning(last);
        let asked = before.last().and_then(question);
        let mut sentences: Vec<&str> = previous_sentences(before);
        let alone = self.tools.choose(last);
        if asked.is_some() {
            let first = sentences.first().and_then(|first| self.tools.choose(first));
            let goal = first.or_else(|| self.tools.choose(&sentences.join(" ")));
            // Someone who names another tool has changed the subject.
            let changed =
                |goal: Match| alone.is_some_and(|alone| alone.is_named && alone.tool != goal.tool);
            if let Some(goal) = goal.filter(|goal| !changed(*goal)) {
                sentences.push(last);
                let talk = Talk {
                    sentences,
                    asked,
                    is_new_subject: false,
                };
                return Some((goal.tool, talk));
            }
        }
        let talk = |sentences| Talk {
            sentences,
            asked: None,
            is_new_subject: asked.is_some(),
        };
        // `And in Texas?` goes on with what was asked before.
        let earlier = self.earlier.last();
        let earlier = earlier.and_then(|earlier| self.tools.find(&earlier.call.name));
        let goes_on = |alone: Match| !alone.is_named && earlier.is_some() && is_addition(last);
        if let Some(alone) = alone.filter(|alone| !goes_on(*alone)) {
            return Some((alone.tool, talk(vec![last])));
        }
        let goal = earlier?;
        let says_something = self.chain(goal).into_iter().any(|tool| {
            let tool = self.tools.list.get(tool);
            tool.is_some_and(|tool| !self.read(tool, last, &Map::new(), None).is_empty())
        });
        if !says_something && present::wanted_day(last, self.now.date()).is_none() {
            return None;
        }
        sentences.push(last);
        Some((goal, talk(sentences)))
    }

    /// A tool and those whose results it may need.
    fn chain(&self, goal: usize) -> Vec<usize> {
        let mut chain = vec![goal];
        for _ in 0..CHAIN {
            for (index, tool) in self.tools.list.iter().enumerate() {
                let is_needed = chain.iter().any(|other| {
                    let other = self.tools.list.get(*other);
                    other.is_some_and(|other| tool.is_step_to(other))
                });
                if is_needed && !chain.contains(&index) {
                    chain.push(index);
                }
            }
        }
        chain
    }

    fn step(&self, goal: usize, talk: &Talk<'_>, request: &Request) -> Step {
        let Some(tool) = self.tools.list.get(goal) else {
            return Step::Say(abilities(self.tools, ""));
        };
        let name = &tool.definition.name;
        let reached = self.results.iter().rev().find(|it| it.call.name == *name);
        let last = reached.or(self.results.last().filter(|_| self.results.len() >= CALLS));
        if let Some(outcome) = last {
            let sentence = talk.sentences.last().copied().unwrap_or_default();
            return Step::Say(present::result(outcome.text, sentence, self.now));
        }
        match self.need(goal, talk, CHAIN) {
            Need::Nothing(arguments) => Step::Call(call(request, name, arguments)),
            Need::Call(other, arguments) => match self.tools.list.get(other) {
                Some(other) => Step::Call(call(request, &other.definition.name, arguments)),
                None => Step::Say(abilities(self.tools, "")),
            },
            Need::Answer(other, missing) => Step::Say(self.ask(tool, other, &missing)),
        }
    }

    /// What a tool needs: its arguments come from what was said, from results of this turn, from
    /// another tool, from results of earlier turns, or from the person, in this order.
    fn need(&self, index: usize, talk: &Talk<'_>, depth: usize) -> Need {
        let Some(tool) = self.tools.list.get(index) else {
            return Need::Nothing(Map::new());
        };
        let mut values = self.values(tool, talk);
        take_over(tool, &self.results, &mut values);
        let missing = |values: &Map<String, Value>| -> Vec<usize> {
            let arguments = tool.arguments.iter().enumerate();
            arguments
                .filter(|(_, it)| it.required && !values.contains_key(&it.name))
                .map(|(at, _)| at)
                .collect()
        };
        let mut question = None;
        for (other_index, other) in self.tools.list.iter().enumerate() {
            let provides = missing(&values).into_iter().any(|at| {
                let needed = tool.arguments.get(at);
                needed.is_some_and(|needed| other.provides(needed, tool))
            });
            let name = &other.definition.name;
            let was_called = self.results.iter().any(|it| it.call.name == *name);
            if !provides || was_called || depth == 0 {
                continue;
            }
            match self.need(other_index, talk, depth - 1) {
                Need::Nothing(arguments) => return Need::Call(other_index, arguments),
                Need::Call(first, arguments) => return Need::Call(first, arguments),
                Need::Answer(whom, what) => question = question.or(Some((whom, what))),
            }
        }
        // What was found out about Denver says nothing about Miami.
        let last = talk.sentences.last().copied().unwrap_or_default();
        let is_elsewhere =
            talk.is_new_subject || Sentence::new(last).names_something(&self.tools.vocabulary);
        if !missing(&values).is_empty() && !is_elsewhere {
            take_over(tool, &self.earlier, &mut values);
        }
        match (missing(&values), question) {
            (missing, _) if missing.is_empty() => Need::Nothing(values),
            // What a tool finds out, a person rather says in the words that tool needs.
            (_, Some((whom, what))) => Need::Answer(whom, what),
            (missing, None) => Need::Answer(index, missing),
        }
    }

    /// What was said about a tool's arguments; later words replace earlier ones.
    fn values(&self, tool: &Tool<'_>, talk: &Talk<'_>) -> Map<String, Value> {
        let mut values = Map::new();
        let last = talk.sentences.len().saturating_sub(1);
        for (at, sentence) in talk.sentences.iter().enumerate() {
            let asked = talk.asked.as_deref().filter(|_| at == last);
            let found = self.read(tool, sentence, &values, asked);
            values.extend(found);
        }
        values
    }

    /// The values in one sentence, and in the notes of the instructions about what it names.
    fn read(
        &self,
        tool: &Tool<'_>,
        sentence: &str,
        known: &Map<String, Value>,
        asked: Option<&str>,
    ) -> Map<String, Value> {
        let fill = |text: &str, known: &Map<String, Value>, asked| {
            Sentence::new(text).fill(
                &tool.arguments,
                known,
                asked,
                &self.tools.vocabulary,
                self.now.date(),
            )
        };
        let mut values = fill(sentence, known, asked);
        for note in notes::about(sentence, self.instructions) {
            let known = values.clone();
            for (name, value) in fill(note, &known, None) {
                values.entry(name).or_insert(value);
            }
        }
        values
    }

    fn ask(&self, goal: &Tool<'_>, whom: usize, missing: &[usize]) -> String {
        let arguments = self.tools.list.get(whom).map(|tool| &tool.arguments);
        let missing: Vec<&Argument> = missing
            .iter()
            .filter_map(|at| arguments?.get(*at))
            .collect();
        let summary = lower_first(goal.summary());
        let names: Vec<String> = missing.iter().map(|it| format!("{}**", it.name)).collect();
        let names = match names.as_slice() {
            [before @ .., last] if !before.is_empty() => {
                format!("{} and **{last}", before.join(", **"))
            }
            names => names.concat(),
        };
        let mut text = format!("For “{summary}” {QUESTION}{names}.");
        for argument in &missing {
            let description = argument.description.trim();
            if !description.is_empty() {
                let _ = write!(
                    text,
                    "\n- {}: {}",
                    argument.name,
                    present::clip(description, 300)
                );
            }
        }
        text
    }
}

/// Fills required arguments from results that hold something of that name, the newest first.
fn take_over(tool: &Tool<'_>, results: &[Outcome<'_>], values: &mut Map<String, Value>) {
    for argument in tool.arguments.iter().filter(|it| it.required) {
        if values.contains_key(&argument.name) {
            continue;
        }
        let found = results
            .iter()
            .rev()
            .filter(|result| !result.is_error)
            .find_map(|result| find_value(argument, result));
        if let Some(value) = found {
            values.insert(argument.name.clone(), value);
        }
    }
}

/// The value of an argument in a result, by its name.
fn find_value(argument: &Argument, result: &Outcome<'_>) -> Option<Value> {
    let json = present::json(result.text)?;
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let wanted = plain(&argument.name);
    if let Some(value) = find_key(&json, &|key| plain(key) == wanted, argument) {
        return Some(value);
    }
    // `petId` is the `id` in what `findPets` returns.
    let of = wanted.strip_suffix("id").filter(|of| !of.is_empty())?;
    let from = plain(&result.call.name);
    from.contains(of)
        .then(|| find_key(&json, &|key| plain(key) == "id", argument))
        .flatten()
}

/// The first fitting value under a key, those nearest to the root first.
fn find_key(root: &Value, is_key: &dyn Fn(&str) -> bool, argument: &Argument) -> Option<Value> {
    let mut level = vec![root];
    while !level.is_empty() {
        let mut next = Vec::new();
        for value in level {
            match value {
                Value::Object(fields) => {
                    for (key, field) in fields {
                        if is_key(key)
                            && let Some(value) = argument.accept(field)
                        {
                            return Some(value);
                        }
                        next.push(field);
                    }
                }
                Value::Array(items) => next.extend(items),
                _ => {}
            }
        }
        level = next;
    }
    None
}

fn beginning(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(READ)
        .map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default()
}

fn position_of_last_user(messages: &[Message]) -> Option<usize> {
    messages
        .iter()
        .rposition(|message| matches!(message, Message::User { .. }))
}

fn results(messages: &[Message]) -> Vec<Outcome<'_>> {
    let mut calls: Vec<&ToolCall> = Vec::new();
    let mut results = Vec::new();
    for message in messages {
        match message {
            Message::Assistant { calls: made, .. } => calls.extend(made),
            Message::Tool {
                call_id,
                text,
                is_error,
                ..
            } => {
                let call = calls.iter().find(|call| call.id == *call_id);
                results.extend(call.map(|call| Outcome {
                    call,
                    text,
                    is_error: *is_error,
                }));
            }
            Message::User { .. } => {}
        }
    }
    results
}

/// The argument that a message of ours asks for.
fn question(message: &Message) -> Option<String> {
    let Message::Assistant { text, .. } = message else {
        return None;
    };
    let (_, asked) = text.split_once(QUESTION)?;
    asked.split_once("**").map(|(name, _)| name.to_owned())
}

/// What the person said before, back to where the subject began.
fn previous_sentences(before: &[Message]) -> Vec<&str> {
    let mut sentences = Vec::new();
    for message in before.iter().rev() {
        match message {
            Message::User { text, .. } => sentences.push(beginning(text)),
            Message::Assistant { .. } if sentences.is_empty() || question(message).is_some() => {}
            Message::Tool { .. } if sentences.is_empty() => {}
            _ => break,
        }
    }
    sentences.reverse();
    sentences
}

fn call(request: &Request, name: &str, arguments: Map<String, Value>) -> ToolCall {
    let made = request.messages.iter().map(|message| match message {
        Message::Assistant { calls, .. } => calls.len(),
        _ => 0,
    });
    ToolCall {
        id: format!("call_{}", made.sum::<usize>() + 1),
        name: name.to_owned(),
        arguments: Value::Object(arguments),
    }
}

/// What to say when nothing is to be called.
fn abilities(tools: &Tools<'_>, said: &str) -> String {
    const SHOWN: usize = 12;
    let is_question = !super::words::stems(said).is_empty();
    let lead = if is_question {
        "I did not recognise that. "
    } else {
        ""
    };
    let why = "No language model is configured, so I only match words.";
    if tools.list.is_empty() {
        return format!("{lead}{why} There are no actions I could call.");
    }
    let mut text = format!("{lead}{why} Ask me for one of these:\n");
    for tool in tools.list.iter().take(SHOWN) {
        let _ = write!(text, "\n- {}", present::clip(tool.summary(), 160));
    }
    if tools.list.len() > SHOWN {
        let _ = write!(text, "\n- … and {} more", tools.list.len() - SHOWN);
    }
    text
}

/// Whether a sentence only adds to what was said before.
fn is_addition(sentence: &str) -> bool {
    let words = super::words::split(sentence);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["and" | "or" | "also" | "but" | "same", ..] | ["what" | "how", "about", ..]
    )
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    let rest = letters.as_str();
    // `NASA images` keeps its capitals.
    if rest.starts_with(char::is_uppercase) {
        return text.to_owned();
    }
    first
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(rest.chars())
        .collect()
}
