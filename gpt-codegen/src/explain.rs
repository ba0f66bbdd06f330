//! What each lint is for, for people: the catalogue of `cargo gpt explain`.

use crate::{
    Error,
    lint::catalogue::{Group, LINTS, lint},
    nearest::nearest,
};

/// A lint, as `cargo gpt explain` shows it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The name by which [`Config`](crate::Config) sets its level.
    pub name: &'static str,
    /// `portable`, `provider` or `chatgpt`: the name that sets the levels of all its kind.
    pub group: &'static str,
    /// `deny`, `warn` or `allow`, unless the configuration says otherwise.
    pub level: &'static str,
    /// Its reason with a wrong and a right example, as Markdown.
    pub text: &'static str,
}

impl Explanation {
    /// The first paragraph: why the lint exists.
    pub fn reason(&self) -> &'static str {
        // Behind the heading and the line with group and level.
        let mut paragraphs = self.text.split("\n\n").skip(2);
        paragraphs.next().unwrap_or_default()
    }
}

/// All lints, by name.
pub fn explanations() -> impl Iterator<Item = Explanation> {
    LINTS.iter().map(|lint| Explanation {
        name: lint.name,
        group: lint.group.name(),
        level: lint.level.name(),
        text: lint.explanation,
    })
}

/// What a lint is for.
///
/// # Errors
///
/// When there is no lint of this name.
pub fn explain(name: &str) -> Result<Explanation, Error> {
    let found = lint(name).and_then(|lint| explanations().find(|it| it.name == lint.name));
    found.ok_or_else(|| {
        let names = LINTS.iter().map(|lint| lint.name);
        let instead = nearest(name, names).map_or_else(
            || "`cargo gpt explain` lists them".to_owned(),
            |known| format!("did you mean `{known}`?"),
        );
        Error::new(format!("there is no lint `{name}`"), instead)
    })
}

/// The names of lints by group and level, as `cargo gpt explain` lists them.
pub fn list() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text.extend([group.name(), ":\n"]);
        for lint in explanations().filter(|it| it.group == group.name()) {
            text.extend(["  ", &format!("{:<5}", lint.level), "  ", lint.name, "\n"]);
        }
    }
    text
}

/// The page that lists all lints with their reasons, as Markdown: `lints/README.md`.
pub fn catalogue() -> String {
    let mut text = CATALOGUE.to_owned();
    for group in Group::ALL {
        let name = group.name();
        text.extend(["\n## ", name, "\n\n", about(group), "\n\n"]);
        text.push_str("| lint | level | reason |\n|---|---|---|\n");
        for lint in explanations().filter(|it| it.group == name) {
            let reason = first_sentence(lint.reason());
            let (name, level) = (lint.name, lint.level);
            text.extend([format!("| [{name}]({name}.md) | {level} | {reason} |\n")]);
        }
    }
    text.push_str(EDITOR);
    for (message, lint) in EDITOR_MESSAGES {
        text.extend([format!("| {message} | [{lint}]({lint}.md) |\n")]);
    }
    text
}

const EDITOR: &str = "
## What the editor of ChatGPT says

Each of its messages, shortened as people quote them, with the lint that finds the same. Some are \
mistakes for everybody and on by default.

| message | lint |
|---|---|
";

const EDITOR_MESSAGES: [(&str, &str); 23] = [
    (
        "('openapi',): Input should be '3.1.1' or '3.1.0'",
        "chatgpt-version",
    ),
    ("('info','title'): field required", "invalid-info"),
    ("Could not find a valid URL in `servers`", "missing-server"),
    (
        "Multiple servers found, using …; Found multiple hostnames, dropping …",
        "several-servers",
    ),
    (
        "Server URL … is not under the root origin; ignoring it",
        "chatgpt-server",
    ),
    (
        "In components section, schemas subsection is not an object",
        "chatgpt-components",
    ),
    (
        "Components section contains a circular dependency",
        "chatgpt-circular-component",
    ),
    (
        "reference to unknown component …; using empty schema",
        "unresolved-reference",
    ),
    (
        "the same, of a reference that leads elsewhere",
        "chatgpt-reference",
    ),
    (
        "object schema missing properties",
        "chatgpt-object-without-properties",
    ),
    ("array schema missing items", "chatgpt-array-without-items"),
    (
        "Path … does not start with a slash; skipping",
        "invalid-path",
    ),
    (
        "Path … has unrecognized method …; skipping",
        "chatgpt-path-key",
    ),
    (
        "In path …, method … is missing operationId; skipping",
        "missing-operation-id",
    ),
    (
        "parameter … is has missing or non-string name; skipping",
        "chatgpt-parameter-reference",
    ),
    (
        "the same, of a parameter without a name",
        "invalid-parameter",
    ),
    (
        "parameter … has location header; ignoring",
        "chatgpt-header-parameter",
    ),
    (
        "parameter … is duplicated; skipping function due to errors",
        "chatgpt-repeated-parameter",
    ),
    (
        "request body schema is not an object schema; skipping",
        "chatgpt-body",
    ),
    (
        "description has length … exceeding limit of 300",
        "long-description",
    ),
    ("the same for a parameter, with 700", "long-description"),
    (
        "Found multiple security schemes, only 1 is supported",
        "chatgpt-security",
    ),
    (
        "OpenAPI spec can have a maximum of 30 operations",
        "many-operations",
    ),
];

const CATALOGUE: &str = "\
# Lints

What is said of a description, by name. `deny` is an error, `warn` a warning, `allow` is not looked \
for. `Config::allow`, `warn` and `deny` set the level of a lint or of all lints of a group, \
`x-gpt-lints: {NAME: allow}` in a description that of a lint within the object which holds it, and \
`cargo gpt explain NAME` shows the page of one.

This list is made from the code and the pages; a test holds them together.
";

fn about(group: Group) -> &'static str {
    match group {
        Group::Portable => "For every program that calls the API, and for every model.",
        Group::Provider => "The limits of one provider of models.",
        Group::ChatGpt => {
            "What the editor of ChatGPT does not take of an action's schema. Its rules are not \
             published; these are the messages that people met. `Config::warn(\"chatgpt\")` turns all \
             of them on."
        }
    }
}

/// The first sentence in one line, for a cell of a table.
fn first_sentence(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}
