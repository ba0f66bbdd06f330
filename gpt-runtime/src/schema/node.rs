//! Schemas as values are checked against them: each keyword is read once, when the schema is compiled.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use serde_json::{Map, Number, Value};

use super::{compiled::name_of, pattern::Pattern};

/// What a value may be.
#[derive(Debug)]
pub(super) enum Schema {
    /// Anything: `true`, and what is no schema.
    Any,
    /// Nothing: `false`.
    Never,
    /// What all of these keywords allow.
    Keywords(Box<Keywords>),
}

/// The keywords of a schema.
#[derive(Debug)]
pub(super) struct Keywords {
    /// `$ref`, as the position of a definition.
    pub(super) reference: Option<usize>,
    pub(super) description: Option<String>,
    /// `type`; anything where it is empty.
    pub(super) kinds: Vec<Kind>,
    /// `const`, else `enum`.
    pub(super) choices: Option<Vec<Value>>,
    /// Whether `const` and `enum` allow `null`.
    pub(super) is_null_a_choice: bool,
    pub(super) number: Numbers,
    pub(super) text: Texts,
    pub(super) array: Arrays,
    pub(super) object: Objects,
    pub(super) all_of: Vec<Schema>,
    /// `anyOf` and `oneOf`.
    pub(super) unions: Vec<Vec<Schema>>,
}

/// A type of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    Integer,
    String,
    Array,
    Object,
}

/// The keywords for numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) bounds: Vec<Bound>,
    /// `multipleOf`
    pub(super) step: Option<Number>,
    pub(super) format: Option<String>,
}

/// `minimum`, `maximum` or an exclusive one.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) limit: Number,
    /// How a number within it compares to the limit.
    pub(super) holds: fn(Ordering) -> bool,
    /// The same for people, before the limit.
    pub(super) words: &'static str,
}

/// The keywords for texts.
#[derive(Debug)]
pub(super) struct Texts {
    /// `minLength` and `maxLength`.
    pub(super) length: Size,
    pub(super) pattern: Option<(String, Option<Arc<Pattern>>)>,
    /// `contentEncoding`, else `format`.
    pub(super) format: Option<String>,
    /// Whether one of them says that it is base64.
    pub(super) is_base64: bool,
}

/// The keywords for arrays.
#[derive(Debug)]
pub(super) struct Arrays {
    /// `minItems` and `maxItems`.
    pub(super) length: Size,
    /// `uniqueItems`
    pub(super) is_unique: bool,
    /// `prefixItems`
    pub(super) first: Vec<Schema>,
    /// `items`
    pub(super) rest: Option<Schema>,
}

/// The keywords for objects.
#[derive(Debug)]
pub(super) struct Objects {
    /// `minProperties` and `maxProperties`.
    pub(super) length: Size,
    pub(super) properties: Properties,
    pub(super) required: Vec<String>,
    /// `dependentRequired`
    pub(super) dependent: Vec<(String, Vec<String>)>,
    /// `patternProperties`; a pattern that is not checked matches.
    pub(super) patterns: Vec<(Option<Arc<Pattern>>, Schema)>,
    /// `propertyNames`
    pub(super) names: Option<Schema>,
    /// `additionalProperties`
    pub(super) others: Option<Schema>,
}

/// The described properties of an object.
#[derive(Debug)]
pub(super) struct Properties {
    in_order: Vec<Property>,
    /// Their positions by their names.
    sorted: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) schema: Schema,
    pub(super) is_required: bool,
}

/// How much of something there may be.
#[derive(Debug)]
pub(super) struct Size {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Whether a value is of the type.
    pub(super) fn takes(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// The type as a noun.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::String => "text",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl Keywords {
    /// Whether all they say is what properties an object has.
    pub(super) fn is_plain_object(&self) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&Kind::Object))
            && self.reference.is_none()
            && self.choices.is_none()
            && self.all_of.is_empty()
            && self.unions.is_empty()
    }

    /// The only value there can be.
    pub(super) fn only(&self) -> Option<&Value> {
        match self.choices.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        }
    }
}

impl Properties {
    /// The position of a property. It is found at once where it is the `expected` one, as it is
    /// when properties come in the order of the description.
    pub(super) fn position(&self, name: &str, expected: usize) -> Option<usize> {
        if self.get(expected).is_some_and(|it| it.name == name) {
            return Some(expected);
        }
        let named = |position: &usize| self.get(*position).map(|it| it.name.as_str());
        let found = self
            .sorted
            .binary_search_by(|it| named(it).cmp(&Some(name)))
            .ok()?;
        self.sorted.get(found).copied()
    }

    pub(super) fn get(&self, position: usize) -> Option<&Property> {
        self.in_order.get(position)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Property> {
        self.get(self.position(name, 0)?)
    }

    /// In the order of the description.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Property> {
        self.in_order.iter()
    }
}

/// Reads schemas.
pub(super) struct Reader<'a> {
    /// The positions of definitions by their names; the first is for references that lead nowhere.
    pub(super) definitions: HashMap<&'a str, usize>,
    /// By their texts.
    pub(super) patterns: HashMap<String, Arc<Pattern>>,
}

