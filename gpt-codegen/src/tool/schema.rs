//! JSON Schema of what goes into requests and of what answers bring.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::{
    ir::{
        Api, Array, Body, Bounds, EnumValues, Field, Integer, IntegerFormat, Number, NumberFormat,
        Parameter, Patterns, Response, Rest, Struct, Text, TextFormat, Type, TypeId, TypeUse,
        Union, is_json,
    },
    names::Names,
};

use super::{
    fits::fits,
    shared::{Side, shared},
};

/// Schemas nested deeper than this become `$defs`, so that no document can exhaust the stack.
const DEEPEST: usize = 24;

/// Renders types, and gathers those that are referred to.
pub(super) struct Schemas<'a> {
    pub(super) api: &'a Api,
    side: Side,
    names: &'a Names,
    /// The types that are referred to rather than repeated.
    shared: HashSet<TypeId>,
    /// The names of those that were referred to.
    defs: HashMap<Shape, String>,
    taken: HashSet<String>,
    waiting: Vec<Shape>,
    finished: Map<String, Value>,
}

/// A type; a struct perhaps as the variant of a tagged union.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shape {
    id: TypeId,
    /// The tag and its values.
    tag: Option<(String, Vec<String>)>,
}

type Schema = Map<String, Value>;

impl<'a> Schemas<'a> {
    pub(super) fn new(api: &'a Api, names: &'a Names, side: Side) -> Self {
        Self {
            api,
            side,
            names,
            shared: shared(api, side),
            defs: HashMap::new(),
            taken: HashSet::new(),
            waiting: Vec::new(),
            finished: Map::new(),
        }
    }

    pub(super) fn of_parameter(&mut self, parameter: &Parameter) -> Value {
        let schema = self.of_use(parameter.ty, 0);
        let example = parameter.example.as_ref();
        let examples: Vec<Value> = example.cloned().into_iter().collect();
        self.noted(
            schema,
            parameter.ty,
            &Notes {
                description: parameter.description.as_deref(),
                default: None,
                examples: &examples,
                deprecated: parameter.deprecated,
            },
        )
    }

    pub(super) fn of_field(&mut self, field: &Field) -> Value {
        self.of_field_at(field, 0)
    }

    pub(super) fn of_body(&mut self, body: &Body) -> Value {
        let schema = self.of_use(body.ty(), 0);
        let examples: Vec<Value> = body.preferred.example.iter().cloned().collect();
        self.noted(
            schema,
            body.ty(),
            &Notes {
                description: body.description.as_deref(),
                default: None,
                examples: &examples,
                deprecated: false,
            },
        )
    }

    /// What a JSON body of success is; `None` where nothing is said of it.
    pub(super) fn of_answer(&mut self, response: &Response) -> Option<Value> {
        let is_json = response.media_type.as_deref().is_some_and(is_json);
        let schema = is_json.then(|| self.of_use(response.ty, 0))?;
        (!schema.is_empty()).then(|| schema.into())
    }

    /// What `additionalProperties` says of other arguments.
    pub(super) fn of_rest(&mut self, values: TypeUse) -> Value {
        self.of_additional(values, 0)
    }

