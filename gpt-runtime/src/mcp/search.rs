//! Many tools behind two: one that finds them by words, and one that calls them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rmcp::model::{CallToolResult, ContentBlock, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use super::{Object, annotations, catalog::Meant, result::error};
use crate::model::ToolDefinition;

const SEARCH: &str = "search_tools";
const CALL: &str = "call_tool";
/// What the client's model is told about these two.
pub(super) const INSTRUCTIONS: &str = "\n\nThere are more tools than are listed: `search_tools` \
    finds them by words and says how each is called, and `call_tool` calls them by name.";
/// How many tools are found at once.
const FOUND: usize = 10;
/// The most characters of what is found; at least one tool is always shown.
const LONGEST: usize = 50_000;
/// What a word counts in a name, in a description, and in the names of arguments.
const IN_NAME: f64 = 4.0;
const IN_DESCRIPTION: f64 = 1.5;
const IN_ARGUMENTS: f64 = 1.0;

/// The two tools.
pub(super) fn tools() -> [Tool; 2] {
    let search = schema(json!({
        "type": "object",
        "properties": {
            "words": {
                "type": "string",
                "description": "What is to be done, in words, such as `create invoice`."
            }
        },
        "required": ["words"],
        "additionalProperties": false
    }));
    let call = schema(json!({
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "description": "The name of the tool, as `search_tools` gave it."
            },
            "arguments": {
                "type": "object",
                "description": "The arguments, as its `parameters` describe them.",
                "additionalProperties": true
            }
        },
        "required": ["name", "arguments"],
        "additionalProperties": false
    }));
    let reads = ToolAnnotations::with_title("Search tools");
    let reads = reads.read_only(true).idempotent(true).open_world(false);
    // What it calls may do anything.
    let acts = ToolAnnotations::with_title("Call tool");
    let acts = acts.read_only(false).destructive(true).open_world(true);
    [
        Tool::new(
            SEARCH,
            "Finds tools by words: their names, what they do, and the JSON Schema of their \
             parameters. Search before the first call of a tool.",
            search,
        )
        .with_title("Search tools")
        .with_annotations(reads),
        Tool::new(
            CALL,
            "Calls a tool that `search_tools` found, with arguments as its parameters describe.",
            call,
        )
        .with_title("Call tool")
        .with_annotations(acts),
    ]
}

