//! How much of a tool's schema the providers of models take. What is over is sent in another form,
//! so that the tool still works there, less reliably.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Rule;
use crate::{diagnostic::Diagnostics, ir::Api, ir::Operation, tool::Tools};

const OPENAI_STRICT: Rule = Rule {
    name: "openai-strict-budget",
    reason: "a strict tool of OpenAI has at most 5,000 properties, 10 levels, 1,000 values of enums \
             and 120,000 characters of names and values",
};

const ANTHROPIC_STRICT: Rule = Rule {
    name: "anthropic-strict-budget",
    reason: "strict tools of Anthropic are at most 20 a request, with 24 optional properties and 16 \
             of several types in all",
};

const GEMINI_NAME: Rule = Rule {
    name: "gemini-argument-name",
    reason: "Gemini takes names of up to 64 letters, digits and `_`",
};

const OPENAI_TOOLS: Rule = Rule {
    name: "openai-tool-limit",
    reason: "Chat Completions take 128 tools",
};

const MOST_PROPERTIES: usize = 5_000;
const DEEPEST: usize = 10;
const MOST_VALUES: usize = 1_000;
const MOST_CHARACTERS: usize = 120_000;
/// An enum of more values than this may have so many characters only.
const LARGE_ENUM: usize = 250;
const MOST_CHARACTERS_OF_LARGE_ENUM: usize = 15_000;

const MOST_STRICT_TOOLS: usize = 20;
const MOST_OPTIONAL: usize = 24;
const MOST_UNIONS: usize = 16;

const LONGEST_NAME: usize = 64;
const MOST_TOOLS: usize = 128;

/// Checks what models are shown.
pub(crate) fn check(cx: &mut Diagnostics, api: &Api, tools: &Tools) {
    if let Some(op) = api.operations.get(MOST_TOOLS) {
        let count = api.operations.len();
        cx.report(
            OPENAI_TOOLS
                .found(op.span, format!("there are {count} operations"))
                .label(format!("the first beyond {MOST_TOOLS}"))
                .help("select some with `Config::operations`, `tags` or `paths`"),
        );
    }
    if ![OPENAI_STRICT, ANTHROPIC_STRICT, GEMINI_NAME]
        .iter()
        .any(|rule| rule.is_on(cx))
    {
        return;
    }
    let mut sum = Size::default();
    let mut is_over = false;
    for (position, (op, tool)) in api.operations.iter().zip(&tools.list).enumerate() {
        let size = Size::of(&tool.parameters, &tools.schemas);
        openai_strict(cx, op, &size);
        gemini_names(cx, op, &size);
        sum.optional += size.optional;
        sum.unions += size.unions;
        if !is_over && let Some(over) = anthropic_strict(position + 1, &sum) {
            is_over = true;
            cx.report(
                ANTHROPIC_STRICT
                    .found(op.span, format!("with `{}` there are {over}", op.id))
                    .label("not strict from here on, at Anthropic")
                    .help("select fewer operations, or make properties required"),
            );
        }
    }
}

fn openai_strict(cx: &mut Diagnostics, op: &Operation, size: &Size) {
    let over = if size.properties > MOST_PROPERTIES {
        format!("{} properties", size.properties)
    } else if size.depth > DEEPEST {
        format!("{} levels", size.depth)
    } else if size.values > MOST_VALUES {
        format!("{} values of enums", size.values)
    } else if size.characters > MOST_CHARACTERS {
        format!("{} characters of names and values", size.characters)
    } else if size.has_large_enum {
        format!(
            "an enum of more than {LARGE_ENUM} values and {MOST_CHARACTERS_OF_LARGE_ENUM} characters"
        )
    } else {
        return;
    };
    cx.report(
        OPENAI_STRICT
            .found(op.span, format!("the arguments of `{}` have {over}", op.id))
            .label("not strict at OpenAI"),
    );
}

/// What is over the budget of all tools together.
fn anthropic_strict(tools: usize, sum: &Size) -> Option<String> {
    if tools > MOST_STRICT_TOOLS {
        Some(format!("{tools} tools"))
    } else if sum.optional > MOST_OPTIONAL {
        Some(format!("{} optional properties", sum.optional))
    } else if sum.unions > MOST_UNIONS {
        Some(format!("{} properties of several types", sum.unions))
    } else {
        None
    }
}

fn gemini_names(cx: &mut Diagnostics, op: &Operation, size: &Size) {
    if let Some(name) = &size.odd_name {
        cx.report(
            GEMINI_NAME
                .found(
                    op.span,
                    format!("Gemini does not take the name `{name}` in `{}`", op.id),
                )
                .label("has an argument of this name"),
        );
    }
}

/// What is counted of a schema.
#[derive(Debug, Default)]
struct Size {
    properties: usize,
    optional: usize,
    unions: usize,
    depth: usize,
    values: usize,
    characters: usize,
    has_large_enum: bool,
    /// The first name with other characters, or too many.
    odd_name: Option<String>,
}

impl Size {
    fn of(parameters: &Value, shared: &Map<String, Value>) -> Self {
        let mut size = Self::default();
        let mut seen = HashSet::new();
        let mut waiting = vec![(parameters, 0)];
        while let Some((schema, depth)) = waiting.pop() {
            let Value::Object(schema) = schema else {
                continue;
            };
            size.count(schema, depth);
            let is_object = schema.contains_key("properties");
            let depth = depth + usize::from(is_object);
            for (key, part) in schema {
                match (key.as_str(), part) {
                    ("properties", Value::Object(properties)) => {
                        waiting.extend(properties.values().map(|it| (it, depth)));
                    }
                    ("items" | "additionalProperties", part) => waiting.push((part, depth)),
                    ("anyOf" | "prefixItems", Value::Array(parts)) => {
                        waiting.extend(parts.iter().map(|it| (it, depth)));
                    }
                    ("$ref", Value::String(reference)) => {
                        let name = reference.trim_start_matches("#/$defs/");
                        // A shared schema is there once, however many refer to it.
                        if seen.insert(name) {
                            waiting.extend(shared.get(name).map(|it| (it, depth)));
                        }
                    }
                    _ => {}
                }
            }
        }
        size
    }

    fn count(&mut self, schema: &Map<String, Value>, depth: usize) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            self.depth = self.depth.max(depth + 1);
            self.properties += properties.len();
            let required = schema.get("required").and_then(Value::as_array);
            let required = required.map_or(0, Vec::len);
            self.optional += properties.len().saturating_sub(required);
            for (name, property) in properties {
                self.characters += name.chars().count();
                let is_union = property.get("anyOf").is_some()
                    || property.get("type").is_some_and(Value::is_array);
                self.unions += usize::from(is_union);
                let is_plain = name
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || it == '_')
                    && name.len() <= LONGEST_NAME;
                if !is_plain && self.odd_name.is_none() {
                    self.odd_name = Some(name.clone());
                }
            }
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let characters: usize = values.iter().map(characters).sum();
            self.values += values.len();
            self.characters += characters;
            self.has_large_enum |=
                values.len() > LARGE_ENUM && characters > MOST_CHARACTERS_OF_LARGE_ENUM;
        }
        self.characters += schema.get("const").map_or(0, characters);
    }
}

fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        other => other.to_string().len(),
    }
}