    /// The schemas that were referred to, and those they refer to.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        while let Some(shape) = self.waiting.pop() {
            let schema = self.rendered(&shape, 0);
            if let Some(name) = self.defs.get(&shape) {
                self.finished.insert(name.clone(), schema.into());
            }
        }
        self.finished.sort_keys();
        self.finished
    }

    fn of_field_at(&mut self, field: &Field, depth: usize) -> Value {
        let schema = self.of_use(field.ty, depth);
        self.noted(
            schema,
            field.ty,
            &Notes {
                description: field.description.as_deref(),
                default: field.default.as_ref(),
                examples: &[],
                deprecated: field.deprecated,
            },
        )
    }

    fn of_use(&mut self, ty: TypeUse, depth: usize) -> Schema {
        let shape = Shape {
            id: ty.id,
            tag: None,
        };
        let schema = self.of_shape(&shape, depth);
        if ty.nullable {
            nullable(schema)
        } else {
            schema
        }
    }

    /// The shape itself or a reference to it.
    fn of_shape(&mut self, shape: &Shape, depth: usize) -> Schema {
        if depth < DEEPEST && !self.shared.contains(&shape.id) {
            return self.rendered(shape, depth);
        }
        let name = self.def(shape);
        Schema::from_iter([("$ref".to_owned(), format!("#/$defs/{name}").into())])
    }

    fn def(&mut self, shape: &Shape) -> String {
        if let Some(name) = self.defs.get(shape) {
            return name.clone();
        }
        let mut base = self.names.ty(shape.id).name.clone();
        if let Some((_, values)) = &shape.tag {
            base.push('_');
            base.extend(
                values
                    .first()
                    .map_or("", String::as_str)
                    .chars()
                    .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
                    .take(40),
            );
        }
        let mut name = base.clone();
        let mut number = 2_u32;
        while !self.taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        self.defs.insert(shape.clone(), name.clone());
        self.waiting.push(shape.clone());
        name
    }

    fn rendered(&mut self, shape: &Shape, depth: usize) -> Schema {
        let api = self.api;
        let def = api.ty(shape.id);
        let schema = match &def.kind {
            Type::Any => Schema::new(),
            Type::Boolean => typed("boolean"),
            Type::Integer(integer) => of_integer(integer),
            Type::Number(number) => of_number(number),
            Type::String(text) => of_text(text),
            Type::Array(array) => {
                let mut schema = typed("array");
                self.put_items(&mut schema, array, depth);
                put(&mut schema, "minItems", array.min_items);
                put(&mut schema, "maxItems", array.max_items);
                put(
                    &mut schema,
                    "uniqueItems",
                    array.unique_items.then_some(true),
                );
                schema
            }
            Type::Map(map) => {
                let mut schema = typed("object");
                schema.insert("properties".into(), json!({}));
                if let Some(patterns) = &map.patterns {
                    self.put_patterns(&mut schema, patterns, depth);
                } else {
                    let values = self.of_additional(map.values, depth);
                    schema.insert("additionalProperties".into(), values);
                }
                put(&mut schema, "minProperties", map.min_properties);
                put(&mut schema, "maxProperties", map.max_properties);
                schema
            }
            Type::Struct(object) => self.of_struct(object, shape.tag.as_ref(), depth),
            Type::Enum(it) => match &it.values {
                EnumValues::Texts(texts) => of_enum("string", json!(texts)),
                EnumValues::Integers(integers) => of_enum("integer", json!(integers)),
            },
            Type::Union(union) => self.of_union(union, depth),
            Type::Unit => typed("null"),
        };
        let mut schema = schema;
        schema.extend(def.checks.clone());
        let ty = TypeUse {
            id: shape.id,
            nullable: false,
        };
        let noted = self.noted(
            schema,
            ty,
            &Notes {
                description: def.description.as_deref(),
                default: def.default.as_ref(),
                examples: &def.examples,
                deprecated: def.deprecated,
            },
        );
        match noted {
            Value::Object(schema) => schema,
            _ => Schema::new(),
        }
    }

    fn of_struct(
        &mut self,
        object: &Struct,
        tag: Option<&(String, Vec<String>)>,
        depth: usize,
    ) -> Schema {
        let mut properties = Map::new();
        let mut required = Vec::new();
        if let Some((tag, values)) = tag {
            let mut schema = of_enum("string", json!(values));
            let field = object.fields.iter().find(|it| it.name == *tag);
            if let Some(description) = field.and_then(|it| it.description.as_deref()) {
                schema.insert("description".into(), description.into());
            }
            properties.insert(tag.clone(), schema.into());
            required.push(Value::from(tag.as_str()));
        }
        for field in &object.fields {
            if !self.side.has(field) || tag.is_some_and(|(tag, _)| *tag == field.name) {
                continue;
            }
            if field.required {
                required.push(Value::from(field.name.as_str()));
            }
            properties.insert(field.name.clone(), self.of_field_at(field, depth + 1));
        }
        let mut schema = typed("object");
        schema.insert("properties".into(), properties.into());
        if !required.is_empty() {
            schema.insert("required".into(), required.into());
        }
        match &object.patterns {
            Some(patterns) => self.put_patterns(&mut schema, patterns, depth),
            None => self.put_rest(&mut schema, object.rest, depth),
        }
        schema
    }

    /// What becomes of properties that are not named.
    fn put_rest(&mut self, schema: &mut Schema, rest: Rest, depth: usize) {
        let rest = match (rest, self.side) {
            (Rest::Kept(values), _) => self.of_additional(values, depth),
            // What the document does not name, a model can only have made up.
            (Rest::Ignored | Rest::Refused, Side::Request) => false.into(),
            // An API may add to what it answers, and nothing that reads it refuses that.
            (Rest::Ignored | Rest::Refused, Side::Answer) => return,
        };
        schema.insert("additionalProperties".into(), rest);
    }

    fn put_items(&mut self, schema: &mut Schema, array: &Array, depth: usize) {
        if array.prefix.is_empty() {
            schema.insert("items".into(), self.of_use(array.items, depth + 1).into());
            return;
        }
        let prefix: Vec<Value> = array
            .prefix
            .iter()
            .map(|ty| self.of_use(*ty, depth + 1).into())
            .collect();
        schema.insert("prefixItems".into(), prefix.into());
        let rest = match array.rest {
            Rest::Kept(ty) => self.of_use(ty, depth + 1).into(),
            Rest::Refused => false.into(),
            Rest::Ignored => json!({}),
        };
        schema.insert("items".into(), rest);
    }

    fn put_patterns(&mut self, schema: &mut Schema, patterns: &Patterns, depth: usize) {
        let values: Schema = patterns
            .values
            .iter()
            .map(|(pattern, ty)| (pattern.clone(), self.of_use(*ty, depth + 1).into()))
            .collect();
        schema.insert("patternProperties".into(), values.into());
        self.put_rest(schema, patterns.rest, depth);
    }

    fn of_additional(&mut self, values: TypeUse, depth: usize) -> Value {
        let schema = self.of_use(values, depth + 1);
        if schema.is_empty() {
            Value::Bool(true)
        } else {
            schema.into()
        }
    }

    fn of_union(&mut self, union: &Union, depth: usize) -> Schema {
        let variants: Vec<Value> = union
            .variants
            .iter()
            .map(|variant| {
                let tag = union
                    .tag
                    .as_ref()
                    .filter(|tag| self.needs_tag(variant.ty, tag, &variant.tags))
                    .map(|tag| (tag.clone(), variant.tags.clone()));
                let shape = Shape {
                    id: variant.ty,
                    tag,
                };
                self.of_shape(&shape, depth + 1).into()
            })
            .collect();
        Schema::from_iter([("anyOf".to_owned(), variants.into())])
    }

    /// Whether the variant's own schema does not tell it from others.
    fn needs_tag(&self, id: TypeId, tag: &str, tags: &[String]) -> bool {
        let Type::Struct(object) = &self.api.ty(id).kind else {
            return false;
        };
        let tells = object.fields.iter().any(|field| {
            let values = match &self.api.ty(field.ty.id).kind {
                Type::Enum(it) => match &it.values {
                    EnumValues::Texts(texts) => Some(texts.as_slice()),
                    EnumValues::Integers(_) => None,
                },
                _ => None,
            };
            field.name == tag
                && field.required
                && self.side.has(field)
                && !field.ty.nullable
                && values == Some(tags)
        });
        !tags.is_empty() && !tells
    }

    /// Adds what a place says of its schema. A default or example that does not fit the type would
    /// only mislead.
    fn noted(&self, mut schema: Schema, ty: TypeUse, notes: &Notes<'_>) -> Value {
        let examples: Vec<&Value> = notes
            .examples
            .iter()
            .filter(|it| fits(self.api, ty, it))
            .collect();
        let default = notes.default.filter(|it| fits(self.api, ty, it));
        let description = notes.description.map_or("", str::trim);
        let is_silent =
            description.is_empty() && default.is_none() && examples.is_empty() && !notes.deprecated;
        if is_silent {
            return schema.into();
        }
        if schema.contains_key("$ref") {
            // Not all providers take a reference with siblings.
            schema = Schema::from_iter([("anyOf".to_owned(), json!([schema]))]);
        }
        if !description.is_empty() {
            schema.insert("description".into(), description.into());
        }
        put(&mut schema, "default", default.cloned());
        if !examples.is_empty() {
            schema.insert("examples".into(), json!(examples));
        }
        put(&mut schema, "deprecated", notes.deprecated.then_some(true));
        schema.into()
    }
}

