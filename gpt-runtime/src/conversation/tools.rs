//! The operations and local tools a model may call, under the names it calls them by.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    action::Operation, error::Error, gpt::Definition, model::ToolDefinition, schema, tool::Shared,
};

/// The tools of a GPT.
#[derive(Clone, Debug)]
pub(crate) struct Toolbox {
    definitions: Vec<ToolDefinition>,
    operations: HashMap<&'static str, &'static Operation>,
    local: HashMap<String, Arc<Local>>,
}

/// What a model means by a name.
#[derive(Clone)]
pub(crate) enum Found {
    Operation(&'static Operation),
    Local(Arc<Local>),
}

/// A tool that runs here.
#[derive(Debug)]
pub(crate) struct Local {
    pub(super) tool: Shared,
    parameters: schema::Parameters,
}

impl Local {
    fn new(tool: &Shared) -> Result<Self, Error> {
        let name = tool.name();
        let wrong = |message: String| Error::Setting {
            name: format!("tool `{name}`"),
            message,
        };
        let stands = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(stands) {
            return Err(wrong(
                "a name has 1 to 64 letters, digits, `_` and `-`".to_owned(),
            ));
        }
        let parameters = schema::Parameters::new(name, tool.parameters()).map_err(wrong)?;
        Ok(Self {
            tool: Arc::clone(tool),
            parameters,
        })
    }

    /// The arguments in the form the tool has described; else what to tell the model.
    pub(super) fn check(
        &self,
        arguments: &Map<String, Value>,
    ) -> Result<Map<String, Value>, String> {
        let checked = self.parameters.check(self.tool.name(), arguments);
        checked.map_err(|violations| {
            let lines = violations.iter().map(|it| format!("- {it}"));
            let lines = lines.collect::<Vec<_>>().join("\n");
            format!("not made, because the arguments are not as described:\n{lines}")
        })
    }
}

impl Toolbox {
    /// The tools for all operations of a GPT, in their order, and then those that run here. No two
    /// operations of a definition that was checked have one name.
    ///
    /// # Errors
    /// A tool that runs here has a name that is taken, or is not described well.
    pub(crate) fn new<'a>(
        gpt: &Definition,
        tools: impl Iterator<Item = &'a Shared>,
    ) -> Result<Self, Error> {
        let mut definitions = Vec::new();
        let mut operations = HashMap::<_, &'static Operation>::new();
        for operation in gpt.operations() {
            let tool = &operation.tool;
            operations.insert(tool.name, operation);
            definitions.push(ToolDefinition {
                name: tool.name.to_owned(),
                description: tool.description.to_owned(),
                parameters: schema::parameters(operation),
            });
        }
        let mut local = HashMap::new();
        for tool in tools {
            let found = Arc::new(Local::new(tool)?);
            let name = tool.name().to_owned();
            definitions.push(ToolDefinition {
                name: name.clone(),
                description: tool.description().to_owned(),
                parameters: found.parameters.shown().clone(),
            });
            let is_taken = operations.contains_key(name.as_str());
            if is_taken || local.insert(name.clone(), found).is_some() {
                return Err(Error::Setting {
                    name: format!("tool `{name}`"),
                    message: "another tool or action has this name: leave one of them out"
                        .to_owned(),
                });
            }
        }
        Ok(Self {
            definitions,
            operations,
            local,
        })
    }

    pub(crate) fn definitions(&self) -> &[ToolDefinition] {
        &self.definitions
    }

    /// The operation of exactly this name.
    pub(crate) fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.get(name).copied()
    }

    /// What a model means by a name.
    ///
    /// # Errors
    /// There is none: what to tell the model.
    pub(crate) fn find(&self, name: &str) -> Result<Found, String> {
        if let Some(operation) = self.operation(name) {
            return Ok(Found::Operation(operation));
        }
        if let Some(local) = self.local.get(name) {
            return Ok(Found::Local(Arc::clone(local)));
        }
        let names = || self.definitions.iter().map(|tool| tool.name.as_str());
        let shown: String = name.chars().take(64).collect();
        Err(match nearest(&shown, names()) {
            Some(near) => format!("there is no tool `{shown}`; did you mean `{near}`?"),
            None if self.definitions.is_empty() => {
                format!("there is no tool `{shown}`: there are no tools at all")
            }
            None => {
                let names = names().collect::<Vec<_>>().join("`, `");
                format!("there is no tool `{shown}`; the tools are `{names}`")
            }
        })
    }
}

/// The name that is close enough to be what was meant.
fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<Vec<_>>()
    };
    let wrong = letters(wrong);
    names
        .map(|name| (distance(&wrong, &letters(name)), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance * 3 <= wrong.len())
        .map(|(_, name)| name)
}

/// Levenshtein's distance between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, left) in left.iter().enumerate() {
        let mut diagonal = above;
        let mut last = above + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(right) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *cell;
            last = changed.min(diagonal + 1).min(last + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_forgives_case_separators_and_slips() {
        let names = ["getForecast", "getActiveAlerts"];
        let near = |wrong| nearest(wrong, names.into_iter());
        assert_eq!(near("get_forecast"), Some("getForecast"));
        assert_eq!(near("getActivAlert"), Some("getActiveAlerts"));
        assert_eq!(near("sendMail"), None);
        assert_eq!(near(""), None);
    }
}
