//! JSON Schema of what goes into requests.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::{
    ir::{
        Api, Array, Body, Bounds, EnumValues, Field, Integer, IntegerFormat, Number, NumberFormat,
        Origin, Parameter, Patterns, Rest, Struct, Text, TextFormat, Type, TypeId, TypeUse, Union,
    },
    names::{Names, is_item},
};

use super::fits::fits;

/// Schemas nested deeper than this become `$defs`, so that no document can exhaust the stack.
const DEEPEST: usize = 24;

/// Renders types, and gathers those that are referred to.
pub(super) struct Schemas<'a> {
    pub(super) api: &'a Api,
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
    pub(super) fn new(api: &'a Api, names: &'a Names) -> Self {
        Self {
            api,
            names,
            shared: shared(api),
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
            // A model is asked for nothing that the API alone decides.
            if field.read_only || tag.is_some_and(|(tag, _)| *tag == field.name) {
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
        let rest = match object.rest {
            Rest::Kept(values) => self.of_additional(values, depth),
            // What the document does not name, a model can only have made up.
            Rest::Ignored | Rest::Refused => false.into(),
        };
        match &object.patterns {
            Some(patterns) => self.put_patterns(&mut schema, patterns, depth),
            None => {
                schema.insert("additionalProperties".into(), rest);
            }
        }
        schema
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
        let rest = match patterns.rest {
            Rest::Kept(values) => self.of_additional(values, depth),
            Rest::Ignored | Rest::Refused => false.into(),
        };
        schema.insert("additionalProperties".into(), rest);
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
                && !field.read_only
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

/// The types that requests are described with by reference: where a description would have no end,
/// and components of some size that several places use.
fn shared(api: &Api) -> HashSet<TypeId> {
    let mut walk = Walk {
        api,
        state: HashMap::new(),
        uses: HashMap::new(),
        recursive: HashSet::new(),
    };
    for op in &api.operations {
        for parameter in &op.parameters {
            walk.from(parameter.ty.id);
        }
        if let Some(body) = &op.body {
            walk.from(body.ty().id);
        }
    }
    let mut shared = walk.recursive;
    shared.extend(walk.uses.into_iter().filter_map(|(id, uses)| {
        let is_component = matches!(api.ty(id).origin, Origin::Component(_));
        (uses > 1 && is_component && !is_small(api, id)).then_some(id)
    }));
    shared
}

/// A walk over all that requests reach, with a stack of its own.
struct Walk<'a> {
    api: &'a Api,
    /// Whether a type is being walked; of those walked, `false`.
    state: HashMap<TypeId, bool>,
    uses: HashMap<TypeId, u32>,
    recursive: HashSet<TypeId>,
}

impl Walk<'_> {
    fn from(&mut self, root: TypeId) {
        let mut stack = Vec::new();
        self.enter(root, &mut stack);
        while let Some((id, children)) = stack.last_mut() {
            if let Some(child) = children.pop() {
                self.enter(child, &mut stack);
            } else {
                self.state.insert(*id, false);
                stack.pop();
            }
        }
    }

    fn enter(&mut self, id: TypeId, stack: &mut Vec<(TypeId, Vec<TypeId>)>) {
        *self.uses.entry(id).or_default() += 1;
        match self.state.get(&id) {
            Some(true) => {
                self.recursive.insert(id);
            }
            Some(false) => {}
            None => {
                self.state.insert(id, true);
                stack.push((id, asked_for(self.api, id)));
            }
        }
    }
}

/// The types that the schema of a type mentions.
fn asked_for(api: &Api, id: TypeId) -> Vec<TypeId> {
    match &api.ty(id).kind {
        Type::Array(array) => array.uses().map(|ty| ty.id).collect(),
        Type::Map(map) => map.uses().map(|ty| ty.id).collect(),
        Type::Struct(object) => {
            let patterns = object.patterns.iter().flat_map(Patterns::uses);
            let patterns: Vec<TypeId> = patterns.map(|ty| ty.id).collect();
            let rest = match object.rest {
                Rest::Kept(values) => Some(values.id),
                Rest::Ignored | Rest::Refused => None,
            };
            let fields = object.fields.iter().filter(|it| !it.read_only);
            fields
                .map(|it| it.ty.id)
                .chain(rest)
                .chain(patterns)
                .collect()
        }
        Type::Union(union) => union.variants.iter().map(|it| it.ty).collect(),
        _ => Vec::new(),
    }
}

/// Whether a reference would be longer than what it stands for.
fn is_small(api: &Api, id: TypeId) -> bool {
    let is_plain = |id: TypeId| {
        let kind = &api.ty(id).kind;
        !is_item(kind) && !matches!(kind, Type::Array(_) | Type::Map(_))
    };
    match &api.ty(id).kind {
        Type::Struct(object) => {
            object.fields.len() <= 2 && object.fields.iter().all(|it| is_plain(it.ty.id))
        }
        Type::Enum(it) => match &it.values {
            EnumValues::Texts(texts) => texts.len() <= 8,
            EnumValues::Integers(integers) => integers.len() <= 8,
        },
        Type::Union(_) => false,
        Type::Array(array) => is_plain(array.items.id),
        Type::Map(map) => is_plain(map.values.id),
        _ => true,
    }
}
