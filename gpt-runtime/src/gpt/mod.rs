//! The definition of a GPT.

mod action_set;

use std::{any::Any, borrow::Cow};

pub use action_set::{ActionSet, ActionSettings, Authentication, Confirm};

use crate::{action::Operation, check::next_reference};

/// A GPT: what the `#[gpt]` attribute implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a GPT",
    label = "put `#[gpt(...)]` on this type"
)]
pub trait Gpt: Any + Send + Sync {
    /// What it is.
    fn definition(&self) -> &'static Definition;
}

/// What a GPT is: instructions, starters, tools, actions and who may use it.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name people see.
    pub name: &'static str,
    /// One or two sentences about it.
    pub description: &'static str,
    /// What the model is told. `{{getForecast}}` in it, the `operationId` of an action, stands for
    /// the name that its tool has for the model.
    pub instructions: &'static str,
    /// Messages offered when a conversation is empty.
    pub starters: &'static [&'static str],
    /// Built-in tools it may use.
    pub tools: &'static [BuiltInTool],
    /// The operations it may call, grouped as they were named.
    pub actions: &'static [ActionSet],
    /// Who may use it.
    pub visibility: Visibility,
    /// The address of the privacy policy.
    pub privacy_policy: Option<&'static str>,
    /// Where a list of GPTs has it.
    pub category: Option<Category>,
    /// Where else it is meant to be used: their demands are checked too.
    pub hosts: &'static [Host],
    /// The most tokens that instructions and tools may take of each request to a model, at about
    /// four characters each.
    pub max_tokens: Option<usize>,
}

impl Definition {
    /// A GPT for its owner alone, without tools and actions.
    ///
    /// ```
    /// use gpt_runtime::gpt::{Definition, Visibility};
    ///
    /// static DESK: Definition = Definition {
    ///     starters: &["What can you do?"],
    ///     visibility: Visibility::Everyone,
    ///     ..Definition::new("Desk", "Answers anything.", "Answer briefly.")
    /// };
    /// # assert!(DESK.actions.is_empty());
    /// ```
    pub const fn new(
        name: &'static str,
        description: &'static str,
        instructions: &'static str,
    ) -> Self {
        Self {
            name,
            description,
            instructions,
            starters: &[],
            tools: &[],
            actions: &[],
            visibility: Visibility::OnlyMe,
            privacy_policy: None,
            category: None,
            hosts: &[],
            max_tokens: None,
        }
    }

    /// The instructions, with the names of tools where they refer to operations.
    pub fn instructions_with_tool_names(&self) -> Cow<'static, str> {
        let text = self.instructions;
        let mut told = String::new();
        let (mut from, mut copied) = (0, 0);
        while let Some((start, end)) = next_reference(text, from) {
            let name = &text[start..end];
            let operation = self.actions.iter().find_map(|set| {
                let operation = set.operations.iter().find(|it| it.id == name)?;
                Some(set.tool_name(operation))
            });
            told.push_str(&text[copied..start - 2]);
            told.push_str(operation.unwrap_or(name));
            (from, copied) = (end, end + 2);
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        told.push_str(&text[copied..]);
        Cow::Owned(told)
    }

    /// All operations the GPT may call, with what is set for them.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> + use<> {
        self.actions.iter().flat_map(ActionSet::operations)
    }
}

/// The most characters of a slug.
pub(crate) const LONGEST_SLUG: usize = 64;

/// What a GPT is called in addresses: `weather-desk` for `Weather Desk`. Empty where nothing of the
/// name can stand there.
pub(crate) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(LONGEST_SLUG).collect()
}

/// A tool that the model's provider or the runtime brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuiltInTool {
    /// Searches the web.
    WebSearch,
    /// Draws images.
    ImageGeneration,
    /// Runs code in a sandbox.
    CodeInterpreter,
}

impl BuiltInTool {
    pub(crate) const ALL: [Self; 3] = [
        Self::WebSearch,
        Self::ImageGeneration,
        Self::CodeInterpreter,
    ];

    /// Its name as `#[gpt]` and model providers spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebSearch => "web_search",
            Self::ImageGeneration => "image_generation",
            Self::CodeInterpreter => "code_interpreter",
        }
    }
}

/// Who may use a GPT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Its owner alone.
    #[default]
    OnlyMe,
    /// Anyone who has the link.
    Link,
    /// Everyone.
    Everyone,
}

impl Visibility {
    /// Its name as `#[gpt]` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnlyMe => "only_me",
            Self::Link => "link",
            Self::Everyone => "everyone",
        }
    }
}

/// What a GPT is for, in the words of the ChatGPT store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Category {
    /// Texts of all kinds.
    Writing,
    /// Work that gets done.
    Productivity,
    /// Finding, reading and understanding.
    Research,
    /// Learning and teaching.
    Education,
    /// Food, travel, health, weather and everyday life.
    Lifestyle,
    /// Software and data.
    Programming,
    /// Something else.
    Other,
}

impl Category {
    /// Its name as `#[gpt]` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Productivity => "productivity",
            Self::Research => "research",
            Self::Education => "education",
            Self::Lifestyle => "lifestyle",
            Self::Programming => "programming",
            Self::Other => "other",
        }
    }
}

/// Where a GPT can be used beside this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Host {
    /// The editor of ChatGPT.
    ChatGpt,
    /// OpenAI's Chat Completions, which many other servers speak.
    OpenAi,
    /// Anthropic's Messages API.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// Clients of the Model Context Protocol.
    Mcp,
}

impl Host {
    /// Its name as `#[gpt]` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChatGpt => "chatgpt",
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Mcp => "mcp",
        }
    }
}