/// What stands beside a schema.
struct Notes<'a> {
    description: Option<&'a str>,
    default: Option<&'a Value>,
    examples: &'a [Value],
    deprecated: bool,
}

fn put(schema: &mut Schema, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        schema.insert(key.to_owned(), value.into());
    }
}

fn typed(name: &str) -> Schema {
    Schema::from_iter([("type".to_owned(), name.into())])
}

fn of_enum(name: &str, values: Value) -> Schema {
    let mut schema = typed(name);
    schema.insert("enum".into(), values);
    schema
}

fn of_integer(integer: &Integer) -> Schema {
    let mut schema = typed("integer");
    let format = match integer.format {
        // What is not said is not repeated.
        IntegerFormat::Int64 | IntegerFormat::Big => None,
        IntegerFormat::UnixTime => Some("unix-time"),
        IntegerFormat::Int32 => Some("int32"),
        IntegerFormat::Uint32 => Some("uint32"),
        IntegerFormat::Uint64 => Some("uint64"),
    };
    put(&mut schema, "format", format);
    put_bounds(&mut schema, &integer.bounds);
    schema
}

fn of_number(number: &Number) -> Schema {
    let mut schema = typed("number");
    let format = match number.format {
        NumberFormat::Float => Some("float"),
        NumberFormat::Double => None,
        NumberFormat::Decimal => Some("decimal"),
        NumberFormat::UnixTime => Some("unix-time"),
    };
    put(&mut schema, "format", format);
    put_bounds(&mut schema, &number.bounds);
    schema
}

