//! Schema Objects, read one node at a time as JSON Schema 2020-12.
//!
//! What a node says is taken down and checked for its kind; following references and deciding what
//! the whole means is left to `ir`.

use serde_json::Number;

use super::contradiction;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::Bounds,
    nearest::nearest,
    node::{Entry, Mapping, Node, Value},
    source::Span,
};

/// What one Schema Object says itself, references not followed.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // One for each keyword that is true or false.
pub(crate) struct SchemaObject<'a> {
    pub(crate) span: Span,
    /// The schema is `false`: no value fits.
    pub(crate) never: bool,
    pub(crate) reference: Option<(&'a str, Span)>,
    pub(crate) types: Option<Types>,
    /// `nullable: true`, which 3.1 no longer knows and people go on writing.
    pub(crate) nullable: bool,
    pub(crate) properties: Vec<Property<'a>>,
    pub(crate) required: Vec<(&'a str, Span)>,
    /// `required: true` at the property itself, as drafts up to 3 had it.
    pub(crate) required_here: bool,
    pub(crate) additional_properties: Option<&'a Node>,
    pub(crate) pattern_properties: Vec<Property<'a>>,
    pub(crate) property_names: Option<(&'a Node, Span)>,
    /// Properties, and those that must be there where they are.
    pub(crate) dependent_required: Vec<(&'a str, Vec<&'a str>)>,
    pub(crate) items: Option<&'a Node>,
    pub(crate) prefix_items: Vec<&'a Node>,
    pub(crate) all_of: Vec<&'a Node>,
    pub(crate) one_of: Vec<&'a Node>,
    pub(crate) any_of: Vec<&'a Node>,
    pub(crate) discriminator: Option<Discriminator<'a>>,
    pub(crate) values: Option<Values<'a>>,
    pub(crate) constant: Option<&'a Node>,
    pub(crate) format: Option<&'a str>,
    pub(crate) content_encoding: Option<&'a str>,
    pub(crate) content_media_type: Option<&'a str>,
    pub(crate) pattern: Option<&'a str>,
    pub(crate) bounds: Bounds,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) min_properties: Option<u64>,
    pub(crate) max_properties: Option<u64>,
    pub(crate) unique_items: bool,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) deprecated: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) default: Option<&'a Node>,
    pub(crate) examples: Vec<&'a Node>,
    /// Whether a keyword was read that only narrows what is valid, such as `not`.
    pub(crate) narrows: bool,
}

/// The value of `type`.
#[derive(Clone, Debug)]
pub(crate) struct Types {
    pub(crate) span: Span,
    /// Without `null`, each once.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) null: bool,
}

/// A JSON Schema type other than `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Types {
    /// `string`, or `string` or `integer`.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self
            .kinds
            .iter()
            .map(|kind| format!("`{}`", kind.name()))
            .collect();
        names.join(" or ")
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A named part of a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: Span,
    pub(crate) node: &'a Node,
}

/// The value of `enum`.
#[derive(Clone, Debug)]
pub(crate) struct Values<'a> {
    pub(crate) span: Span,
    pub(crate) nodes: &'a [Node],
}

/// A Discriminator Object.
#[derive(Clone, Debug)]
pub(crate) struct Discriminator<'a> {
    pub(crate) property: &'a str,
    /// Values of the property, and the schema each stands for: a reference or a bare name.
    pub(crate) mapping: Vec<(&'a str, &'a str, Span)>,
    /// The schema for any other value (`defaultMapping`, OpenAPI 3.2).
    pub(crate) default: Option<(&'a str, Span)>,
}

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Keywords without which a type would have another shape.
const SHAPING: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "discriminator",
    "enum",
    "format",
    "items",
    "nullable",
    "oneOf",
    "prefixItems",
    "properties",
    "required",
    "type",
];

/// The other keywords that are read.
const REFINING: &[&str] = &[
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "patternProperties",
    "readOnly",
    "title",
    "uniqueItems",
    "writeOnly",
];

