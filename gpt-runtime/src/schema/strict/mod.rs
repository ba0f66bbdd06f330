//! A tool's schema as OpenAI's strict mode takes it: every property required, every object closed.
//!
//! A model that is held to such a schema cannot write arguments of another shape. What strict mode
//! does not take is said in descriptions where it only narrows values, because the check before a
//! call still reads it; where it shapes them, the schema stays as it is.

mod keywords;
mod nulls;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

pub(crate) use nulls::drop_nulls;

use keywords::{
    Keywords, depth, describe, is_of, is_of_object, keywords_of, kinds, length, notes, or_null,
    reference_to,
};

/// The properties of all objects together.
const MAX_PROPERTIES: usize = 5_000;
/// How deep objects and arrays may lie in each other.
const MAX_DEPTH: usize = 10;
/// The values of all enums together.
const MAX_VALUES: usize = 1_000;
/// The characters of all names and values together.
const MAX_CHARACTERS: usize = 120_000;
/// An enum of more values than this may have this many characters.
const LONG_ENUM: (usize, usize) = (250, 15_000);
/// Keywords that shape values in ways strict mode does not know.
const REFUSED: [&str; 9] = [
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "prefixItems",
];

/// The strict form of the schema of a tool's arguments.
///
/// # Errors
/// It has none: why not.
pub(crate) fn render(schema: &Value) -> Result<Value, String> {
    let Value::Object(root) = schema else {
        return Err("the arguments are described by no object".to_owned());
    };
    if root.get("type").and_then(Value::as_str) != Some("object") {
        return Err("the arguments are not described as one object".to_owned());
    }
    let mut strict = Strict::default();
    let mut whole = strict.object(root, true)?;
    describe(&mut whole, root, &notes(root, is_of_object));
    let definitions = strict.definitions(root)?;
    strict.within_budget()?;
    if depth(
        &Value::Object(whole.clone()),
        &definitions,
        &mut HashMap::new(),
    ) > MAX_DEPTH
    {
        return Err(format!("values lie more than {MAX_DEPTH} levels deep"));
    }
    if !definitions.is_empty() {
        whole.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Ok(Value::Object(whole))
}

/// Renders schemas and counts what the budgets of strict mode limit.
#[derive(Default)]
struct Strict {
    properties: usize,
    values: usize,
    characters: usize,
}

impl Strict {
    fn within_budget(&self) -> Result<(), String> {
        for (found, limit, what) in [
            (self.properties, MAX_PROPERTIES, "properties"),
            (self.values, MAX_VALUES, "values in enums"),
            (
                self.characters,
                MAX_CHARACTERS,
                "characters of names and values",
            ),
        ] {
            if found > limit {
                return Err(format!(
                    "there are {found} {what}, and at most {limit} are allowed"
                ));
            }
        }
        Ok(())
    }

    fn definitions(&mut self, root: &Keywords) -> Result<Keywords, String> {
        let definitions = root.get("$defs").and_then(Value::as_object);
        let mut rendered = Map::new();
        for (name, schema) in definitions.into_iter().flatten() {
            self.characters += name.chars().count();
            rendered.insert(name.clone(), self.schema(schema)?);
        }
        Ok(rendered)
    }

    fn schema(&mut self, schema: &Value) -> Result<Value, String> {
        let Value::Object(keywords) = schema else {
            return Err("there is a value of any kind".to_owned());
        };
        refuse(keywords)?;
        let (mut rendered, notes) = if let Some(reference) = keywords.get("$ref") {
            (reference_to(reference), notes(keywords, |it| it == "$ref"))
        } else if let Some(variants) = keywords.get("anyOf").or(keywords.get("oneOf")) {
            self.union(keywords, variants)?
        } else {
            self.typed(keywords)?
        };
        describe(&mut rendered, keywords, &notes);
        Ok(Value::Object(rendered))
    }

    fn union(
        &mut self,
        keywords: &Keywords,
        variants: &Value,
    ) -> Result<(Keywords, Vec<String>), String> {
        let shapes = ["type", "properties", "items", "enum", "const"];
        let is_both = keywords.contains_key("anyOf") && keywords.contains_key("oneOf");
        if is_both || shapes.into_iter().any(|it| keywords.contains_key(it)) {
            return Err("alternatives are described together with what they share".to_owned());
        }
        let variants = variants.as_array().into_iter().flatten();
        let variants: Vec<Value> = variants
            .map(|it| self.schema(it))
            .collect::<Result<_, _>>()?;
        if variants.is_empty() {
            return Err("there are alternatives without any".to_owned());
        }
        let notes = notes(keywords, |it| it == "anyOf" || it == "oneOf");
        Ok((keywords_of(json!({ "anyOf": variants })), notes))
    }

    fn typed(&mut self, keywords: &Keywords) -> Result<(Keywords, Vec<String>), String> {
        let kinds = kinds(keywords);
        let named: Vec<&str> = kinds.iter().copied().filter(|it| *it != "null").collect();
        let is_nullable = kinds.len() > named.len();
        let rendered = match named.as_slice() {
            [] if is_nullable => keywords_of(json!({ "type": "null" })),
            [] => return Err("there is a value of any kind".to_owned()),
            [kind] => self.of_kind(kind, keywords)?,
            _ if keywords.contains_key("enum") || keywords.contains_key("const") => {
                return Err("there is an enum of several types".to_owned());
            }
            kinds => {
                let variants = kinds.iter().map(|kind| {
                    let variant = self.of_kind(kind, keywords)?;
                    Ok(Value::Object(variant))
                });
                let variants: Vec<Value> = variants.collect::<Result<_, String>>()?;
                keywords_of(json!({ "anyOf": variants }))
            }
        };
        let is_known = |it: &str| named.iter().any(|kind| is_of(kind, it, keywords));
        let notes = notes(keywords, is_known);
        let rendered = if is_nullable {
            or_null(rendered)
        } else {
            rendered
        };
        Ok((rendered, notes))
    }

    fn of_kind(&mut self, kind: &str, keywords: &Keywords) -> Result<Keywords, String> {
        if kind == "object" {
            return self.object(keywords, false);
        }
        let mut rendered = Map::new();
        rendered.insert("type".to_owned(), kind.into());
        for (keyword, value) in keywords.iter().filter(|(it, _)| is_of(kind, it, keywords)) {
            let value = match keyword.as_str() {
                "items" => self.schema(value)?,
                "enum" => self.choices(value)?,
                "const" => {
                    self.characters += length(value);
                    value.clone()
                }
                _ => value.clone(),
            };
            rendered.insert(keyword.clone(), value);
        }
        if kind == "array" && !rendered.contains_key("items") {
            return Err("there is an array of values of any kind".to_owned());
        }
        Ok(rendered)
    }

    fn choices(&mut self, values: &Value) -> Result<Value, String> {
        let values = values.as_array().into_iter().flatten();
        // That `null` is a choice is said by the type.
        let values: Vec<Value> = values.filter(|it| !it.is_null()).cloned().collect();
        let characters: usize = values.iter().map(length).sum();
        let (many, limit) = LONG_ENUM;
        if values.len() > many && characters > limit {
            return Err(format!(
                "an enum of {} values has {characters} characters",
                values.len()
            ));
        }
        if values.is_empty() {
            return Err("there is an enum without values".to_owned());
        }
        self.values += values.len();
        self.characters += characters;
        Ok(Value::Array(values))
    }

    fn object(&mut self, keywords: &Keywords, is_root: bool) -> Result<Keywords, String> {
        refuse(keywords)?;
        if is_root
            && ["anyOf", "oneOf", "$ref"]
                .into_iter()
                .any(|it| keywords.contains_key(it))
        {
            return Err("the arguments are not described as one object".to_owned());
        }
        let none = Map::new();
        let properties = keywords.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&none);
        let is_closed = match keywords.get("additionalProperties") {
            None => is_root || !properties.is_empty(),
            Some(others) => *others == false,
        };
        if !is_closed {
            return Err("there is an object with properties of any name".to_owned());
        }
        let required = keywords.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
        let mut rendered = Map::new();
        for (name, schema) in properties {
            self.properties += 1;
            self.characters += name.chars().count();
            let mut schema = self.schema(schema)?;
            if !is_required(name) {
                schema = Value::Object(or_null(keywords_of(schema)));
            }
            rendered.insert(name.clone(), schema);
        }
        if required.is_some_and(|it| {
            it.iter()
                .filter_map(Value::as_str)
                .any(|it| !properties.contains_key(it))
        }) {
            return Err("a property is required and not described".to_owned());
        }
        let names: Vec<&String> = rendered.keys().collect();
        Ok(keywords_of(json!({
            "type": "object",
            "required": names,
            "properties": rendered,
            "additionalProperties": false,
        })))
    }
}

