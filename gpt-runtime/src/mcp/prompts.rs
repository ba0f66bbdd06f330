//! The starters of the GPT as prompts.

use rmcp::{
    ErrorData,
    model::{GetPromptResult, Prompt, PromptMessage, Role},
};

/// The most letters of a prompt's name, which people type.
const LONGEST: usize = 40;

/// The prompts and what they say.
pub(super) struct Prompts {
    pub(super) list: Vec<Prompt>,
    starters: &'static [&'static str],
}

impl Prompts {
    pub(super) fn new(starters: &'static [&'static str]) -> Self {
        let mut list: Vec<Prompt> = Vec::new();
        for starter in starters {
            let name = name(starter);
            let is_free = |name: &String| list.iter().all(|it| it.name != *name);
            let numbered = (2..=starters.len()).map(|number| format!("{name}-{number}"));
            let mut names = std::iter::once(name.clone()).chain(numbered);
            let name = names.find(is_free).unwrap_or(name);
            let prompt = Prompt::new(name, Some(*starter), None);
            list.push(prompt.with_title(*starter));
        }
        Self { list, starters }
    }

    pub(super) fn get(&self, name: &str) -> Result<GetPromptResult, ErrorData> {
        let starters = self.list.iter().zip(self.starters);
        let found = starters.into_iter().find(|(it, _)| it.name == name);
        let Some((_, starter)) = found else {
            let shown: String = name.chars().take(64).collect();
            let message = format!("there is no prompt `{shown}`: `prompts/list` names them");
            return Err(ErrorData::invalid_params(message, None));
        };
        let message = PromptMessage::new_text(Role::User, *starter);
        Ok(GetPromptResult::new(vec![message]))
    }
}

/// `will-it-rain` for `Will it rain?`. Underscores stay.
fn name(starter: &str) -> String {
    let lower = starter.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let mut name = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        let length = name.chars().count() + 1 + word.chars().count();
        if !name.is_empty() && length > LONGEST {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.extend(word.chars().take(LONGEST));
    }
    if name.is_empty() {
        "starter".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::Prompts;

    #[test]
    fn names_are_short_and_differ() {
        let prompts = Prompts::new(&["Will it rain?", "Will it rain!", "???", "🌧"]);
        let names: Vec<_> = prompts.list.iter().map(|it| &*it.name).collect();
        assert_eq!(
            names,
            ["will-it-rain", "will-it-rain-2", "starter", "starter-2"]
        );
        let said = prompts.get("will-it-rain-2").unwrap();
        let said = serde_json::to_value(said).unwrap();
        assert_eq!(said["messages"][0]["content"]["text"], "Will it rain!");
        assert!(prompts.get("rain").is_err());
    }
}
