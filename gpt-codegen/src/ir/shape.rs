//! What several schemas say together: `$ref` and `allOf` resolved into one flat view.

use std::rc::Rc;

use super::{
    Bounds,
    schema::{At, GroupId, Key, MAX_CHAIN, Part, Schemas},
};
use crate::{
    diagnostic::Diagnostic,
    document::schema::{Discriminator, Kind, Property, SchemaObject, Types},
    hash::{HashSet, IndexMap},
    node::{Node, Value},
    source::Span,
};

/// Which keyword combines schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Combination {
    OneOf,
    AnyOf,
    /// The heirs of a base with a `discriminator`, which `allOf` ties to it.
    Heirs,
}

/// A `oneOf` or `anyOf` that chooses between shapes.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub(super) id: GroupId,
    pub(super) span: Span,
    /// Those that stand for different schemas, without `null`.
    pub(super) variants: Vec<&'a Node>,
    /// Whether `null` was one of them.
    pub(super) null: bool,
    pub(super) discriminator: Option<Discriminator<'a>>,
}

/// The own keywords of one of the schemas.
#[derive(Clone, Debug)]
pub(super) struct Atom<'a> {
    pub(super) at: At,
    pub(super) schema: Rc<SchemaObject<'a>>,
    /// Whether it was reached through a reference.
    pub(super) referred: bool,
}

/// What several schemas say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape<'a> {
    /// The innermost first.
    pub(super) atoms: Vec<Atom<'a>>,
    pub(super) groups: Vec<Group<'a>>,
    seen: HashSet<At>,
}

impl<'a> Shape<'a> {
    pub(super) fn flatten(schemas: &mut Schemas<'a, '_>, parts: &[Part<'a>]) -> Rc<Self> {
        let key: Key = parts.iter().map(Part::key).collect();
        if let Some(shape) = schemas.shapes.get(&key) {
            return Rc::clone(shape);
        }
        let mut shape = Self::default();
        for part in parts {
            shape.take(schemas, part.node, &part.without, false, 0);
        }
        let shape = Rc::new(shape);
        schemas.shapes.insert(key, Rc::clone(&shape));
        shape
    }

    fn take(
        &mut self,
        schemas: &mut Schemas<'a, '_>,
        node: &'a Node,
        without: &[GroupId],
        referred: bool,
        depth: usize,
    ) {
        let at = At::of(node);
        if !self.seen.insert(at) {
            return;
        }
        let schema = schemas.read(node);
        if depth > MAX_CHAIN {
            // All that leads here is one mistake.
            let told = self
                .seen
                .iter()
                .filter(|at| !schemas.first_time(**at, "deep"))
                .count();
            if told == 0 {
                schemas.cx.report(
                    Diagnostic::error(
                        "too-deep",
                        schema.span,
                        format!("more than {MAX_CHAIN} schemas are inside each other here"),
                    )
                    .label("this one is too deep"),
                );
            }
            return;
        }
        if let Some(target) = schemas.target(node) {
            self.take(schemas, target, without, true, depth + 1);
        }
        for member in &schema.all_of {
            self.take(schemas, member, without, referred, depth + 1);
        }
        for group in schemas.groups(node, without) {
            // A base that lists its heirs does not make each heir choose again.
            let inherited = group.variants.iter().any(|variant| {
                let heir = schemas.peel(Part::whole(variant));
                self.seen.contains(&At::of(heir.node))
            });
            match group.variants.as_slice() {
                _ if inherited => {}
                [] => {}
                [variant] => self.take(schemas, variant, without, referred, depth + 1),
                _ => self.groups.push(group),
            }
        }
        self.atoms.push(Atom {
            at,
            schema,
            referred,
        });
    }

    /// Whether this leaves nothing of `other` to say.
    pub(super) fn says_all_of(&self, other: &Self) -> bool {
        let kinds = self.kinds();
        let groups = |shape: &Self| -> HashSet<GroupId> {
            shape.groups.iter().map(|group| group.id).collect()
        };
        let own = groups(self);
        groups(other).is_subset(&own)
            && other.atoms.iter().all(|atom| {
                !atom.schema.shapes()
                    || self.seen.contains(&atom.at)
                    || (!atom.schema.shapes_beside_type() && (kinds.is_some() || !own.is_empty()))
            })
    }

    /// The schemas, the outermost first.
    pub(super) fn outer(&self) -> impl Iterator<Item = &SchemaObject<'a>> {
        self.atoms.iter().rev().map(|atom| &*atom.schema)
    }

