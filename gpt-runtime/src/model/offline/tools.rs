//! Which tool a sentence asks for.

use std::collections::HashMap;

use super::{
    arguments::{self, Argument, Kind},
    sentence::Vocabulary,
    words,
};
use crate::model::{Request, ToolDefinition};

/// The weight of a word by where it stands.
const NAME: f64 = 2.5;
const SUMMARY: f64 = 1.2;
const DESCRIPTION: f64 = 1.0;
const ARGUMENT: f64 = 0.8;
const INSTRUCTIONS: f64 = 0.6;
const CHOICE: f64 = 0.5;
const ARGUMENT_DESCRIPTION: f64 = 0.3;
/// What a tool is still worth whose result others need: it is a step more often than an end.
const STEP: f64 = 0.85;
/// The least score of a tool that is meant.
const MEANT: f64 = 0.6;

/// The tools of a request with what matching needs.
pub(super) struct Tools<'a> {
    pub(super) list: Vec<Tool<'a>>,
    pub(super) vocabulary: Vocabulary,
}

pub(super) struct Tool<'a> {
    pub(super) definition: &'a ToolDefinition,
    pub(super) arguments: Vec<Argument>,
    weights: HashMap<String, f64>,
    name: Vec<String>,
}

/// A tool that a sentence asks for, and how clearly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) tool: usize,
    pub(super) score: f64,
    /// Whether a word of the tool's own name was said.
    pub(super) is_named: bool,
}

impl<'a> Tools<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut list: Vec<Tool<'a>> = request
            .tools
            .iter()
            .map(|definition| {
                let tool = Tool::new(definition);
                vocabulary.names.extend(tool.name.iter().cloned());
                let common = common_words(&definition.description).join(" ");
                vocabulary.words.extend(words::stems(&common));
                tool
            })
            .collect();
        read_instructions(&request.instructions, &mut list);
        Self { list, vocabulary }
    }

    /// The tool that a sentence asks for, if it clearly asks for one.
    pub(super) fn choose(&self, sentence: &str) -> Option<Match> {
        let mut stems = words::stems(sentence);
        for word in words::split(sentence) {
            stems.extend(words::time(&word).iter().map(|word| words::stem(word)));
        }
        stems.sort_unstable();
        stems.dedup();
        let mut best: Option<Match> = None;
        for (index, tool) in self.list.iter().enumerate() {
            let found = self.score(index, tool, &stems);
            // Of equals the first counts, as the document lists what matters first.
            if best.is_none_or(|best| found.score > best.score + 1e-9) {
                best = Some(found);
            }
        }
        best.filter(|best| best.score >= MEANT)
    }

    fn score(&self, index: usize, tool: &Tool<'_>, stems: &[String]) -> Match {
        let mut score = 0.0;
        let mut of_choices = 0.0_f64;
        for stem in stems {
            let Some(weight) = tool.weights.get(stem) else {
                continue;
            };
            let found = weight * self.rarity(stem);
            if *weight > CHOICE {
                score += found;
            } else {
                // `New York` is one value, however many words it has.
                of_choices = of_choices.max(found);
            }
        }
        score += of_choices;
        let said = tool.name.iter().filter(|stem| stems.contains(stem)).count();
        // Of `getForecast` and `getHourlyForecast` the word `forecast` means the first.
        if said > 0 {
            #[allow(clippy::cast_precision_loss, reason = "names have few words")]
            let share = said as f64 / tool.name.len() as f64;
            score *= 0.8 + 0.2 * share;
        }
        if self.list.iter().any(|other| tool.is_step_to(other)) {
            score *= STEP;
        }
        Match {
            tool: index,
            score,
            is_named: said > 0,
        }
    }

    /// How much a word tells: one that all tools use tells little.
    fn rarity(&self, stem: &str) -> f64 {
        let using = |tool: &&Tool<'_>| tool.weights.get(stem).is_some_and(|it| *it > CHOICE);
        let users = self.list.iter().filter(using).count().max(1);
        #[allow(clippy::cast_precision_loss, reason = "a GPT has few tools")]
        let share = self.list.len() as f64 / users as f64;
        share.ln_1p()
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.list
            .iter()
            .position(|tool| tool.definition.name == name)
    }
}