impl<'a> SchemaObject<'a> {
    /// Reads a schema, reporting what is not as JSON Schema has it.
    pub(crate) fn read(cx: &mut Diagnostics, node: &'a Node) -> Self {
        let mut schema = Self::empty(node.span);
        match &node.value {
            Value::Boolean(fits) => schema.never = !fits,
            Value::Mapping(entries) => {
                for (key, entry) in entries {
                    if !schema.read_keyword(cx, key, entry) {
                        unknown_keyword(cx, key, entry, entries);
                    }
                }
                contradiction::check(cx, entries);
            }
            Value::Null => cx.report(
                Diagnostic::warning("empty-schema", node.span, "this schema is empty")
                    .label("any value fits")
                    .help("write `{}` to allow anything, or a `type`"),
            ),
            _ => cx.report(
                Diagnostic::error(
                    "wrong-type",
                    node.span,
                    format!("a schema must be a mapping, not {}", node.kind()),
                )
                .label("expected a schema")
                .help("write keywords such as `type: string`"),
            ),
        }
        schema
    }

    fn empty(span: Span) -> Self {
        Self {
            span,
            never: false,
            reference: None,
            types: None,
            nullable: false,
            properties: Vec::new(),
            required: Vec::new(),
            required_here: false,
            additional_properties: None,
            pattern_properties: Vec::new(),
            property_names: None,
            dependent_required: Vec::new(),
            items: None,
            prefix_items: Vec::new(),
            all_of: Vec::new(),
            one_of: Vec::new(),
            any_of: Vec::new(),
            discriminator: None,
            values: None,
            constant: None,
            format: None,
            content_encoding: None,
            content_media_type: None,
            pattern: None,
            bounds: Bounds::default(),
            min_length: None,
            max_length: None,
            min_items: None,
            max_items: None,
            min_properties: None,
            max_properties: None,
            unique_items: false,
            title: None,
            description: None,
            deprecated: false,
            read_only: false,
            write_only: false,
            default: None,
            examples: Vec::new(),
            narrows: false,
        }
    }

    /// Whether the keyword is known.
    fn read_keyword(&mut self, cx: &mut Diagnostics, key: &'a str, entry: &'a Entry) -> bool {
        let node = &entry.node;
        match key {
            "$ref" => self.reference = text(cx, key, node).map(|text| (text, node.span)),
            "$dynamicRef" => {
                cx.report(
                    Diagnostic::warning(
                        "unchecked-keyword",
                        entry.key,
                        "`$dynamicRef` is read as `$ref`",
                    )
                    .label("what binds it to another schema is passed over")
                    .cause(key),
                );
                let target = text(cx, key, node).map(|text| (text, node.span));
                self.reference = self.reference.or(target);
            }
            "$recursiveRef" => unexpressed(cx, key, entry.key),
            "type" => self.types = types(cx, node),
            "nullable" => self.nullable = flag(cx, key, node),
            "properties" => self.properties = properties(cx, key, node),
            "required" => self.read_required(cx, entry),
            "additionalProperties" | "unevaluatedProperties" => {
                // `unevaluatedProperties` is what closes an `allOf`.
                self.additional_properties = self.additional_properties.or(Some(node));
            }
            "patternProperties" => self.pattern_properties = properties(cx, key, node),
            // A sequence of `items` is what `prefixItems` was before 2020-12.
            "items" if node.as_sequence().is_some() => self.prefix_items = schemas(cx, key, node),
            "items" => self.items = Some(node),
            // What follows `prefixItems`, before 2020-12 and across an `allOf`.
            "additionalItems" | "unevaluatedItems" => self.items = self.items.or(Some(node)),
            "prefixItems" => self.prefix_items = schemas(cx, key, node),
            "allOf" => self.all_of = schemas(cx, key, node),
            "oneOf" => self.one_of = schemas(cx, key, node),
            "anyOf" => self.any_of = schemas(cx, key, node),
            "discriminator" => self.discriminator = discriminator(cx, node),
            "enum" => {
                self.values = sequence(cx, key, node).map(|nodes| Values {
                    span: entry.key,
                    nodes,
                });
            }
            "const" => self.constant = Some(node),
            "format" => self.format = text(cx, key, node),
            "contentEncoding" => self.content_encoding = text(cx, key, node),
            "contentMediaType" => self.content_media_type = text(cx, key, node),
            "pattern" => self.pattern = text(cx, key, node),
            "minimum" => self.bounds.minimum = number(cx, key, node),
            "maximum" => self.bounds.maximum = number(cx, key, node),
            "exclusiveMinimum" => self.bounds.exclusive_minimum = number(cx, key, node),
            "exclusiveMaximum" => self.bounds.exclusive_maximum = number(cx, key, node),
            "multipleOf" => self.bounds.multiple_of = number(cx, key, node),
            "minLength" => self.min_length = count(cx, key, node),
            "maxLength" => self.max_length = count(cx, key, node),
            "minItems" => self.min_items = count(cx, key, node),
            "maxItems" => self.max_items = count(cx, key, node),
            "minProperties" => self.min_properties = count(cx, key, node),
            "maxProperties" => self.max_properties = count(cx, key, node),
            "uniqueItems" => self.unique_items = flag(cx, key, node),
            "title" => self.title = remark(cx, key, node),
            "description" => self.description = remark(cx, key, node),
            "deprecated" => self.deprecated = flag(cx, key, node),
            "readOnly" => self.read_only = flag(cx, key, node),
            "writeOnly" => self.write_only = flag(cx, key, node),
            "default" => self.default = Some(node),
            "example" => self.examples.insert(0, node),
            "examples" => self.examples.extend(node.as_sequence().unwrap_or_default()),
            "propertyNames" => {
                self.narrows = true;
                self.property_names = Some((node, entry.key));
            }
            "dependentRequired" => {
                self.narrows = true;
                self.dependent_required = dependencies(cx, key, node);
            }
            "not" | "if" | "dependentSchemas" | "contains" => {
                self.narrows = true;
                unexpressed(cx, key, entry.key);
            }
            // The first four go with keywords that are reported; the others change no value.
            "then" | "else" | "minContains" | "maxContains" | "xml" | "externalDocs"
            | "contentSchema" | "definitions" => {}
            _ => return key.starts_with('$') || key.starts_with("x-"),
        }
        true
    }

