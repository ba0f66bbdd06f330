//! The type that a [`Shape`] comes to.

use serde_json::{Value as Json, json};

use super::{
    Array, Field, Map, Origin, Part as Place, Patterns, Rest, Shape, Struct, Type, TypeId, TypeUse,
    Union, Variant,
    scalar::{integer, number, text},
    schema::{At, Part, Schemas, blank},
};
use crate::{
    diagnostic::Diagnostic,
    document::schema::{Kind, Property, unexpressed},
    node::{Node, Value},
    source::Span,
};

/// Longer arrays than this are no tuples: the runtime has none.
const LONGEST_TUPLE: usize = 12;

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
        if let Some(kind) = self.listed(id, shape, kinds.as_deref()) {
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
            is_list: false,
        })
    }

    fn one_kind(&mut self, id: TypeId, kind: Kind, shape: &Shape<'a>) -> Type {
        match kind {
            Kind::Boolean => Type::Boolean,
            Kind::Integer => Type::Integer(integer(shape)),
            Kind::Number => Type::Number(number(shape)),
            Kind::String => Type::String(text(shape)),
            Kind::Array => Type::Array(self.array(id, shape)),
            Kind::Object => self.object(id, shape),
        }
    }

    fn array(&mut self, id: TypeId, shape: &Shape<'a>) -> Array {
        let all = shape.atoms.iter().filter_map(|it| it.schema.items);
        // `items: false` closes a list of `prefixItems`.
        let (closed, items): (Vec<&'a Node>, Vec<&'a Node>) =
            all.partition(|node| node.as_bool() == Some(false));
        let (min_items, max_items) = (
            shape.most(|it| it.min_items),
            shape.least(|it| it.max_items),
        );
        let prefix = shape.first(|it| {
            let prefix = &it.prefix_items;
            (!prefix.is_empty()).then(|| prefix.clone())
        });
        let first = prefix.unwrap_or_default();
        let length = first.len() as u64;
        let is_closed = !closed.is_empty() || max_items.is_some_and(|it| it <= length);
        let is_tuple = is_closed
            && !first.is_empty()
            && min_items.is_some_and(|it| it >= length)
            && first.len() <= LONGEST_TUPLE;
        let rest = match items.as_slice() {
            _ if is_closed => Rest::Refused,
            // Without a prefix, `items` is what there is to say.
            _ if first.is_empty() => Rest::Ignored,
            [] => Rest::Ignored,
            items => {
                let parts = items.iter().copied().map(Part::whole).collect();
                Rest::Kept(self.inside(id, Place::Item, parts))
            }
        };
        let items = if first.is_empty() {
            let parts = items.into_iter().map(Part::whole).collect();
            self.inside(id, Place::Item, parts)
        } else {
            let all: Vec<&'a Node> = first.iter().copied().chain(items).collect();
            self.tuple_items(id, &all, is_tuple)
        };
        let prefix = first
            .into_iter()
            .enumerate()
            .map(|(index, node)| self.inside(id, Place::Position(index), vec![Part::whole(node)]));
        Array {
            items,
            prefix: prefix.collect(),
            rest,
            is_tuple,
            min_items,
            max_items,
            unique_items: shape.outer().any(|it| it.unique_items),
        }
    }

    /// The type that fits every item of a tuple.
    fn tuple_items(&mut self, id: TypeId, items: &[&'a Node], is_tuple: bool) -> TypeUse {
        if let Some(part) = self.common(items) {
            return self.inside(id, Place::Item, vec![part]);
        }
        if let Some(first) = items.first()
            && !is_tuple
            && self.first_time(At::of(first), "tuple")
        {
            self.cx.report(
                Diagnostic::warning(
                    "loose-tuple",
                    first.span,
                    "the items of this array are typed as any JSON",
                )
                .label("`prefixItems` gives each position a type of its own")
                .help("a tuple needs `minItems`, and `items: false` behind the last one"),
            );
        }
        self.inside(id, Place::Item, Vec::new())
    }

    /// The one schema that all of these say, if they do.
    fn common(&mut self, nodes: &[&'a Node]) -> Option<Part<'a>> {
        let (&first, others) = nodes.split_first()?;
        let shape = Shape::flatten(self, &[Part::whole(first)]);
        let kinds = shape.kinds();
        let is_plain = |shape: &Shape<'a>| shape.groups.is_empty() && shape.values().is_none();
        let is_scalar = matches!(
            kinds.as_deref(),
            Some([Kind::Boolean | Kind::Integer | Kind::Number | Kind::String])
        ) && is_plain(&shape);
        let one = super::schema::key(&self.canonical(vec![Part::whole(first)]));
        let null = self.admits_null(first, 0);
        let alike = others.iter().all(|other| {
            let two = self.canonical(vec![Part::whole(other)]);
            let like = Shape::flatten(self, &[Part::whole(other)]);
            (super::schema::key(&two) == one
                || (is_scalar
                    && is_plain(&like)
                    && like.kinds() == kinds
                    && like.first(|it| it.format) == shape.first(|it| it.format)))
                && self.admits_null(other, 0) == null
        });
        alike.then(|| Part::whole(first))
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
        let (rest, patterns) = self.rest(id, shape);
        self.check_object(id, shape);
        if properties.is_empty() && required.is_empty() && !matches!(rest, Some(Additional::None)) {
            let parts = match rest {
                Some(Additional::Of(parts)) => parts,
                _ => Vec::new(),
            };
            return Type::Map(Map {
                values: self.inside(id, Place::Entry, parts),
                patterns,
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
        for (keyword, size) in [
            ("minProperties", shape.most(|it| it.min_properties)),
            ("maxProperties", shape.least(|it| it.max_properties)),
        ] {
            if let Some(size) = size {
                self.put_check(id, keyword, size.into());
            }
        }
        Type::Struct(Struct {
            fields,
            rest,
            patterns,
        })
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
        let message = format!("`{name}` is required and not among the properties");
        // A slip is an error, because something was meant.
        self.cx.report(match meant {
            Some(meant) => Diagnostic::error("undescribed-property", span, message)
                .label("there is no such property")
                .help(format!("did you mean `{meant}`?")),
            None => Diagnostic::warning("undescribed-property", span, message)
                .label("read as any JSON")
                .help(format!("describe `{name}` in `properties`")),
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

    /// What becomes of properties that are not named, and the patterns among them.
    fn rest(
        &mut self,
        id: TypeId,
        shape: &Shape<'a>,
    ) -> (Option<Additional<'a>>, Option<Patterns>) {
        let additional = additional(shape);
        let patterns: Vec<Property<'a>> = shape
            .atoms
            .iter()
            .flat_map(|it| it.schema.pattern_properties.iter().copied())
            .collect();
        if patterns.is_empty() {
            return (additional, None);
        }
        let mut nodes: Vec<&'a Node> = patterns.iter().map(|it| it.node).collect();
        let rest = match &additional {
            None => Rest::Ignored,
            Some(Additional::None) => Rest::Refused,
            Some(Additional::Of(parts)) => {
                nodes.extend(parts.iter().map(|part| part.node));
                Rest::Kept(self.inside(id, Place::Value, parts.clone()))
            }
        };
        let is_free = matches!(&additional, Some(Additional::Of(parts)) if parts.is_empty());
        let common = self.common(&nodes).filter(|_| !is_free);
        if common.is_none() {
            self.tell_patterns(&patterns);
        }
        let values = patterns
            .iter()
            .map(|it| {
                let ty = self.inside(id, Place::Value, vec![Part::whole(it.node)]);
                (it.name.to_owned(), ty)
            })
            .collect();
        let kept = Additional::Of(common.into_iter().collect());
        (Some(kept), Some(Patterns { values, rest }))
    }

    fn tell_patterns(&mut self, patterns: &[Property<'a>]) {
        if let Some(first) = patterns.first()
            && self.first_time(At::of(first.node), "patterns")
        {
            self.cx.report(
                Diagnostic::warning(
                    "loose-map",
                    first.key,
                    "properties that have no name are typed as any JSON",
                )
                .label("`patternProperties` or what is beside them give them several types"),
            );
        }
    }

    /// Notes what requests must heed of an object as a whole.
    fn check_object(&mut self, id: TypeId, shape: &Shape<'a>) {
        let mut dependencies = serde_json::Map::new();
        for schema in shape.outer() {
            for (name, needed) in &schema.dependent_required {
                dependencies.insert((*name).to_owned(), json!(needed));
            }
        }
        if !dependencies.is_empty() {
            self.put_check(id, "dependentRequired", dependencies.into());
        }
        let Some((node, span)) = shape.first(|it| it.property_names) else {
            return;
        };
        match self.names_check(node) {
            Some(check) => self.put_check(id, "propertyNames", check.into()),
            None => unexpressed(self.cx, "propertyNames", span),
        }
    }

    /// What `propertyNames` asks of a name, as far as it is about texts.
    fn names_check(&mut self, node: &'a Node) -> Option<serde_json::Map<String, Json>> {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        if !shape.groups.is_empty() || shape.outer().any(|it| it.narrows || it.never) {
            return None;
        }
        let mut check = serde_json::Map::new();
        let text = text(&shape);
        let entries = [
            ("pattern", text.pattern.map(Json::from)),
            ("minLength", text.min_length.map(Json::from)),
            ("maxLength", text.max_length.map(Json::from)),
            ("format", text.format_name.map(Json::from)),
        ];
        for (keyword, value) in entries {
            check.extend(value.map(|value| (keyword.to_owned(), value)));
        }
        if let Some((values, ..)) = shape.values() {
            let values: Vec<Json> = values.into_iter().map(Node::to_json).collect();
            check.insert("enum".to_owned(), values.into());
        }
        Some(check)
    }

    /// Notes a keyword that the type does not say.
    pub(super) fn put_check(&mut self, id: TypeId, keyword: &str, value: Json) {
        if let Some(def) = self.def(id) {
            def.checks.insert(keyword.to_owned(), value);
        }
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
#[derive(Clone)]
enum Additional<'a> {
    None,
    /// Of any JSON where there are no parts.
    Of(Vec<Part<'a>>),
}

fn additional<'a>(shape: &Shape<'a>) -> Option<Additional<'a>> {
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