fn refuse(keywords: &Keywords) -> Result<(), String> {
    match REFUSED.into_iter().find(|it| keywords.contains_key(*it)) {
        Some(refused) => Err(format!("`{refused}` is not understood")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::render;

    #[test]
    fn every_property_is_required_and_may_be_null() {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": { "type": "string", "description": "Whose.", "maxLength": 9, "format": "uri" },
                "at": { "type": "string", "format": "date" },
                "n": { "type": ["integer", "null"], "minimum": 1 },
                "size": { "enum": ["s", "m"], "description": "How big." },
                "owner": { "$ref": "#/$defs/Owner", "description": "Of it." },
                "home": { "$ref": "#/$defs/Owner" },
                "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
                "either": { "oneOf": [{ "type": "string" }, { "type": "boolean" }], "default": true },
            },
            "required": ["id", "home"],
            "additionalProperties": false,
            "$defs": { "Owner": {
                "type": "object",
                "properties": { "name": { "type": "string" }, "of": { "$ref": "#/$defs/Owner" } },
                "required": ["name"],
            } },
        });
        let expected = json!({
            "type": "object",
            "required": ["id", "at", "n", "size", "owner", "home", "tags", "either"],
            "properties": {
                "id": { "type": "string", "description": "Whose. (maxLength: 9, format: uri)" },
                "at": { "type": ["string", "null"], "format": "date" },
                "n": { "type": ["integer", "null"], "minimum": 1 },
                "size": {
                    "anyOf": [{ "type": "string", "enum": ["s", "m"] }, { "type": "null" }],
                    "description": "How big.",
                },
                "owner": {
                    "anyOf": [{ "$ref": "#/$defs/Owner" }, { "type": "null" }],
                    "description": "Of it.",
                },
                "home": { "$ref": "#/$defs/Owner" },
                "tags": {
                    "anyOf": [
                        { "type": "array", "items": { "type": "string" } },
                        { "type": "null" },
                    ],
                    "description": "(uniqueItems: true)",
                },
                "either": {
                    "anyOf": [{ "type": "string" }, { "type": "boolean" }, { "type": "null" }],
                    "description": "(default: true)",
                },
            },
            "additionalProperties": false,
            "$defs": { "Owner": {
                "type": "object",
                "required": ["name", "of"],
                "properties": {
                    "name": { "type": "string" },
                    "of": { "anyOf": [{ "$ref": "#/$defs/Owner" }, { "type": "null" }] },
                },
                "additionalProperties": false,
            } },
        });
        assert_eq!(render(&schema), Ok(expected));
    }

    /// Why a property of this schema is not strict.
    fn refusal(property: &Value) -> String {
        let schema = json!({ "type": "object", "properties": { "x": property } });
        render(&schema).err().unwrap_or_default()
    }

    #[test]
    fn what_strict_mode_does_not_know_is_not_shown_strictly() {
        let mut deep = json!({ "type": "string" });
        for _ in 0..9 {
            deep = json!({ "type": "array", "items": deep });
        }
        assert_eq!(refusal(&deep), "");
        deep = json!({ "type": "array", "items": deep });
        let many: Vec<String> = (0..1001).map(|it| it.to_string()).collect();
        let long: Vec<String> = (0..251).map(|it| format!("{it:0100}")).collect();
        let wide: serde_json::Map<_, _> = (0..5000)
            .map(|it| (it.to_string(), json!({ "type": "null" })))
            .collect();
        for (schema, expected) in [
            (json!({}), "there is a value of any kind"),
            (json!(true), "there is a value of any kind"),
            (
                json!({ "type": "object" }),
                "there is an object with properties of any name",
            ),
            (
                json!({ "type": "object", "additionalProperties": { "type": "string" } }),
                "there is an object with properties of any name",
            ),
            (
                json!({ "type": "array" }),
                "there is an array of values of any kind",
            ),
            (json!({ "allOf": [] }), "`allOf` is not understood"),
            (
                json!({ "type": "string", "not": {} }),
                "`not` is not understood",
            ),
            (
                json!({ "type": "string", "anyOf": [{ "type": "string" }] }),
                "alternatives are described together with what they share",
            ),
            (deep, "values lie more than 10 levels deep"),
            (
                json!({ "enum": many }),
                "there are 1001 values in enums, and at most 1000 are allowed",
            ),
            (
                json!({ "enum": long }),
                "an enum of 251 values has 25100 characters",
            ),
            (
                json!({ "type": "object", "properties": wide }),
                "there are 5001 properties, and at most 5000 are allowed",
            ),
            (
                json!({ "const": "x".repeat(120_000) }),
                "there are 120001 characters of names and values, and at most 120000 are allowed",
            ),
        ] {
            assert_eq!(refusal(&schema), expected);
        }
        assert!(render(&json!({ "type": "object", "anyOf": [] })).is_err());
        assert!(render(&json!({ "$ref": "#/$defs/A" })).is_err());
    }
}