fn put_bounds(schema: &mut Schema, bounds: &Bounds) {
    put(schema, "minimum", bounds.minimum.clone());
    put(schema, "exclusiveMinimum", bounds.exclusive_minimum.clone());
    put(schema, "maximum", bounds.maximum.clone());
    put(schema, "exclusiveMaximum", bounds.exclusive_maximum.clone());
    put(schema, "multipleOf", bounds.multiple_of.clone());
}

fn of_text(text: &Text) -> Schema {
    let mut schema = typed("string");
    if text.format == TextFormat::File {
        // A model can only write bytes as text, of which the bounds do not speak.
        schema.insert("format".to_owned(), "byte".into());
        return schema;
    }
    put(&mut schema, "format", text.format_name.clone());
    put(&mut schema, "contentEncoding", text.encoding.clone());
    put(&mut schema, "minLength", text.min_length);
    put(&mut schema, "maxLength", text.max_length);
    put(&mut schema, "pattern", text.pattern.clone());
    schema
}

/// Lets `null` stand beside what a schema allows.
fn nullable(mut schema: Schema) -> Schema {
    if schema.is_empty() {
        return schema;
    }
    if let Some(Value::Array(variants)) = schema.get_mut("anyOf") {
        variants.push(json!({ "type": "null" }));
        return schema;
    }
    let Some(name) = schema.get_mut("type") else {
        return Schema::from_iter([("anyOf".to_owned(), json!([schema, { "type": "null" }]))]);
    };
    if *name != "null" {
        *name = json!([name, "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    schema
}