    /// Those that stand in the place itself, the outermost first.
    pub(super) fn inside(&self) -> impl Iterator<Item = &SchemaObject<'a>> {
        let own = self.atoms.iter().rev().filter(|atom| !atom.referred);
        own.map(|atom| &*atom.schema)
    }

    /// The first answer, the outermost schema being asked first.
    pub(super) fn first<T>(&self, ask: impl Fn(&SchemaObject<'a>) -> Option<T>) -> Option<T> {
        self.outer().find_map(ask)
    }

    /// The types that all allow, as stated or as the keywords show; `None` for any type.
    pub(super) fn kinds(&self) -> Option<Vec<Kind>> {
        let mut kinds: Option<Vec<Kind>> = None;
        for types in self.atoms.iter().filter_map(|it| it.schema.types.as_ref()) {
            if types.kinds.is_empty() {
                continue;
            }
            kinds = Some(match kinds {
                None => types.kinds.clone(),
                Some(kinds) => common(&kinds, &types.kinds),
            });
        }
        kinds.or_else(|| self.shown_kind().map(|kind| vec![kind]))
    }

    /// The two statements of types that exclude each other.
    pub(super) fn clash(&self) -> Option<(&Types, &Types)> {
        let stated: Vec<_> = self
            .atoms
            .iter()
            .filter_map(|atom| atom.schema.types.as_ref())
            .filter(|types| !types.kinds.is_empty())
            .collect();
        let (last, others) = stated.split_last()?;
        let other = others
            .iter()
            .find(|types| common(&types.kinds, &last.kinds).is_empty())?;
        Some((last, other))
    }

    /// The type that keywords other than `type` belong to.
    fn shown_kind(&self) -> Option<Kind> {
        self.outer().find_map(|schema| {
            if !schema.properties.is_empty()
                || schema.additional_properties.is_some()
                || !schema.pattern_properties.is_empty()
                || schema.property_names.is_some()
                || !schema.dependent_required.is_empty()
                || !schema.required.is_empty()
                || schema.min_properties.is_some()
                || schema.max_properties.is_some()
            {
                Some(Kind::Object)
            } else if schema.items.is_some()
                || !schema.prefix_items.is_empty()
                || schema.min_items.is_some()
                || schema.max_items.is_some()
            {
                Some(Kind::Array)
            } else if schema.pattern.is_some()
                || schema.min_length.is_some()
                || schema.max_length.is_some()
                || schema.content_encoding.is_some()
                || schema.content_media_type.is_some()
            {
                Some(Kind::String)
            } else if schema.bounds.minimum.is_some() || schema.bounds.maximum.is_some() {
                Some(Kind::Number)
            } else {
                schema.format.and_then(|format| match format {
                    "int32" | "int64" => Some(Kind::Integer),
                    "float" | "double" => Some(Kind::Number),
                    "date" | "date-time" | "uuid" | "byte" | "binary" | "uri" | "email"
                    | "password" => Some(Kind::String),
                    _ => None,
                })
            }
        })
    }

    /// The properties by name, each with the schemas that all apply to it.
    pub(super) fn properties(&self) -> IndexMap<&'a str, Vec<Property<'a>>> {
        let mut properties: IndexMap<&'a str, Vec<Property<'a>>> = IndexMap::default();
        for atom in &self.atoms {
            for property in &atom.schema.properties {
                properties.entry(property.name).or_default().push(*property);
            }
        }
        properties
    }

    pub(super) fn required(&self) -> IndexMap<&'a str, Span> {
        let all = self.atoms.iter().flat_map(|atom| &atom.schema.required);
        all.copied().collect()
    }

    /// The values of `const` or `enum` that all allow, and whether it is `const`.
    pub(super) fn values(&self) -> Option<(Vec<&'a Node>, Span, bool)> {
        if let Some((node, span)) = self.first(|it| it.constant.map(|node| (node, node.span))) {
            return Some((vec![node], span, true));
        }
        let mut lists = self.outer().filter_map(|it| it.values.as_ref());
        let first = lists.next()?;
        let mut values: Vec<&'a Node> = first.nodes.iter().collect();
        for list in lists {
            values.retain(|value| list.nodes.iter().any(|it| it.to_json() == value.to_json()));
        }
        Some((values, first.span, false))
    }

    pub(super) fn bounds(&self) -> Bounds {
        let mut bounds = Bounds::default();
        for schema in self.outer() {
            let own = &schema.bounds;
            tighten(&mut bounds.minimum, own.minimum.as_ref(), f64::max);
            tighten(&mut bounds.maximum, own.maximum.as_ref(), f64::min);
            tighten(
                &mut bounds.exclusive_minimum,
                own.exclusive_minimum.as_ref(),
                f64::max,
            );
            tighten(
                &mut bounds.exclusive_maximum,
                own.exclusive_maximum.as_ref(),
                f64::min,
            );
            if bounds.multiple_of.is_none() {
                bounds.multiple_of.clone_from(&own.multiple_of);
            }
        }
        bounds
    }

    /// The greatest of a lower limit.
    pub(super) fn most(&self, ask: impl Fn(&SchemaObject<'a>) -> Option<u64>) -> Option<u64> {
        self.outer().filter_map(ask).max()
    }

    /// The least of an upper limit.
    pub(super) fn least(&self, ask: impl Fn(&SchemaObject<'a>) -> Option<u64>) -> Option<u64> {
        self.outer().filter_map(ask).min()
    }
}

pub(super) fn tighten(
    bound: &mut Option<serde_json::Number>,
    other: Option<&serde_json::Number>,
    tighter: fn(f64, f64) -> f64,
) {
    let Some(other) = other else { return };
    let float = |number: &serde_json::Number| number.as_f64().unwrap_or_default();
    let replace = bound.as_ref().is_none_or(|own| {
        let (own, other) = (float(own), float(other));
        tighter(own, other).to_bits() == other.to_bits() && own.to_bits() != other.to_bits()
    });
    if replace {
        *bound = Some(other.clone());
    }
}

/// The types in both lists, an integer being a number.
fn common(a: &[Kind], b: &[Kind]) -> Vec<Kind> {
    let narrow = |kind: Kind, list: &[Kind]| {
        if list.contains(&kind) {
            Some(kind)
        } else if kind == Kind::Integer && list.contains(&Kind::Number) {
            Some(Kind::Integer)
        } else {
            (kind == Kind::Number && list.contains(&Kind::Integer)).then_some(Kind::Integer)
        }
    };
    a.iter().filter_map(|kind| narrow(*kind, b)).collect()
}

impl<'a> Schemas<'a, '_> {
    /// The `oneOf` and `anyOf` of a schema that choose between shapes.
    pub(super) fn groups(&mut self, node: &'a Node, without: &[GroupId]) -> Vec<Group<'a>> {
        let schema = self.read(node);
        let at = At::of(node);
        let mut groups = Vec::new();
        for (combination, list) in [
            (Combination::OneOf, &schema.one_of),
            (Combination::AnyOf, &schema.any_of),
        ] {
            let id = (at, combination);
            if list.is_empty() || without.contains(&id) {
                continue;
            }
            let narrowing = list.iter().all(|variant| self.read(variant).only_narrows());
            if narrowing {
                self.tell_narrowing(node, combination);
                continue;
            }
            let mut group = Group {
                id,
                span: schema.span,
                variants: Vec::new(),
                null: false,
                discriminator: schema.discriminator.clone(),
            };
            self.collect_variants(list, &mut group, &mut HashSet::default(), 0);
            groups.push(group);
        }
        groups
    }

    fn collect_variants(
        &mut self,
        list: &[&'a Node],
        group: &mut Group<'a>,
        seen: &mut HashSet<At>,
        depth: usize,
    ) {
        for variant in list {
            let schema = self.read(variant);
            if is_null(&schema) {
                group.null = true;
                continue;
            }
            // A union written inside a union is the same union.
            let nested = match (schema.one_of.as_slice(), schema.any_of.as_slice()) {
                (nested, []) | ([], nested) => nested,
                _ => &[],
            };
            let only = !schema.shapes()
                && schema.reference.is_none()
                && schema.all_of.is_empty()
                && schema.discriminator.is_none();
            if only && !nested.is_empty() && depth < MAX_CHAIN {
                group.null |= schema.nullable;
                self.collect_variants(nested, group, seen, depth + 1);
                continue;
            }
            let meant = self.bare_target(variant);
            if seen.insert(At::of(meant)) {
                group.variants.push(variant);
            }
        }
    }

    /// The schema that is meant where nothing but a reference is written.
    fn bare_target(&mut self, node: &'a Node) -> &'a Node {
        match self.target(node) {
            Some(target) if !self.read(node).shapes() => target,
            _ => node,
        }
    }

    fn tell_narrowing(&mut self, node: &'a Node, combination: Combination) {
        if !self.first_time(At::of(node), "narrowing") {
            return;
        }
        let name = match combination {
            Combination::OneOf => "oneOf",
            Combination::AnyOf => "anyOf",
            Combination::Heirs => "allOf",
        };
        let span = node.entry(name).map_or(node.span, |entry| entry.key);
        self.cx.report(
            Diagnostic::warning(
                "unchecked-keyword",
                span,
                format!("this `{name}` is not checked"),
            )
            .label("passed over: it only says which properties go together"),
        );
    }
}

fn is_null(schema: &SchemaObject<'_>) -> bool {
    let null = |node: &Node| matches!(node.value, Value::Null);
    schema
        .types
        .as_ref()
        .is_some_and(|types| types.null && types.kinds.is_empty())
        || schema.constant.is_some_and(null)
        || schema
            .values
            .as_ref()
            .is_some_and(|values| !values.nodes.is_empty() && values.nodes.iter().all(null))
}
