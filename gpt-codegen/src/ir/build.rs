//! The type that a [`Shape`] comes to.

use std::collections::HashSet;

use super::{
    Array, Enum, EnumValues, Field, Integer, IntegerFormat, Map, Number, Origin, Part as Place,
    Rest, Shape, Struct, Text, TextFormat, Type, TypeId, TypeUse, Union, Variant,
    schema::{At, Part, Schemas, blank},
};
use crate::{
    diagnostic::Diagnostic,
    document::schema::{Kind, Property},
    node::{Node, Value},
    source::Span,
};

impl<'a> Schemas<'a, '_> {
    /// Fills in a promised type.
    pub(super) fn build(&mut self, id: TypeId, parts: &[Part<'a>]) {
        let shape = Shape::flatten(self, parts);
        self.check(&shape);
        let kind = self.kind(id, parts, &shape);
        let default = shape.first(|it| it.default);
        let default = default.filter(|node| self.check_default(node, &kind));
        let title = shape.inside().find_map(|it| it.title);
        let title = title.or_else(|| self.variant_name(parts));
        let Some(def) = self.def(id) else { return };
        def.kind = kind;
        def.title = title.map(str::to_owned);
        def.description = shape
            .inside()
            .find_map(|it| it.description)
            .map(str::to_owned);
        def.deprecated = shape.inside().any(|it| it.deprecated);
        def.examples = shape
            .inside()
            .flat_map(|it| &it.examples)
            .map(|node| node.to_json())
            .collect();
        def.default = default.map(Node::to_json);
    }

    fn check(&mut self, shape: &Shape<'a>) {
        if let Some((here, there)) = shape.clash() {
            let (own, other) = (here.names(), there.names());
            self.cx.report(
                Diagnostic::error(
                    "impossible-schema",
                    here.span,
                    format!("no value is both {own} and {other}"),
                )
                .label(format!("{own} here"))
                .related(there.span, format!("{other} here, in the same place")),
            );
        }
        let never = shape.outer().find(|it| it.never).map(|it| it.span);
        if let Some(span) = never {
            self.cx.report(
                Diagnostic::warning("impossible-schema", span, "no value fits this schema")
                    .label("read as any value"),
            );
        }
    }

    pub(super) fn kind(&mut self, id: TypeId, parts: &[Part<'a>], shape: &Shape<'a>) -> Type {
        if let Some(group) = shape.groups.first() {
            return self.union(id, parts, group);
        }
        if let Some(heirs) = self.heirs_of(parts) {
            return self.union(id, parts, &heirs);
        }
        let kinds = shape.kinds();
        if let Some(kind) = self.listed(shape, kinds.as_deref()) {
            return kind;
        }
        match kinds.as_deref() {
            None | Some([]) => Type::Any,
            Some([kind]) => self.one_kind(id, *kind, shape),
            Some(kinds) => self.several_kinds(id, kinds, shape),
        }
    }

    fn several_kinds(&mut self, id: TypeId, kinds: &[Kind], shape: &Shape<'a>) -> Type {
        // Every kind of value but null.
        if kinds.len() >= 5 {
            return Type::Any;
        }
        let span = shape.first(|it| it.types.as_ref().map(|types| types.span));
        let span = span.or_else(|| shape.first(|it| Some(it.span)));
        let mut variants = Vec::new();
        for (index, kind) in kinds.iter().enumerate() {
            let origin = Origin::Inside(id, Place::Variant(index));
            let Some(span) = span else { break };
            let ty = self.add(blank(span, origin, Type::Any));
            let built = self.one_kind(ty, *kind, shape);
            if let Some(def) = self.def(ty) {
                def.kind = built;
            }
            variants.push(Variant {
                ty,
                tags: Vec::new(),
                boxed: false,
            });
        }
        Type::Union(Union {
            tag: None,
            variants,
            open: false,
        })
    }

    fn one_kind(&mut self, id: TypeId, kind: Kind, shape: &Shape<'a>) -> Type {
        match kind {
            Kind::Boolean => Type::Boolean,
            Kind::Integer => Type::Integer(integer(shape)),
            Kind::Number => Type::Number(Number {
                single: shape.first(|it| it.format) == Some("float"),
                bounds: shape.bounds(),
            }),
            Kind::String => Type::String(text(shape)),
            Kind::Array => Type::Array(self.array(id, shape)),
            Kind::Object => self.object(id, shape),
        }
    }

    fn array(&mut self, id: TypeId, shape: &Shape<'a>) -> Array {
        let mut items: Vec<&'a Node> = shape
            .atoms
            .iter()
            .filter_map(|it| it.schema.items)
            .collect();
        // `items: false` closes a list of `prefixItems`.
        items.retain(|node| node.as_bool() != Some(false));
        let prefix = shape.first(|it| {
            let prefix = &it.prefix_items;
            (!prefix.is_empty()).then(|| prefix.clone())
        });
        let items = if let Some(mut all) = prefix {
            all.extend(items);
            self.tuple_items(id, &all)
        } else {
            let parts = items.into_iter().map(Part::whole).collect();
            self.inside(id, Place::Item, parts)
        };
        Array {
            items,
            min_items: shape.most(|it| it.min_items),
            max_items: shape.least(|it| it.max_items),
            unique_items: shape.outer().any(|it| it.unique_items),
        }
    }

    /// The type that fits every item of a tuple.
    fn tuple_items(&mut self, id: TypeId, items: &[&'a Node]) -> TypeUse {
        let Some((&first, others)) = items.split_first() else {
            return self.inside(id, Place::Item, Vec::new());
        };
        let shape = Shape::flatten(self, &[Part::whole(first)]);
        let first_kinds = shape.kinds();
        let scalar = matches!(
            first_kinds.as_deref(),
            Some([Kind::Boolean | Kind::Integer | Kind::Number | Kind::String])
        );
        let alike = others.iter().all(|other| {
            let one = self.canonical(vec![Part::whole(first)]);
            let two = self.canonical(vec![Part::whole(other)]);
            let other = Shape::flatten(self, &[Part::whole(other)]);
            super::schema::key(&one) == super::schema::key(&two)
                || (scalar && other.kinds() == first_kinds && other.groups.is_empty())
        });
        if alike {
            return self.inside(id, Place::Item, vec![Part::whole(first)]);
        }
        self.cx.report(
            Diagnostic::warning(
                "loose-tuple",
                first.span,
                "the items of this array are typed as any JSON",
            )
            .label("`prefixItems` gives each position a type of its own"),
        );
        self.inside(id, Place::Item, Vec::new())
    }

    /// The type of a part of a type; of any JSON where no schema says what it is.
    fn inside(&mut self, id: TypeId, place: Place, parts: Vec<Part<'a>>) -> TypeUse {
        let origin = Origin::Inside(id, place);
        if parts.is_empty() {
            let span = self.def(id).map(|def| def.span);
            let span = span.unwrap_or(self.document.root().span);
            let id = self.add(blank(span, origin, Type::Any));
            return TypeUse {
                id,
                nullable: false,
            };
        }
        self.lower_parts(parts, origin)
    }

    fn object(&mut self, id: TypeId, shape: &Shape<'a>) -> Type {
        let properties = shape.properties();
        let required = shape.required();
        let rest = self.rest(shape);
        if properties.is_empty() && required.is_empty() && !matches!(rest, Some(Additional::None)) {
            let parts = match rest {
                Some(Additional::Of(parts)) => parts,
                _ => Vec::new(),
            };
            return Type::Map(Map {
                values: self.inside(id, Place::Entry, parts),
                min_properties: shape.most(|it| it.min_properties),
                max_properties: shape.least(|it| it.max_properties),
            });
        }
        let mut fields = Vec::with_capacity(properties.len());
        for (name, places) in &properties {
            let field = self.field(id, name, places, required.contains_key(name));
            if field.required_here && !field.field.required {
                self.required_in_requests.push((id, fields.len()));
            }
            if let Some(default) = field.default {
                self.field_defaults.push((id, fields.len(), default));
            }
            fields.push(field.field);
        }
        for (name, span) in required {
            if !properties.contains_key(name) {
                self.undescribed_field(id, name, span, &mut fields);
            }
        }
        let rest = match rest {
            Some(Additional::None) => Rest::Refused,
            Some(Additional::Of(parts)) => Rest::Kept(self.inside(id, Place::Value, parts)),
            // Nothing is known of it but what must be there.
            None if properties.is_empty() => Rest::Kept(self.inside(id, Place::Value, Vec::new())),
            None => Rest::Ignored,
        };
        Type::Struct(Struct { fields, rest })
    }

    fn field(
        &mut self,
        id: TypeId,
        name: &str,
        places: &[Property<'a>],
        required: bool,
    ) -> FieldDraft<'a> {
        let nodes: Vec<&'a Node> = places.iter().map(|it| it.node).collect();
        let remarks = self.remarks(&nodes);
        let required_here = nodes.iter().any(|node| self.read(node).required_here);
        let parts = nodes.into_iter().map(Part::whole).collect();
        let ty = self.inside(id, Place::Property(name.to_owned()), parts);
        let span = places.last().map(|it| it.key);
        let field = Field {
            name: name.to_owned(),
            span: span.unwrap_or(self.document.root().span),
            ty,
            required,
            boxed: false,
            description: remarks.description.map(str::to_owned),
            deprecated: remarks.deprecated,
            default: remarks.default.map(Node::to_json),
            read_only: remarks.read_only,
            write_only: remarks.write_only,
        };
        FieldDraft {
            field,
            default: remarks.default,
            required_here,
        }
    }

    /// A property that is required and not described.
    fn undescribed_field(&mut self, id: TypeId, name: &str, span: Span, fields: &mut Vec<Field>) {
        let known = fields.iter().map(|field| field.name.as_str());
        let meant = crate::nearest::nearest(name, known).map(str::to_owned);
        let diagnostic = Diagnostic::warning(
            "undescribed-property",
            span,
            format!("`{name}` is required and not among the properties"),
        )
        .label("read as any JSON");
        self.cx.report(match meant {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic.help(format!("describe `{name}` in `properties`")),
        });
        let ty = self.inside(id, Place::Property(name.to_owned()), Vec::new());
        self.required_in_requests.push((id, fields.len()));
        fields.push(Field {
            name: name.to_owned(),
            span,
            ty,
            required: false,
            boxed: false,
            description: None,
            deprecated: false,
            default: None,
            read_only: false,
            write_only: false,
        });
    }

    fn rest(&mut self, shape: &Shape<'a>) -> Option<Additional<'a>> {
        let named = shape
            .atoms
            .iter()
            .any(|it| !it.schema.properties.is_empty());
        let patterns: Vec<Property<'a>> = shape
            .atoms
            .iter()
            .flat_map(|it| it.schema.pattern_properties.iter().copied())
            .collect();
        if let Some(first) = patterns.first()
            && (named || patterns.len() > 1)
        {
            if self.first_time(At::of(first.node), "patterns") {
                self.cx.report(
                    Diagnostic::warning(
                        "unchecked-keyword",
                        first.key,
                        "`patternProperties` are not told apart",
                    )
                    .label("kept as any JSON, whatever their names"),
                );
            }
            return Some(Additional::Of(Vec::new()));
        }
        if let [pattern] = patterns.as_slice() {
            return Some(Additional::Of(vec![Part::whole(pattern.node)]));
        }
        let mut of = Vec::new();
        let mut closed = false;
        let mut open = false;
        for node in shape
            .atoms
            .iter()
            .filter_map(|it| it.schema.additional_properties)
        {
            match node.value {
                Value::Boolean(false) => closed = true,
                Value::Boolean(true) => open = true,
                _ => of.push(Part::whole(node)),
            }
        }
        match (of.is_empty(), open, closed) {
            (false, _, _) => Some(Additional::Of(of)),
            (true, true, _) => Some(Additional::Of(Vec::new())),
            (true, false, true) => Some(Additional::None),
            (true, false, false) => None,
        }
    }

    /// The enum that `enum` or `const` makes, where it can be one.
    fn listed(&mut self, shape: &Shape<'a>, kinds: Option<&[Kind]>) -> Option<Type> {
        let (nodes, span, is_const) = shape.values()?;
        let mut values: Vec<&'a Node> = Vec::new();
        let mut seen = HashSet::new();
        for node in nodes {
            if matches!(node.value, Value::Null) {
                continue;
            }
            if seen.insert(node.to_json().to_string()) {
                values.push(node);
            } else if self.first_time(At::of(node), "repeated") {
                self.cx.report(
                    Diagnostic::warning("repeated-value", node.span, "this value is listed twice")
                        .label("the first one stands"),
                );
            }
        }
        if values.is_empty() {
            return None;
        }
        let values = match kinds {
            Some([Kind::String]) => EnumValues::Texts(self.texts(&values)),
            Some([Kind::Integer]) => EnumValues::Integers(self.integers(&values)?),
            Some([Kind::Boolean]) => return None,
            None if values.iter().all(|it| it.as_str().is_some()) => {
                EnumValues::Texts(self.texts(&values))
            }
            None if values.iter().all(|it| whole_number(it).is_some()) => {
                EnumValues::Integers(self.integers(&values)?)
            }
            None => return Some(self.loose(&values, span)),
            Some(_) => {
                self.tell_loose(&values, span);
                return None;
            }
        };
        Some(Type::Enum(Enum {
            values,
            open: false,
            is_const,
        }))
    }

    fn texts(&mut self, values: &[&'a Node]) -> Vec<String> {
        let mut texts = Vec::with_capacity(values.len());
        for node in values {
            let text = match node.as_str() {
                Some(text) => text.to_owned(),
                None => self.written(node),
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// A value that was meant to be a text, as it is written.
    fn written(&mut self, node: &'a Node) -> String {
        let text = node.to_json().to_string();
        if self.first_time(At::of(node), "kind of value") {
            self.cx.report(
                Diagnostic::warning(
                    "mistyped-value",
                    node.span,
                    format!("a value of a string must be a string, not {}", node.kind()),
                )
                .label("read as text")
                .help(format!("write `\"{text}\"`")),
            );
        }
        text
    }

    fn integers(&mut self, values: &[&'a Node]) -> Option<Vec<i64>> {
        let mut integers = Vec::with_capacity(values.len());
        for node in values {
            let integer = whole_number(node).or_else(|| node.as_str()?.parse().ok());
            let Some(integer) = integer else {
                if self.first_time(At::of(node), "kind of value") {
                    self.cx.report(
                        Diagnostic::warning(
                            "mistyped-value",
                            node.span,
                            format!("a value of an integer must be one, not {}", node.kind()),
                        )
                        .label("the list of values is passed over"),
                    );
                }
                return None;
            };
            if !integers.contains(&integer) {
                integers.push(integer);
            }
        }
        Some(integers)
    }

    /// The type of values that make no enum.
    fn loose(&mut self, values: &[&'a Node], span: Span) -> Type {
        if values.iter().all(|it| it.as_bool().is_some()) {
            return Type::Boolean;
        }
        self.tell_loose(values, span);
        if values.iter().all(|it| matches!(it.value, Value::Number(_))) {
            return Type::Number(Number::default());
        }
        Type::Any
    }

    fn tell_loose(&mut self, values: &[&'a Node], span: Span) {
        let first = values.first().map(|node| At::of(node));
        if first.is_some_and(|at| self.first_time(at, "loose")) {
            self.cx.report(
                Diagnostic::warning("loose-enum", span, "these values are not checked")
                    .label("only texts or only integers make an enum"),
            );
        }
    }

    /// Drops the defaults of fields that their types refuse; their types are built by now.
    pub(super) fn check_field_defaults(&mut self) {
        for (owner, index, node) in std::mem::take(&mut self.field_defaults) {
            let field = self.field_mut(owner, index);
            let Some(ty) = field.map(|field| field.ty) else {
                continue;
            };
            let Some(kind) = self.def(ty.id).map(|def| def.kind.clone()) else {
                continue;
            };
            if !self.check_default(node, &kind)
                && let Some(field) = self.field_mut(owner, index)
            {
                field.default = None;
            }
        }
    }

    fn field_mut(&mut self, owner: TypeId, index: usize) -> Option<&mut Field> {
        match &mut self.def(owner)?.kind {
            Type::Struct(strct) => strct.fields.get_mut(index),
            _ => None,
        }
    }

    /// Whether a default is one that its type takes. `null` is no default at all.
    fn check_default(&mut self, node: &'a Node, kind: &Type) -> bool {
        let expected = match (&node.value, kind) {
            (Value::Null, _) => return false,
            (_, Type::Any | Type::Union(_) | Type::Unit)
            | (Value::Boolean(_), Type::Boolean)
            | (Value::Number(_), Type::Number(_))
            | (Value::String(_), Type::String(_))
            | (Value::Sequence(_), Type::Array(_))
            | (Value::Mapping(_), Type::Map(_) | Type::Struct(_)) => return true,
            (Value::Number(_), Type::Integer(_)) if is_whole(node) => return true,
            (_, Type::Enum(list)) if lists(list, node) => return true,
            (_, Type::Enum(_)) => "one of the values of `enum`",
            (_, Type::Boolean) => "a boolean",
            (_, Type::Integer(_)) => "an integer",
            (_, Type::Number(_)) => "a number",
            (_, Type::String(_)) => "a string",
            (_, Type::Array(_)) => "a sequence",
            (_, Type::Map(_) | Type::Struct(_)) => "a mapping",
        };
        if self.first_time(At::of(node), "default") {
            self.cx.report(
                Diagnostic::warning(
                    "mistyped-default",
                    node.span,
                    format!("this default is not {expected}"),
                )
                .label("passed over"),
            );
        }
        false
    }
}

fn lists(list: &Enum, node: &Node) -> bool {
    match &list.values {
        EnumValues::Texts(texts) => node
            .as_str()
            .is_some_and(|it| list.open || texts.iter().any(|text| text == it)),
        EnumValues::Integers(integers) => {
            whole_number(node).is_some_and(|it| integers.contains(&it))
        }
    }
}

/// Whether a number has no fraction, whatever its width.
fn is_whole(node: &Node) -> bool {
    match &node.value {
        Value::Number(token) => token
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

/// A property with what is still to be looked at.
struct FieldDraft<'a> {
    field: Field,
    default: Option<&'a Node>,
    /// Whether it says of itself that it is required.
    required_here: bool,
}

/// What `additionalProperties` says.
enum Additional<'a> {
    None,
    /// Of any JSON where there are no parts.
    Of(Vec<Part<'a>>),
}

pub(super) fn whole_number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(token) => token.parse().ok(),
        _ => None,
    }
}

fn integer(shape: &Shape<'_>) -> Integer {
    let bounds = shape.bounds();
    let beyond = |bound: &Option<serde_json::Number>| {
        bound
            .as_ref()
            .is_some_and(|number| number.as_i64().is_none() && number.as_u64().is_some())
    };
    let natural = bounds
        .minimum
        .as_ref()
        .is_some_and(|number| number.as_f64().is_some_and(|it| it >= 0.0));
    let format = match shape.first(|it| it.format) {
        Some("int8" | "int16" | "int32") => IntegerFormat::Int32,
        Some("uint8" | "uint16" | "uint32") => IntegerFormat::Uint32,
        Some("uint64" | "uint") => IntegerFormat::Uint64,
        Some("int64") => IntegerFormat::Int64,
        _ if beyond(&bounds.minimum) || (natural && beyond(&bounds.maximum)) => {
            IntegerFormat::Uint64
        }
        _ => IntegerFormat::Int64,
    };
    Integer { format, bounds }
}

pub(super) fn text(shape: &Shape<'_>) -> Text {
    let name = shape.first(|it| it.format);
    let encoding = shape.first(|it| it.content_encoding);
    let format = match (name, encoding) {
        (Some("date"), _) => TextFormat::Date,
        (Some("date-time"), _) => TextFormat::DateTime,
        (Some("uuid"), _) => TextFormat::Uuid,
        (Some("byte"), _) => TextFormat::Byte,
        (Some("binary"), _) => TextFormat::Binary,
        (_, Some(encoding)) if encoding.eq_ignore_ascii_case("base64") => TextFormat::Byte,
        // How 3.1 says `format: binary`.
        (None, None)
            if shape
                .first(|it| it.content_media_type)
                .is_some_and(|it| !super::media::is_textual(it)) =>
        {
            TextFormat::Binary
        }
        _ => TextFormat::None,
    };
    Text {
        format,
        format_name: name.map(str::to_owned),
        min_length: shape.most(|it| it.min_length),
        max_length: shape.least(|it| it.max_length),
        pattern: shape.first(|it| it.pattern).map(str::to_owned),
    }
}