impl<'a> Tool<'a> {
    fn new(definition: &'a ToolDefinition) -> Self {
        let arguments = arguments::read(definition);
        let name = words::stems(&definition.name);
        let mut weights = HashMap::new();
        weigh(&mut weights, NAME, &definition.name);
        let summary = summary(&definition.description);
        weigh(&mut weights, SUMMARY, summary);
        weigh(&mut weights, DESCRIPTION, &definition.description);
        for argument in &arguments {
            weigh(&mut weights, ARGUMENT, &argument.name);
            if let Kind::Choice(choices) = &argument.kind {
                for choice in choices {
                    // Short values are codes, and codes look like words.
                    if choice.text.len() > 3 {
                        weigh(&mut weights, CHOICE, &choice.text);
                    }
                    for meaning in &choice.meanings {
                        weigh(&mut weights, CHOICE, meaning);
                    }
                }
            } else {
                // `such as KDEN for Denver` is no reason to ask this tool about Denver.
                let words = common_words(&argument.description).join(" ");
                weigh(&mut weights, ARGUMENT_DESCRIPTION, &words);
            }
        }
        Self {
            definition,
            arguments,
            weights,
            name,
        }
    }

    /// What it does, in a few words for a person.
    pub(super) fn summary(&self) -> &str {
        match summary(&self.definition.description) {
            "" => &self.definition.name,
            summary => summary,
        }
    }

    /// Whether its result holds something that another tool needs.
    pub(super) fn is_step_to(&self, other: &Tool<'_>) -> bool {
        let mut needed = other.arguments.iter().filter(|argument| argument.required);
        needed.any(|needed| self.provides(needed, other))
    }

    /// Whether its result holds an argument that `other` needs, as far as descriptions tell: they
    /// name the argument, and this tool does not take it.
    pub(super) fn provides(&self, needed: &Argument, other: &Tool<'_>) -> bool {
        let takes = |argument: &Argument| argument.name == needed.name;
        if self.definition.name == other.definition.name || self.arguments.iter().any(takes) {
            return false;
        }
        let mentions = |text: &str, word: &str| {
            text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
                .any(|part| part == word)
        };
        mentions(&self.definition.description, &needed.name)
            || mentions(&needed.description, &self.definition.name)
    }
}

fn weigh(weights: &mut HashMap<String, f64>, weight: f64, text: &str) {
    for stem in words::stems(text) {
        let known = weights.entry(stem).or_insert(weight);
        *known = known.max(weight);
    }
}

/// The first sentence of a description.
pub(super) fn summary(description: &str) -> &str {
    let line = description.lines().next().unwrap_or_default().trim();
    let end = line.find(". ").unwrap_or(line.len());
    line.get(..end).unwrap_or(line).trim_end_matches('.')
}

/// The words that stand in lower case or begin a description: no names of anything.
fn common_words(description: &str) -> Vec<&str> {
    description
        .split_whitespace()
        .enumerate()
        .filter(|(at, word)| *at == 0 || word.starts_with(char::is_lowercase))
        .map(|(_, word)| word)
        .collect()
}

/// A sentence of the instructions that names tools tells what the last of them is for:
/// `For warnings, call getActiveAlerts`.
fn read_instructions(instructions: &str, tools: &mut [Tool<'_>]) {
    let sentences = instructions.lines().flat_map(|line| line.split(". "));
    for sentence in sentences {
        let last = tools
            .iter_mut()
            .filter_map(|tool| Some((sentence.rfind(&tool.definition.name)?, tool)))
            .max_by_key(|(at, tool)| (*at, tool.definition.name.len()));
        if let Some((_, tool)) = last {
            weigh(&mut tool.weights, INSTRUCTIONS, sentence);
        }
    }
}
