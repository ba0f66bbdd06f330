//! What functions take and return, as the description that operations of APIs come with.

use std::time::Duration;

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{API, Asks, Function, PATH};
use crate::action::{
    Body, BodyArguments, Described, MediaType, Method, Operation, Response, Status, Tool,
};

/// What a function says of itself, in JSON Schema.
#[doc(hidden)]
#[derive(Debug)]
pub struct Description<'a> {
    generator: &'a mut SchemaGenerator,
    properties: Map<String, Value>,
    required: Vec<Value>,
    /// What the properties refer to.
    referred: Vec<String>,
    answer: Value,
}

/// What makes schemas, with references to `{path}/NAME` for those of more than a word.
pub(super) fn generator(path: &'static str) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|it| {
        it.definitions_path = path.into();
        it.meta_schema = None;
    });
    settings.into_generator()
}

/// What makes schemas that are whole in themselves, but for types that hold themselves.
fn whole() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|it| {
        it.inline_subschemas = true;
        it.meta_schema = None;
    });
    settings.into_generator()
}

/// The schemas that were referred to since a generator was made, by name.
pub(super) fn definitions(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let definitions = generator.take_definitions(true);
    let plain = |(name, schema)| (name, plain(schema));
    definitions.into_iter().map(plain).collect()
}

impl<'a> Description<'a> {
    pub(super) fn of(function: &Function, generator: &'a mut SchemaGenerator) -> Self {
        let mut description = Self {
            generator,
            properties: Map::new(),
            required: Vec::new(),
            referred: Vec::new(),
            answer: Value::Null,
        };
        (function.describe)(&mut description);
        description
    }

    pub(super) fn parameter(
        &mut self,
        name: &str,
        description: &str,
        is_required: bool,
        schema: fn(&mut SchemaGenerator) -> Schema,
    ) {
        let mut schema = plain(schema(self.generator).to_value());
        if !description.is_empty() {
            // `true` is any JSON.
            if !schema.is_object() {
                schema = json!({});
            }
            schema["description"] = description.into();
        }
        self.properties.insert(name.to_owned(), schema);
        if is_required {
            self.required.push(name.into());
        }
    }

    pub(super) fn answer(&mut self, schema: fn(&mut SchemaGenerator) -> Schema) {
        self.referred = self.generator.definitions().keys().cloned().collect();
        self.answer = plain(schema(self.generator).to_value());
    }
}

impl Description<'_> {
    /// The schema of the arguments, without what it refers to.
    pub(super) fn arguments(&self) -> Value {
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }

    /// The schema of the answer; `None` for a function that answers nothing.
    pub(super) fn answer_schema(&self) -> Option<&Value> {
        (self.answer["type"] != "null").then_some(&self.answer)
    }
}

/// The operation that a function is to everything but its call.
pub(crate) fn operation(described: &Described, function: &Function) -> Operation {
    let mut generator = generator("/$defs");
    let description = Description::of(function, &mut generator);
    let mut parameters = description.arguments();
    let properties = description.properties.keys().map(|name| {
        let name: &'static str = leaked(name.clone());
        (name, name)
    });
    let properties: Vec<_> = properties.collect();
    let referred = description.referred;
    let mut definitions = definitions(&mut generator);
    definitions.retain(|name, _| referred.contains(name));
    let example = example(&parameters, &definitions);
    if !definitions.is_empty() {
        parameters["$defs"] = definitions.into();
    }
    Operation {
        api: &API,
        id: described.id,
        tool: Tool {
            parameters: leaked(parameters.to_string()),
            example: leaked(example.to_string()),
            ..described.tool
        },
        method: match function.asks {
            Asks::Never => Method::Query,
            Asks::Once | Asks::EachTime => Method::Post,
        },
        path: leaked(format!("{PATH}{}", described.tool.name)),
        servers: &[],
        parameters: &[],
        body: Some(Body {
            required: true,
            media_types: const { &[MediaType::new("application/json")] },
            by_media_type: false,
            arguments: BodyArguments::Properties(properties.leak(), false),
        }),
        answers: vec![answer(function)].leak(),
        failures: &[],
        security: &[],
        consequential: function.asks == Asks::EachTime,
        asks_once: false,
        time_limit: function.time_limit.map(Duration::from_secs),
        deprecated: false,
    }
}

fn answer(function: &Function) -> Response {
    let mut generator = whole();
    let description = Description::of(function, &mut generator);
    let Some(schema) = description.answer_schema().map(Value::to_string) else {
        return Response::new(Status::Code(204), None);
    };
    let mut response = Response::new(Status::Code(200), Some("application/json"));
    // What functions answer shares no schemas, so nothing can refer to one.
    if !schema.contains("\"$ref\"") {
        response.schema = Some(leaked(schema));
    }
    response
}

/// A text for as long as the program runs, as its functions are.
fn leaked(text: String) -> &'static str {
    text.leak()
}

