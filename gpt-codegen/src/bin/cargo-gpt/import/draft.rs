//! What a source says of a GPT, before it is a project.

use serde_json::Value;

use super::{authentication::Authentication, place::Place};

/// A GPT as a source has it.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) instructions: Option<String>,
    /// `None` where the source knows none, so that some are suggested.
    pub(crate) starters: Option<Vec<String>>,
    /// Built-in tools, as `#[gpt]` spells them.
    pub(crate) tools: Vec<&'static str>,
    pub(crate) visibility: Visibility,
    pub(crate) category: Option<&'static str>,
    pub(crate) privacy_policy: Option<String>,
    pub(crate) apis: Vec<Api>,
    /// What could not be taken over, each with what to do instead.
    pub(crate) notes: Vec<String>,
    /// Values that are written nowhere.
    pub(crate) secrets: Vec<String>,
}

/// An API as a source has it.
#[derive(Debug)]
pub(crate) struct Api {
    /// What its description is called, without an extension.
    pub(crate) stem: String,
    pub(crate) text: String,
    /// Where its references are relative to.
    pub(crate) place: Place,
    /// Whether the description itself lies there, so that reports can name it.
    pub(crate) is_there: bool,
    pub(crate) authentication: Option<Authentication>,
    /// The security scheme of that authentication, once the description has it.
    pub(crate) scheme: Option<String>,
    /// The operations to take; all where there is none.
    pub(crate) operations: Vec<String>,
}

/// Who may use a GPT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Visibility {
    #[default]
    OnlyMe,
    Link,
    Everyone,
}

impl Visibility {
    /// As `#[gpt]` spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OnlyMe => "only_me",
            Self::Link => "link",
            Self::Everyone => "everyone",
        }
    }
}

impl Draft {
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Takes a built-in tool, once.
    pub(crate) fn add_tool(&mut self, tool: &'static str) {
        if !self.tools.contains(&tool) {
            self.tools.push(tool);
        }
    }

    /// Takes a category by its name at ChatGPT.
    pub(crate) fn set_category(&mut self, name: &str) {
        const CATEGORIES: [&str; 7] = [
            "writing",
            "productivity",
            "research",
            "education",
            "lifestyle",
            "programming",
            "other",
        ];
        let known = CATEGORIES.iter().find(|it| it.eq_ignore_ascii_case(name));
        match known {
            Some(known) => self.category = Some(known),
            None => self.note(format!(
                "there is no category `{name}`: choose one yourself"
            )),
        }
    }

    /// Takes the address of a privacy policy; a GPT has one.
    pub(crate) fn add_privacy_policy(&mut self, url: &str) {
        if url.is_empty() {
            return;
        }
        if let Some(known) = &self.privacy_policy
            && known != url
        {
            self.note(format!(
                "a GPT has one privacy policy, which is `{known}`: `{url}` is left out"
            ));
            return;
        }
        self.privacy_policy = Some(url.to_owned());
    }

    /// Keeps a value out of all that is written.
    pub(crate) fn add_secret(&mut self, value: &Value) {
        if let Some(text) = value.as_str().filter(|it| !it.is_empty()) {
            self.secrets.push(text.to_owned());
        }
    }
}

/// A text of a source, without spaces around it; `None` where it says nothing.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of a list.
pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array()?.iter().filter_map(text);
    Some(list.collect())
}