    fn read_required(&mut self, cx: &mut Diagnostics, entry: &'a Entry) {
        let node = &entry.node;
        if let Some(here) = node.as_bool() {
            self.required_here = here;
            cx.report(
                Diagnostic::warning(
                    "wrong-type",
                    entry.key,
                    "`required` must be a list of properties, not a boolean",
                )
                .label("JSON Schema gives this no meaning")
                .help("list the property in `required` of the object around it"),
            );
            return;
        }
        for name in sequence(cx, "required", node).unwrap_or_default() {
            match name.as_str() {
                Some(text) => self.required.push((text, name.span)),
                None => cx.report(wrong_kind("an item of `required`", "a string", name)),
            }
        }
    }

    /// Whether there is more to it than words about it, `$ref` and combinations of other schemas.
    pub(crate) fn shapes(&self) -> bool {
        self.types.is_some() || self.shapes_beside_type()
    }

    /// As [`Self::shapes`], where a `type` says nothing that another schema does not say.
    pub(crate) fn shapes_beside_type(&self) -> bool {
        self.never
            || !self.properties.is_empty()
            || !self.required.is_empty()
            || self.additional_properties.is_some()
            || !self.pattern_properties.is_empty()
            || self.property_names.is_some()
            || !self.dependent_required.is_empty()
            || self.items.is_some()
            || !self.prefix_items.is_empty()
            || self.values.is_some()
            || self.constant.is_some()
            || self.refines()
    }

    /// Whether it bounds the values of a scalar or the size of a container.
    fn refines(&self) -> bool {
        let bounds = &self.bounds;
        let numbers = [
            &bounds.minimum,
            &bounds.maximum,
            &bounds.exclusive_minimum,
            &bounds.exclusive_maximum,
            &bounds.multiple_of,
        ];
        let counts = [
            self.min_length,
            self.max_length,
            self.min_items,
            self.max_items,
            self.min_properties,
            self.max_properties,
        ];
        self.format.is_some()
            || self.content_encoding.is_some()
            || self.content_media_type.is_some()
            || self.pattern.is_some()
            || self.unique_items
            || numbers.iter().any(|it| it.is_some())
            || counts.iter().any(Option::is_some)
    }

    /// Whether all it does is to say which properties must be there, or what is not valid.
    pub(crate) fn only_narrows(&self) -> bool {
        let counts = self.min_properties.is_some() || self.max_properties.is_some();
        (!self.required.is_empty() || self.narrows || counts)
            && self.reference.is_none()
            && self.all_of.is_empty()
            && self.one_of.is_empty()
            && self.any_of.is_empty()
            && self
                .types
                .as_ref()
                .is_none_or(|types| types.kinds == [Kind::Object])
            && self.properties.is_empty()
            && self.additional_properties.is_none()
            && self.items.is_none()
            && self.values.is_none()
            && self.constant.is_none()
            && self.format.is_none()
    }
}