/// The schema in keywords that all providers of models take: a choice among constants is an `enum`,
/// and `oneOf`, whose variants exclude each other, is `anyOf`.
fn plain(schema: Value) -> Value {
    let Value::Object(mut keywords) = schema else {
        return schema;
    };
    if let Some(variants) = keywords.shift_remove("oneOf") {
        match choice(&variants) {
            Some(choice) => merge(&mut keywords, choice),
            None => drop(keywords.insert("anyOf".to_owned(), variants)),
        }
    }
    let inside = |(keyword, value): (String, Value)| {
        let value = match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => {
                let plain = |(name, schema)| (name, plain(schema));
                schemas.into_iter().map(plain).collect()
            }
            ("anyOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.into_iter().map(plain).collect()
            }
            ("items" | "additionalProperties", schema) => plain(schema),
            (_, value) => value,
        };
        (keyword, value)
    };
    keywords.into_iter().map(inside).collect()
}

/// Texts that each are a variant, with what is said of them.
fn choice(variants: &Value) -> Option<Map<String, Value>> {
    let mut values = Vec::new();
    let mut said = Vec::new();
    for variant in variants.as_array()? {
        let one = variant.get("const").map(std::slice::from_ref);
        let listed = variant.get("enum").and_then(Value::as_array);
        let texts = one.or(listed.map(Vec::as_slice))?;
        for text in texts {
            let name = text.as_str()?;
            if let Some(description) = variant.get("description").and_then(Value::as_str) {
                said.push(format!("`{name}`: {description}"));
            }
            values.push(text.clone());
        }
    }
    let mut choice = Map::new();
    choice.insert("type".to_owned(), "string".into());
    choice.insert("enum".to_owned(), values.into());
    if !said.is_empty() {
        choice.insert("description".to_owned(), said.join(" ").into());
    }
    Some(choice)
}

/// Adds keywords; of two descriptions both stay.
fn merge(keywords: &mut Map<String, Value>, others: Map<String, Value>) {
    for (keyword, value) in others {
        let before = keywords.get(&keyword).and_then(Value::as_str);
        let value = match (keyword.as_str(), before, value.as_str()) {
            ("description", Some(before), Some(after)) => format!("{before} {after}").into(),
            _ => value,
        };
        keywords.insert(keyword, value);
    }
}

/// An example of what a schema describes, with what must be there alone.
fn example(schema: &Value, definitions: &Map<String, Value>) -> Value {
    /// Types that hold themselves end here.
    const DEEPEST: usize = 8;

    fn at(schema: &Value, definitions: &Map<String, Value>, depth: usize) -> Value {
        let first = |keyword: &str| schema.get(keyword)?.as_array()?.first();
        let given = [schema.get("default"), schema.get("const")];
        let given = given.into_iter().flatten().next();
        if let Some(given) = given.or(first("enum")).or(first("examples")) {
            return given.clone();
        }
        if depth == DEEPEST {
            return Value::Null;
        }
        let referred = schema.get("$ref").and_then(Value::as_str);
        let referred = referred.and_then(|it| definitions.get(it.strip_prefix("#/$defs/")?));
        if let Some(inner) = referred.or(first("anyOf")).or(first("allOf")) {
            return at(inner, definitions, depth + 1);
        }
        let kind = match schema.get("type") {
            // The other one is `null`.
            Some(Value::Array(kinds)) => kinds.first(),
            kind => kind,
        };
        let kind = kind.and_then(Value::as_str);
        match kind {
            Some("boolean") => true.into(),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(1.into()),
            Some("string") => "text".into(),
            Some("array") => Value::Array(Vec::new()),
            Some("object") => {
                let required = schema.get("required").and_then(Value::as_array);
                let names = required.into_iter().flatten().filter_map(Value::as_str);
                let value = |name| at(&schema["properties"][name], definitions, depth + 1);
                names.map(|name| (name.to_owned(), value(name))).collect()
            }
            _ => Value::Null,
        }
    }
    at(schema, definitions, 0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{example, plain};

    #[test]
    fn a_choice_among_constants_is_an_enum() {
        let schema = json!({
            "description": "How sure.",
            "oneOf": [
                { "description": "Not at all.", "type": "string", "const": "guess" },
                { "type": "string", "enum": ["sure", "certain"] }
            ]
        });
        let expected = json!({
            "description": "How sure. `guess`: Not at all.",
            "type": "string",
            "enum": ["guess", "sure", "certain"]
        });
        assert_eq!(
            plain(json!({ "items": schema })),
            json!({ "items": expected })
        );
    }

    #[test]
    fn variants_stay_variants() {
        let variants = json!([{ "type": "object" }, { "type": "string", "const": "none" }]);
        let schema = plain(json!({ "properties": { "oneOf": { "oneOf": variants } } }));
        assert_eq!(
            schema,
            json!({ "properties": { "oneOf": { "anyOf": variants } } })
        );
    }

    #[test]
    fn an_example_ends() {
        let schema = json!({
            "type": "object",
            "properties": {
                "at": { "$ref": "#/$defs/Node" },
                "size": { "type": "integer", "minimum": 3 },
                "more": { "type": "string" }
            },
            "required": ["at", "size"]
        });
        let mut definitions = Map::new();
        let node = json!({
            "type": "object",
            "properties": { "next": { "$ref": "#/$defs/Node" }, "is": { "type": ["boolean", "null"] } },
            "required": ["next", "is"]
        });
        definitions.insert("Node".to_owned(), node);
        let made = example(&schema, &definitions);
        assert_eq!(made["size"], 3);
        assert_eq!(made["at"]["next"]["is"], true);
        assert_eq!(made["more"], Value::Null);
        assert_eq!(made["at"].to_string().matches("next").count(), 3);
    }
}
