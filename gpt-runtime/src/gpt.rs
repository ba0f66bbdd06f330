//! The definition of a GPT.

use crate::action::{Described, Operation};

/// A GPT: what the `#[gpt]` attribute implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a GPT",
    label = "put `#[gpt(...)]` on this type"
)]
pub trait Gpt: Send + Sync + 'static {
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
    /// What the model is told.
    pub instructions: &'static str,
    /// Messages offered when a conversation is empty.
    pub starters: &'static [&'static str],
    /// Built-in tools it may use.
    pub tools: &'static [BuiltInTool],
    /// The operations it may call, grouped as they were named.
    pub actions: &'static [&'static [&'static Described]],
    /// Who may use it.
    pub visibility: Visibility,
    /// The address of the privacy policy.
    pub privacy_policy: Option<&'static str>,
    /// Where a list of GPTs has it.
    pub category: Option<Category>,
}

impl Definition {
    /// All operations the GPT may call.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> + use<> {
        let described = self.actions.iter().copied().flatten();
        described.map(|it| it.operation())
    }
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