fn types(cx: &mut Diagnostics, node: &Node) -> Option<Types> {
    let nodes = match node.as_sequence() {
        Some(nodes) => nodes,
        None => std::slice::from_ref(node),
    };
    let mut types = Types {
        span: node.span,
        kinds: Vec::new(),
        null: false,
    };
    for node in nodes {
        let kind = match &node.value {
            // `null` without quotes is read as null by YAML.
            Value::Null => None,
            Value::String(name) => match name.as_str() {
                "null" => None,
                "boolean" => Some(Kind::Boolean),
                "integer" => Some(Kind::Integer),
                "number" => Some(Kind::Number),
                "string" => Some(Kind::String),
                "array" => Some(Kind::Array),
                "object" => Some(Kind::Object),
                other => {
                    cx.report(unknown_type(other, node.span));
                    continue;
                }
            },
            _ => {
                cx.report(wrong_kind("`type`", "the name of a type", node).help(types_help()));
                continue;
            }
        };
        match kind {
            None => types.null = true,
            Some(kind) if types.kinds.contains(&kind) => {}
            Some(kind) => types.kinds.push(kind),
        }
    }
    // Every integer is a number.
    if types.kinds.contains(&Kind::Number) {
        types.kinds.retain(|kind| *kind != Kind::Integer);
    }
    (types.null || !types.kinds.is_empty()).then_some(types)
}

fn unknown_type(name: &str, span: Span) -> Diagnostic {
    let meant = match name.to_ascii_lowercase().as_str() {
        "int" | "int32" | "int64" | "long" => Some("integer"),
        "float" | "double" | "decimal" => Some("number"),
        "bool" => Some("boolean"),
        "str" | "text" | "date" | "date-time" | "datetime" | "uuid" | "file" | "enum" => {
            Some("string")
        }
        "list" => Some("array"),
        "dict" | "map" | "hash" => Some("object"),
        _ => nearest(name, TYPES),
    };
    let diagnostic = Diagnostic::error("unknown-type", span, format!("unknown type `{name}`"))
        .label("not a type of JSON Schema");
    match meant {
        Some(meant) => diagnostic.help(format!("write `{meant}`")),
        None => diagnostic.help(types_help()),
    }
}

fn types_help() -> String {
    format!(
        "the types are {}",
        TYPES.map(|it| format!("`{it}`")).join(", ")
    )
}

fn discriminator<'a>(cx: &mut Diagnostics, node: &'a Node) -> Option<Discriminator<'a>> {
    if node.as_mapping().is_none() {
        cx.report(
            wrong_kind("`discriminator`", "a mapping", node)
                .help("write `discriminator: { propertyName: NAME }`"),
        );
        return None;
    }
    let Some(property) = node.get("propertyName") else {
        cx.report(
            Diagnostic::error(
                "missing-property-name",
                node.span,
                "discriminator has no `propertyName`",
            )
            .label("which property tells the schemas apart?")
            .help("add `propertyName: NAME`"),
        );
        return None;
    };
    let property = text(cx, "propertyName", property)?;
    let mut mapping = Vec::new();
    if let Some(node) = node.get("mapping") {
        match node.as_mapping() {
            Some(entries) => {
                for (value, entry) in entries {
                    if let Some(target) = text(cx, "mapping", &entry.node) {
                        mapping.push((value.as_str(), target, entry.node.span));
                    }
                }
            }
            None => cx.report(wrong_kind("`mapping`", "a mapping", node)),
        }
    }
    let default = node
        .get("defaultMapping")
        .and_then(|it| Some((text(cx, "defaultMapping", it)?, it.span)));
    Some(Discriminator {
        property,
        mapping,
        default,
    })
}

fn wrong_kind(what: &str, wanted: &str, node: &Node) -> Diagnostic {
    Diagnostic::error(
        "wrong-type",
        node.span,
        format!("{what} must be {wanted}, not {}", node.kind()),
    )
    .label(format!("expected {wanted}"))
}

fn text<'a>(cx: &mut Diagnostics, key: &str, node: &'a Node) -> Option<&'a str> {
    let text = node.as_str();
    if text.is_none() {
        cx.report(wrong_kind(&format!("`{key}`"), "a string", node));
    }
    text
}

