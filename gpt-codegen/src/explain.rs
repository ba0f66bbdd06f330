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