impl Reader<'_> {
    pub(super) fn schema(&self, schema: &Value) -> Schema {
        match schema {
            Value::Object(keywords) => Schema::Keywords(Box::new(self.keywords(keywords))),
            Value::Bool(false) => Schema::Never,
            _ => Schema::Any,
        }
    }

    fn keywords(&self, keywords: &Map<String, Value>) -> Keywords {
        let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
        let is_null = |keyword: &str| match keywords.get(keyword) {
            None => true,
            Some(Value::Array(values)) => values.contains(&Value::Null),
            Some(value) => value.is_null(),
        };
        let unions = ["anyOf", "oneOf"].into_iter();
        let unions = unions.filter(|it| keywords.get(*it).is_some_and(Value::is_array));
        Keywords {
            reference: keywords.get("$ref").map(|it| self.definition(it)),
            description: text("description").map(str::to_owned),
            kinds: kinds(keywords.get("type")),
            choices: match (keywords.get("const"), keywords.get("enum")) {
                (Some(value), _) => Some(vec![value.clone()]),
                (None, Some(Value::Array(values))) => Some(values.clone()),
                _ => None,
            },
            is_null_a_choice: is_null("const") && is_null("enum"),
            number: numbers(keywords),
            text: self.texts(keywords),
            array: self.arrays(keywords),
            object: self.objects(keywords),
            all_of: self.schemas(keywords, "allOf"),
            unions: unions.map(|it| self.schemas(keywords, it)).collect(),
        }
    }

    fn definition(&self, reference: &Value) -> usize {
        let name = reference.as_str().and_then(name_of);
        let known = name.and_then(|name| self.definitions.get(name.as_str()).copied());
        known.unwrap_or_default()
    }

    fn schemas(&self, keywords: &Map<String, Value>, keyword: &str) -> Vec<Schema> {
        let schemas = keywords.get(keyword).and_then(Value::as_array);
        let schemas = schemas.into_iter().flatten();
        schemas.map(|it| self.schema(it)).collect()
    }

    fn texts(&self, keywords: &Map<String, Value>) -> Texts {
        let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
        let (encoding, format) = (text("contentEncoding"), text("format"));
        Texts {
            length: size(keywords, "minLength", "maxLength"),
            pattern: text("pattern").map(|it| (it.to_owned(), self.patterns.get(it).cloned())),
            format: encoding.or(format).map(str::to_owned),
            is_base64: format == Some("byte") || encoding == Some("base64"),
        }
    }

    fn arrays(&self, keywords: &Map<String, Value>) -> Arrays {
        Arrays {
            length: size(keywords, "minItems", "maxItems"),
            is_unique: keywords.get("uniqueItems") == Some(&Value::Bool(true)),
            first: self.schemas(keywords, "prefixItems"),
            rest: keywords.get("items").map(|it| self.schema(it)),
        }
    }

    fn objects(&self, keywords: &Map<String, Value>) -> Objects {
        let entries = |keyword: &str| {
            let entries = keywords.get(keyword).and_then(Value::as_object);
            entries.into_iter().flatten()
        };
        let required = texts(keywords.get("required"));
        let properties = entries("properties").map(|(name, schema)| Property {
            name: name.clone(),
            schema: self.schema(schema),
            is_required: required.contains(name),
        });
        let in_order: Vec<Property> = properties.collect();
        let mut sorted: Vec<(&str, usize)> = in_order
            .iter()
            .map(|it| it.name.as_str())
            .zip(0..)
            .collect();
        sorted.sort_unstable();
        let sorted = sorted.into_iter().map(|(_, position)| position).collect();
        Objects {
            length: size(keywords, "minProperties", "maxProperties"),
            properties: Properties { in_order, sorted },
            dependent: entries("dependentRequired")
                .map(|(name, needed)| (name.clone(), texts(Some(needed))))
                .collect(),
            patterns: entries("patternProperties")
                .map(|(pattern, schema)| (self.patterns.get(pattern).cloned(), self.schema(schema)))
                .collect(),
            names: keywords.get("propertyNames").map(|it| self.schema(it)),
            others: keywords
                .get("additionalProperties")
                .map(|it| self.schema(it)),
            required,
        }
    }
}

/// One type or a list of them. A type that JSON Schema does not have allows anything.
fn kinds(keyword: Option<&Value>) -> Vec<Kind> {
    let kinds = match keyword {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    };
    let names = kinds.iter().filter_map(Value::as_str);
    names
        .map(Kind::of)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

fn numbers(keywords: &Map<String, Value>) -> Numbers {
    type Holds = fn(Ordering) -> bool;
    let bounds: [(&str, Holds, &str); 4] = [
        ("minimum", Ordering::is_ge, "at least"),
        ("maximum", Ordering::is_le, "at most"),
        ("exclusiveMinimum", Ordering::is_gt, "greater than"),
        ("exclusiveMaximum", Ordering::is_lt, "less than"),
    ];
    let number = |keyword: &str| keywords.get(keyword).and_then(Value::as_number).cloned();
    let bounds = bounds.into_iter().filter_map(|(keyword, holds, words)| {
        let limit = number(keyword)?;
        Some(Bound {
            limit,
            holds,
            words,
        })
    });
    Numbers {
        bounds: bounds.collect(),
        step: number("multipleOf"),
        format: keywords
            .get("format")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

fn size(keywords: &Map<String, Value>, least: &str, most: &str) -> Size {
    let bound = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
    Size {
        least: bound(least),
        most: bound(most),
    }
}

fn texts(keyword: Option<&Value>) -> Vec<String> {
    let texts = keyword.and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}