fn schema(schema: Value) -> Arc<Object> {
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

/// Finds tools by words.
pub(super) struct Search {
    entries: Vec<Entry>,
    /// How many tools have a word.
    known: HashMap<String, usize>,
}

struct Entry {
    /// What each of its words counts.
    words: HashMap<String, f64>,
    shown: Value,
}

impl Search {
    pub(super) fn new(tools: &[ToolDefinition]) -> Self {
        let entries: Vec<Entry> = tools.iter().map(Entry::new).collect();
        let mut known = HashMap::new();
        for word in entries.iter().flat_map(|it| it.words.keys()) {
            *known.entry(word.clone()).or_default() += 1;
        }
        Self { entries, known }
    }

    /// What is meant by a call of one of the two tools, or of another by its name.
    pub(super) fn meant(&self, name: &str, arguments: &Object) -> Meant {
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        match name {
            SEARCH => Meant::Answered(match text("words") {
                Some(words) => self.found(words),
                None => error("`words` is missing: say in a text what is to be done"),
            }),
            CALL => {
                let Some(name) = text("name") else {
                    return Meant::Answered(error(
                        "`name` is missing: say which tool, as `search_tools` gave its name",
                    ));
                };
                match arguments.get("arguments") {
                    None | Some(Value::Null) => Meant::Other(name.to_owned(), Map::new()),
                    Some(Value::Object(inner)) => Meant::Other(name.to_owned(), inner.clone()),
                    Some(_) => Meant::Answered(error("`arguments` must be an object")),
                }
            }
            _ => Meant::Tool,
        }
    }

    fn found(&self, words: &str) -> CallToolResult {
        let found = self.ranked(words);
        if found.is_empty() {
            let count = self.entries.len();
            return error(format!(
                "none of the {count} tools has one of these words: try others, in English or in the \
                 language of the API"
            ));
        }
        let mut shown = Vec::new();
        let mut length = 0;
        for entry in found.iter().take(FOUND) {
            length += entry.shown.to_string().len();
            if length > LONGEST && !shown.is_empty() {
                break;
            }
            shown.push(entry.shown.clone());
        }
        let more = found.len() - shown.len();
        let result = json!({ "tools": shown, "more": more });
        CallToolResult::success(vec![ContentBlock::text(result.to_string())])
    }

    /// The tools that have one of the words, the best first, else in their order.
    fn ranked(&self, query: &str) -> Vec<&Entry> {
        let mut words: Vec<String> = words(query).collect();
        words.sort();
        words.dedup();
        let score = |entry: &Entry| -> f64 {
            let known = words.iter().filter_map(|word| {
                let counted = entry.words.get(word)?;
                Some(counted * self.rarity(word))
            });
            known.sum()
        };
        let scored = self.entries.iter().map(|entry| (score(entry), entry));
        let mut scored: Vec<(f64, &Entry)> = scored.filter(|(score, _)| *score > 0.0).collect();
        scored.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        scored.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Words that few tools have tell more.
    #[allow(clippy::cast_precision_loss, reason = "there are not so many tools")]
    fn rarity(&self, word: &str) -> f64 {
        let having = self.known.get(word).copied().unwrap_or_default();
        (1.0 + self.entries.len() as f64 / (1.0 + having as f64)).ln()
    }
}

impl Entry {
    fn new(tool: &ToolDefinition) -> Self {
        let mut counted = HashMap::new();
        let mut count = |text: &str, weight: f64| {
            for word in words(text) {
                let known = counted.entry(word).or_insert(weight);
                *known = weight.max(*known);
            }
        };
        count(&tool.name, IN_NAME);
        count(&tool.description, IN_DESCRIPTION);
        let properties = tool.parameters["properties"].as_object();
        for name in properties.into_iter().flat_map(Map::keys) {
            count(name, IN_ARGUMENTS);
        }
        Self {
            words: counted,
            shown: json!({
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            }),
        }
    }
}

/// The words of a text, in lower case and singular, without those that tell nothing.
fn words(text: &str) -> impl Iterator<Item = String> {
    const EMPTY: [&str; 12] = [
        "a", "an", "and", "by", "for", "in", "of", "on", "or", "the", "to", "with",
    ];
    let words: HashSet<String> = text
        .split_whitespace()
        .flat_map(annotations::words)
        .map(|word| word.to_lowercase())
        .filter(|word| !EMPTY.contains(&word.as_str()))
        .map(|word| singular(&word))
        .collect();
    words.into_iter()
}

fn singular(word: &str) -> String {
    let is_short = word.chars().count() <= 3;
    match word.strip_suffix("ies") {
        Some(stem) if !is_short => return format!("{stem}y"),
        _ => {}
    }
    match word.strip_suffix('s') {
        Some(stem) if !is_short && !stem.ends_with(['s', 'u']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        let tool = |name: &str, description: &str, argument: &str| ToolDefinition {
            name: name.to_owned(),
            description: description.to_owned(),
            parameters: json!({ "type": "object", "properties": { argument: {} } }),
        };
        Search::new(&[
            tool("listInvoices", "All invoices of a customer.", "customer"),
            tool("createInvoice", "Writes an invoice.", "amount"),
            tool("createCustomer", "Adds a customer.", "email"),
            tool("deleteStatus", "Removes a status.", "id"),
        ])
    }

    fn found(words: &str) -> Vec<String> {
        let search = search();
        let ranked = search.ranked(words).into_iter();
        ranked
            .map(|it| it.shown["name"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_best_comes_first() {
        assert_eq!(found("create an invoice")[0], "createInvoice");
        assert_eq!(found("list invoices")[0], "listInvoices");
        assert_eq!(found("EMAIL"), ["createCustomer"]);
        assert_eq!(found("statuses"), Vec::<String>::new());
        assert_eq!(found("status"), ["deleteStatus"]);
        assert_eq!(found("the of"), Vec::<String>::new());
    }

    #[test]
    fn what_is_found_can_be_called() {
        let search = search();
        let Value::Object(arguments) = json!({ "words": "customer" }) else {
            unreachable!()
        };
        let Meant::Answered(result) = search.meant(SEARCH, &arguments) else {
            panic!("a search is answered at once");
        };
        let result = serde_json::to_value(result).unwrap();
        let text = result["content"][0]["text"].as_str().unwrap();
        let found: Value = serde_json::from_str(text).unwrap();
        assert_eq!(found["more"], 0);
        assert_eq!(found["tools"][0]["name"], "createCustomer");
        let Value::Object(call) = json!({ "name": "createCustomer", "arguments": { "email": "" } })
        else {
            unreachable!()
        };
        let Meant::Other(name, arguments) = search.meant(CALL, &call) else {
            panic!("another tool is meant");
        };
        assert_eq!((name.as_str(), arguments.len()), ("createCustomer", 1));
        for wrong in [
            json!({}),
            json!({ "name": 1 }),
            json!({ "name": "x", "arguments": [] }),
        ] {
            let Value::Object(wrong) = wrong else {
                unreachable!()
            };
            assert!(matches!(search.meant(CALL, &wrong), Meant::Answered(_)));
        }
    }
}
