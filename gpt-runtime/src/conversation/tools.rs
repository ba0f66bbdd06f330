//! The operations a model may call, under the names it calls them by.

use std::collections::HashMap;

use crate::{action::Operation, error::Error, gpt::Definition, model::ToolDefinition, schema};

/// The tools of a GPT.
#[derive(Clone, Debug)]
pub(crate) struct Toolbox {
    definitions: Vec<ToolDefinition>,
    operations: HashMap<&'static str, &'static Operation>,
}

impl Toolbox {
    /// The tools for all operations of a GPT, in their order.
    ///
    /// # Errors
    /// Two operations have one name.
    pub(crate) fn new(gpt: &Definition) -> Result<Self, Error> {
        let mut definitions = Vec::new();
        let mut operations = HashMap::<_, &'static Operation>::new();
        for operation in gpt.operations() {
            let tool = &operation.tool;
            if let Some(first) = operations.insert(tool.name, operation) {
                return Err(Error::DuplicateTool {
                    tool: tool.name,
                    first: describe(first),
                    second: describe(operation),
                });
            }
            definitions.push(ToolDefinition {
                name: tool.name.to_owned(),
                description: tool.description.to_owned(),
                parameters: schema::parameters(operation),
            });
        }
        Ok(Self {
            definitions,
            operations,
        })
    }

    pub(crate) fn definitions(&self) -> &[ToolDefinition] {
        &self.definitions
    }

    /// The operation a model means by a name.
    ///
    /// # Errors
    /// There is none: what to tell the model.
    pub(crate) fn find(&self, name: &str) -> Result<&'static Operation, String> {
        if let Some(operation) = self.operations.get(name) {
            return Ok(operation);
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

fn describe(operation: &Operation) -> String {
    let method = operation.method.as_str();
    format!("{method} {} of {}", operation.path, operation.api.title)
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
