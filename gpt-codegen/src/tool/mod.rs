//! What a model sees of each operation: a name, a description, the JSON Schema of flat arguments
//! and an example of them.
//!
//! The schemas stay near what all providers take: the root is a plain object, there is no `allOf`,
//! `oneOf`, `not` or `if`, `type` is a list only for `null`, `properties` and `items` are always
//! there, and a `$ref` has no siblings. What else calls are checked by (`prefixItems`,
//! `patternProperties`, `propertyNames`, `dependentRequired`) the runtime leaves out of what models
//! are shown. Names below the root are those of the wire.

mod cost;
mod example;
mod fits;
mod pattern;
mod schema;
mod shared;
mod text;

use serde_json::{Map, Value, json};

use crate::{
    ir::{Api, Field, Operation, OperationId, Rest, Type},
    names::{Arguments, BODY, BodyArguments, Names},
};

pub use cost::Cost;
use schema::Schemas;
use shared::Side;
pub(crate) use text::{to_dense_text, to_text};

/// Longer descriptions are cut: some providers refuse them, and every turn pays for them. The
/// documentation of the generated struct has the whole text.
const LONGEST_DESCRIPTION: usize = 1024;

/// The tools of an Api and the schemas that they share.
#[derive(Debug)]
pub(crate) struct Tools {
    /// One for each operation.
    pub(crate) list: Vec<Tool>,
    /// What `#/$defs/NAME` refers to in parameters.
    pub(crate) schemas: Map<String, Value>,
    /// What it refers to in answers.
    pub(crate) answer_schemas: Map<String, Value>,
}

/// What a model sees of an operation.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: String,
    /// JSON Schema 2020-12 of the arguments.
    pub(crate) parameters: Value,
    /// Arguments that fit the schema; an empty object where none could be found.
    pub(crate) example: Value,
    /// JSON Schema 2020-12 of each answer of success that is JSON.
    pub(crate) answers: Vec<Option<Value>>,
}

/// Makes the tool of each operation.
pub(crate) fn tools(api: &Api, names: &Names) -> Tools {
    let mut schemas = Schemas::new(api, names, Side::Request);
    let mut answer_schemas = Schemas::new(api, names, Side::Answer);
    let list = api
        .operations
        .iter()
        .zip(0_u32..)
        .map(|(op, index)| {
            let names = names.operation(OperationId(index));
            Tool {
                name: names.tool.clone(),
                description: description(op),
                parameters: parameters(&mut schemas, op, &names.arguments),
                example: example::arguments(api, op, &names.arguments),
                answers: op
                    .answers
                    .iter()
                    .map(|it| answer_schemas.of_answer(it))
                    .collect(),
            }
        })
        .collect();
    Tools {
        list,
        schemas: schemas.finish(),
        answer_schemas: answer_schemas.finish(),
    }
}

impl Tools {
    /// The tools as JSON, each with the places of its arguments, to be looked at.
    pub(crate) fn to_json(&self, api: &Api, names: &Names) -> Value {
        let tools: Vec<Value> = self
            .list
            .iter()
            .zip(api.operations.iter().zip(0_u32..))
            .map(|(tool, (op, index))| {
                let names = names.operation(OperationId(index));
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                    "example": tool.example,
                    "places": places(op, &names.arguments),
                    "answers": tool.answers,
                })
            })
            .collect();
        json!({
            "tools": tools,
            "schemas": self.schemas,
            "answerSchemas": self.answer_schemas,
        })
    }
}

/// Where each argument goes: `query status`, `body tags`, or `body` for all of it.
fn places(op: &Operation, arguments: &Arguments) -> Map<String, Value> {
    let parameters = op.parameters.iter().zip(&arguments.parameters);
    let mut places: Map<_, _> = parameters
        .map(|(parameter, argument)| {
            let location = format!("{:?}", parameter.location).to_lowercase();
            let place = format!("{location} {}", parameter.name);
            (argument.clone(), place.into())
        })
        .collect();
    match &arguments.body {
        None => {}
        Some(BodyArguments::Whole) => {
            places.insert(BODY.to_owned(), BODY.into());
        }
        Some(BodyArguments::Properties { map, .. }) => {
            places.extend(map.iter().map(|(argument, property)| {
                (argument.clone(), format!("{BODY} {property}").into())
            }));
        }
    }
    places
}

/// The summary and the description, unless one says what the other does.
fn description(op: &Operation) -> String {
    let text = |text: &Option<String>| text.as_deref().map_or("", str::trim).to_owned();
    let (summary, description) = (text(&op.summary), text(&op.description));
    let start = summary.trim_end_matches('.').to_lowercase();
    let mut joined = if summary.is_empty() || description.to_lowercase().starts_with(&start) {
        description
    } else if description.is_empty() {
        summary
    } else if summary.ends_with(['.', '!', '?', ':']) {
        format!("{summary}\n\n{description}")
    } else {
        format!("{summary}.\n\n{description}")
    };
    if joined.is_empty() {
        joined = format!("{} {}", op.method.as_str(), op.path);
    }
    if op.deprecated {
        joined = format!("Deprecated. {joined}");
    }
    shortened(&joined, LONGEST_DESCRIPTION)
}

/// Cuts a text behind a sentence, else behind a word.
fn shortened(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return text.to_owned();
    };
    // Room for the ellipsis.
    let cut = text[..end].char_indices().next_back();
    let kept = &text[..cut.map_or(0, |(index, _)| index)];
    let sentence = ["\n", ". ", "! ", "? "]
        .iter()
        .filter_map(|it| kept.rfind(it).map(|index| index + 1))
        .max()
        .filter(|index| *index > kept.len() / 2);
    let end = sentence.or_else(|| kept.rfind(char::is_whitespace));
    format!("{}…", kept[..end.unwrap_or(kept.len())].trim_end())
}

/// The schema of the flat arguments.
fn parameters(schemas: &mut Schemas<'_>, op: &Operation, arguments: &Arguments) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (parameter, argument) in op.parameters.iter().zip(&arguments.parameters) {
        if parameter.required {
            required.push(Value::from(argument.as_str()));
        }
        properties.insert(argument.clone(), schemas.of_parameter(parameter));
    }
    let mut rest = Value::Bool(false);
    match (&op.body, &arguments.body) {
        (Some(body), Some(BodyArguments::Properties { map, .. })) => {
            if let Type::Struct(object) = &schemas.api.ty(body.ty().id).kind {
                let asked: Vec<&Field> = object.fields.iter().filter(|it| !it.read_only).collect();
                for (field, (argument, _)) in asked.into_iter().zip(map) {
                    if field.required {
                        required.push(Value::from(argument.as_str()));
                    }
                    properties.insert(argument.clone(), schemas.of_field(field));
                }
                if let Rest::Kept(values) = object.rest {
                    rest = schemas.of_rest(values);
                }
            }
        }
        (Some(body), _) => {
            if body.required {
                required.push(BODY.into());
            }
            properties.insert(BODY.to_owned(), schemas.of_body(body));
        }
        (None, _) => {}
    }
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), rest);
    schema.into()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn descriptions_end_behind_a_sentence_or_word() {
        assert_eq!(shortened("short", 10), "short");
        assert_eq!(
            shortened("One here. Two here. Three", 22),
            "One here. Two here.…"
        );
        assert_eq!(shortened("abcdefgh ijklmnop", 12), "abcdefgh…");
        assert_eq!(shortened("ÄÄÄÄÄÄ", 4), "ÄÄÄ…");
    }
}