/// A text for people, where anything else costs nothing but itself.
fn remark<'a>(cx: &mut Diagnostics, key: &str, node: &'a Node) -> Option<&'a str> {
    let text = node.as_str();
    if text.is_none() && !matches!(node.value, Value::Null) {
        cx.report(Diagnostic {
            level: crate::diagnostic::Level::Warning,
            ..wrong_kind(&format!("`{key}`"), "a string", node)
        });
    }
    text.filter(|text| !text.trim().is_empty())
}

fn flag(cx: &mut Diagnostics, key: &str, node: &Node) -> bool {
    let flag = node.as_bool();
    if flag.is_none() {
        cx.report(
            wrong_kind(&format!("`{key}`"), "a boolean", node)
                .help(format!("write `{key}: true` or leave it out")),
        );
    }
    flag.unwrap_or_default()
}

fn number(cx: &mut Diagnostics, key: &str, node: &Node) -> Option<Number> {
    let number = match &node.value {
        Value::Number(token) => serde_json::from_str(token).ok(),
        _ => None,
    };
    if number.is_none() {
        cx.report(wrong_kind(&format!("`{key}`"), "a number", node));
    }
    number
}

fn count(cx: &mut Diagnostics, key: &str, node: &Node) -> Option<u64> {
    let number = number(cx, key, node)?;
    let count = number
        .as_u64()
        .or_else(|| whole(number.as_f64().unwrap_or(-1.0)));
    if count.is_none() {
        cx.report(
            Diagnostic::error(
                "wrong-type",
                node.span,
                format!("`{key}` must be a whole number from 0 up"),
            )
            .label("expected a count"),
        );
    }
    count
}

/// `1e3` and `2.0` are whole numbers too.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0 && number.fract() == 0.0 && number < 2f64.powi(64)).then_some(number as u64)
}

fn sequence<'a>(cx: &mut Diagnostics, key: &str, node: &'a Node) -> Option<&'a [Node]> {
    let items = node.as_sequence();
    if items.is_none() {
        let diagnostic = wrong_kind(&format!("`{key}`"), "a sequence", node);
        cx.report(match node.as_str() {
            Some(text) => diagnostic.help(format!("write `{key}: [{text}]`")),
            None => diagnostic,
        });
    }
    items
}

fn schemas<'a>(cx: &mut Diagnostics, key: &str, node: &'a Node) -> Vec<&'a Node> {
    sequence(cx, key, node).unwrap_or_default().iter().collect()
}

fn properties<'a>(cx: &mut Diagnostics, key: &str, node: &'a Node) -> Vec<Property<'a>> {
    match &node.value {
        Value::Mapping(entries) => entries
            .iter()
            .map(|(name, entry)| Property {
                name,
                key: entry.key,
                node: &entry.node,
            })
            .collect(),
        // `properties:` with nothing below it.
        Value::Null => Vec::new(),
        _ => {
            cx.report(wrong_kind(
                &format!("`{key}`"),
                "a mapping from names to schemas",
                node,
            ));
            Vec::new()
        }
    }
}

fn dependencies<'a>(
    cx: &mut Diagnostics,
    key: &str,
    node: &'a Node,
) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut dependencies = Vec::new();
    for property in properties(cx, key, node) {
        let names = sequence(cx, property.name, property.node).unwrap_or_default();
        let names = names
            .iter()
            .filter_map(|name| text(cx, key, name))
            .collect();
        dependencies.push((property.name, names));
    }
    dependencies
}

pub(crate) fn unexpressed(cx: &mut Diagnostics, key: &str, span: Span) {
    cx.report(
        Diagnostic::warning("unchecked-keyword", span, format!("`{key}` is not checked"))
            .label("passed over: no type can say this")
            .cause(key),
    );
}

fn unknown_keyword(cx: &mut Diagnostics, key: &str, entry: &Entry, around: &Mapping) {
    let known = SHAPING.iter().chain(REFINING).copied();
    if let Some(meant) = nearest(key, known)
        && !around.contains_key(meant)
    {
        cx.report(
            Diagnostic::error(
                "unknown-keyword",
                entry.key,
                format!("unknown keyword `{key}`"),
            )
            .label("not a keyword of JSON Schema")
            .help(format!("write `{meant}`")),
        );
        return;
    }
    let diagnostic = Diagnostic::warning(
        "unknown-keyword",
        entry.key,
        format!("unknown keyword `{key}` is passed over"),
    )
    .label("not a keyword of JSON Schema")
    .cause(key);
    cx.report(match key {
        "schema" => diagnostic.help("write its content here, without `schema`"),
        _ => diagnostic.help("extensions begin with `x-`"),
    });
}
