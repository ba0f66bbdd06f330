//! What the tools of a description cost in each request to a model.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::Tools;

/// How much the tools of a description say to a model, in each request anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// How many tools there are.
    pub tools: usize,
    /// The characters of their names, descriptions and schemas, as JSON without spaces.
    pub characters: usize,
}

/// As a rule of thumb.
const CHARACTERS_OF_A_TOKEN: usize = 4;

impl Cost {
    /// About how many tokens a model reads; each counts them in its own way.
    pub fn tokens(self) -> usize {
        self.characters.div_ceil(CHARACTERS_OF_A_TOKEN)
    }

    pub(crate) fn of(tools: &Tools) -> Self {
        Self {
            tools: tools.list.len(),
            characters: Self::characters_of_each(tools).into_iter().sum(),
        }
    }

    /// The characters of each tool, in their order.
    pub(crate) fn characters_of_each(tools: &Tools) -> Vec<usize> {
        let shared: HashMap<&str, Shared<'_>> = tools
            .schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), Shared::of(name, schema)))
            .collect();
        let characters = tools.list.iter().map(|tool| {
            let own = json!({
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            });
            let mut sum = length(&own);
            // Each tool brings along the schemas that it reaches.
            let mut seen = HashSet::new();
            let mut waiting = references(&tool.parameters);
            while let Some(name) = waiting.pop() {
                if let Some(schema) = shared.get(name)
                    && seen.insert(name)
                {
                    sum += schema.characters;
                    waiting.extend(&schema.references);
                }
            }
            sum + if seen.is_empty() {
                0
            } else {
                r#","$defs":{}"#.len() + seen.len() - 1
            }
        });
        characters.collect()
    }
}

/// A schema that tools share, worked out once.
struct Shared<'a> {
    characters: usize,
    references: Vec<&'a str>,
}

impl<'a> Shared<'a> {
    fn of(name: &str, schema: &'a Value) -> Self {
        Self {
            characters: length(&Value::from(name)) + ":".len() + length(schema),
            references: references(schema),
        }
    }
}

/// The names of the shared schemas that a schema refers to.
fn references(schema: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(entries) => {
                let reference = entries.get("$ref").and_then(Value::as_str);
                found.extend(reference.and_then(|it| it.strip_prefix("#/$defs/")));
                waiting.extend(entries.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

fn length(value: &Value) -> usize {
    value.to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cost, Tools};
    use crate::tool::Tool;

    #[test]
    fn a_tool_brings_along_what_it_reaches() {
        let schemas = json!({
            "Owner": { "type": "object", "properties": { "pet": { "$ref": "#/$defs/Pet" } } },
            "Pet": { "type": "string", "description": "Größe" },
            "Unused": { "type": "string" },
        });
        let parameters = json!({
            "type": "object",
            "properties": { "owner": { "$ref": "#/$defs/Owner" } },
        });
        let mut whole = parameters.clone();
        whole["$defs"] = schemas.clone();
        let defs = whole["$defs"].as_object_mut().unwrap();
        defs.shift_remove("Unused");
        let tool = json!({ "name": "get", "description": "Gets.", "parameters": whole });
        let tools = Tools {
            list: vec![Tool {
                name: "get".into(),
                description: "Gets.".into(),
                parameters,
                example: json!({}),
                answers: Vec::new(),
            }],
            schemas: schemas.as_object().unwrap().clone(),
            answer_schemas: serde_json::Map::new(),
        };
        let cost = Cost::of(&tools);
        assert_eq!(
            (cost.tools, cost.characters),
            (1, tool.to_string().chars().count())
        );
        assert_eq!(cost.tokens(), cost.characters.div_ceil(4));
    }
}
