//! Schemas to types: each schema once, whatever number of places refer to it.
//!
//! A place is held by one or more [`Part`]s, schemas that all apply there (`allOf` makes several of
//! one property). Places held by the same parts share a type. Types are built from a queue rather
//! than by recursion, so that neither cycles nor long chains of references matter.

use std::{collections::VecDeque, rc::Rc};

use super::{
    Home, HomeKind, Origin, Part as PartOf, Shape, Type, TypeDef, TypeId, TypeUse,
    shape::Combination,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::{
        Document,
        schema::{Kind, SchemaObject},
    },
    files::Address,
    hash::{HashMap, HashSet},
    node::{Mapping, Node},
};

/// How many schemas may be inside each other's `allOf`.
pub(super) const MAX_CHAIN: usize = 64;

/// How many schemas may stand for one another.
const LONGEST_WAY: usize = 1024;

/// The identity of a node: nothing moves while it is lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct At(usize);

impl At {
    pub(super) fn of(node: &Node) -> Self {
        Self(std::ptr::from_ref(node) as usize)
    }
}

/// A `oneOf` or `anyOf`: the schema it stands in, and which of the two.
pub(super) type GroupId = (At, Combination);

/// A schema that applies in a place, some of its unions perhaps being decided already.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) node: &'a Node,
    pub(super) without: Vec<GroupId>,
}

impl<'a> Part<'a> {
    pub(super) fn whole(node: &'a Node) -> Self {
        Self {
            node,
            without: Vec::new(),
        }
    }

    pub(super) fn key(&self) -> (At, Vec<GroupId>) {
        (At::of(self.node), self.without.clone())
    }
}

/// The identity of a place's parts.
pub(super) type Key = Vec<(At, Vec<GroupId>)>;

pub(super) fn key(parts: &[Part<'_>]) -> Key {
    let mut key: Key = parts.iter().map(Part::key).collect();
    key.sort_unstable();
    key
}

/// What the words around a property or parameter say about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Remarks<'a> {
    pub(super) description: Option<&'a str>,
    pub(super) deprecated: bool,
    pub(super) default: Option<&'a Node>,
    pub(super) example: Option<&'a Node>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
}

/// The state of lowering schemas.
pub(super) struct Schemas<'a, 'c> {
    pub(super) cx: &'c mut Diagnostics,
    pub(super) document: &'a Document,
    /// The names of the schemas that have one.
    names: HashMap<At, &'a str>,
    /// Where the schemas inside shared ones stand.
    homes: HashMap<At, (Rc<Home>, Vec<PartOf>)>,
    components: HashMap<&'a str, &'a Node>,
    heirs: Option<HashMap<At, Vec<&'a Node>>>,
    read: HashMap<At, Rc<SchemaObject<'a>>>,
    targets: HashMap<At, Option<&'a Node>>,
    nullable: HashMap<At, Option<bool>>,
    stands_for: HashMap<At, Option<&'a Node>>,
    pub(super) shapes: HashMap<Key, Rc<Shape<'a>>>,
    made: HashMap<Key, TypeId>,
    queue: VecDeque<(TypeId, Vec<Part<'a>>)>,
    /// Schemas about which something was said that is said once.
    told: HashSet<(At, &'static str)>,
    pub(super) types: Vec<TypeDef>,
    /// Fields that are required in requests alone, as the document is unsure about them.
    pub(super) required_in_requests: Vec<(TypeId, usize)>,
    /// Fields with a default, to be checked once their types are known.
    pub(super) field_defaults: Vec<(TypeId, usize, &'a Node)>,
}

impl<'a, 'c> Schemas<'a, 'c> {
    pub(super) fn new(cx: &'c mut Diagnostics, document: &'a Document) -> Self {
        let components: HashMap<_, _> = component_schemas(document)
            .into_iter()
            .flatten()
            .map(|(name, entry)| (name.as_str(), &entry.node))
            .collect();
        let mut homes = HashMap::default();
        for (name, node) in &components {
            let home = Rc::new(Home {
                name: (*name).to_owned(),
                kind: HomeKind::Schema,
            });
            settle(&mut homes, &home, &mut Vec::new(), node);
        }
        Self {
            cx,
            document,
            homes,
            names: components
                .iter()
                .map(|(name, node)| (At::of(node), *name))
                .collect(),
            components,
            heirs: None,
            read: HashMap::default(),
            targets: HashMap::default(),
            nullable: HashMap::default(),
            stands_for: HashMap::default(),
            shapes: HashMap::default(),
            made: HashMap::default(),
            queue: VecDeque::new(),
            told: HashSet::default(),
            types: Vec::new(),
            required_in_requests: Vec::new(),
            field_defaults: Vec::new(),
        }
    }

    /// The type of a place that one schema holds.
    pub(super) fn lower(&mut self, node: &'a Node, origin: Origin) -> TypeUse {
        self.lower_parts(vec![Part::whole(node)], origin)
    }

    /// The type of a place; its insides follow with [`Self::drain`].
    pub(super) fn lower_parts(&mut self, parts: Vec<Part<'a>>, origin: Origin) -> TypeUse {
        let nullable = self.parts_nullable(&parts);
        let parts = self.canonical(parts);
        let key = key(&parts);
        if let Some(&id) = self.made.get(&key) {
            return TypeUse { id, nullable };
        }
        let origin = match (self.component_name(&parts), self.home(&parts)) {
            (Some(name), _) => Origin::Component(name.to_owned()),
            (None, Some(home)) => home,
            (None, None) => origin,
        };
        let span = parts
            .last()
            .map_or(self.document.root().span, |part| part.node.span);
        let id = self.add(TypeDef {
            span,
            ..blank(span, origin, Type::Any)
        });
        self.made.insert(key, id);
        self.queue.push_back((id, parts));
        TypeUse { id, nullable }
    }

    /// A type that no schema describes.
    pub(super) fn add(&mut self, def: TypeDef) -> TypeId {
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push(def);
        id
    }

    /// Builds every type that was promised.
    pub(super) fn drain(&mut self) {
        while let Some((id, parts)) = self.queue.pop_front() {
            self.build(id, &parts);
        }
    }

    pub(super) fn def(&mut self, id: TypeId) -> Option<&mut TypeDef> {
        self.types.get_mut(id.0 as usize)
    }

    /// Whether this is the first time that this is to be said about a schema.
    pub(super) fn first_time(&mut self, node: At, what: &'static str) -> bool {
        self.told.insert((node, what))
    }

    pub(super) fn read(&mut self, node: &'a Node) -> Rc<SchemaObject<'a>> {
        let at = At::of(node);
        if let Some(schema) = self.read.get(&at) {
            return Rc::clone(schema);
        }
        let schema = Rc::new(SchemaObject::read(self.cx, node));
        self.read.insert(at, Rc::clone(&schema));
        schema
    }

    /// Where the `$ref` of a schema leads.
    pub(super) fn target(&mut self, node: &'a Node) -> Option<&'a Node> {
        let schema = self.read(node);
        let (reference, span) = schema.reference?;
        let at = At::of(node);
        if let Some(target) = self.targets.get(&at) {
            return *target;
        }
        let target = self.document.resolve(self.cx, reference, span);
        self.targets.insert(at, target);
        if let Some(target) = target {
            let name = Address::of(reference).name();
            let is_inside = self.homes.contains_key(&At::of(target));
            if !is_inside && !self.names.contains_key(&At::of(target)) {
                self.names.insert(At::of(target), name);
                self.settle(name, HomeKind::Schema, target);
            }
        }
        target
    }

    /// Says what the schemas inside a shared one are named after.
    pub(super) fn settle(&mut self, name: &str, kind: HomeKind, node: &'a Node) {
        let home = Rc::new(Home {
            name: name.to_owned(),
            kind,
        });
        settle(&mut self.homes, &home, &mut Vec::new(), node);
    }

    /// Where a place stands that is shared, and held by one schema.
    fn home(&self, parts: &[Part<'a>]) -> Option<Origin> {
        let [part] = parts else { return None };
        let (home, inside) = self.homes.get(&At::of(part.node))?;
        part.without
            .is_empty()
            .then(|| Origin::Shared(Home::clone(home), inside.clone()))
    }

    /// The names of all components, in the order of the document.
    pub(super) fn component_names(&self) -> Vec<String> {
        let schemas = component_schemas(self.document);
        schemas
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    }

    pub(super) fn component(&self, name: &str) -> Option<&'a Node> {
        self.components.get(name).copied()
    }

    /// The components whose `allOf` refers to a schema, and their heirs in turn.
    pub(super) fn heirs(&mut self, base: &'a Node) -> Vec<&'a Node> {
        let mut found: Vec<&'a Node> = Vec::new();
        let mut at = vec![base];
        while let Some(node) = at.pop() {
            let heirs = self.direct_heirs().get(&At::of(node));
            for heir in heirs.into_iter().flatten().copied() {
                if !std::ptr::eq(heir, base) && !found.iter().any(|it| std::ptr::eq(*it, heir)) {
                    found.push(heir);
                    at.push(heir);
                }
            }
        }
        found
    }

    fn direct_heirs(&mut self) -> &HashMap<At, Vec<&'a Node>> {
        let document = self.document;
        self.heirs.get_or_insert_with(|| {
            let mut heirs: HashMap<At, Vec<&'a Node>> = HashMap::default();
            for entry in component_schemas(document).into_iter().flatten() {
                let node = &entry.1.node;
                let members = node.get("allOf").and_then(Node::as_sequence);
                for member in members.unwrap_or_default() {
                    let base = member.get("$ref").and_then(|reference| {
                        // What leads nowhere is reported where it is used.
                        document
                            .files
                            .find(reference.as_str()?, reference.span)
                            .ok()
                    });
                    if let Some(base) = base {
                        heirs.entry(At::of(base)).or_default().push(node);
                    }
                }
            }
            heirs
        })
    }

    fn component_name(&self, parts: &[Part<'a>]) -> Option<&'a str> {
        match parts {
            [part] if part.without.is_empty() => self.names.get(&At::of(part.node)).copied(),
            _ => None,
        }
    }

    /// The component that a variant is made of, with what stands beside the choice.
    pub(super) fn variant_name(&self, parts: &[Part<'a>]) -> Option<&'a str> {
        let (variant, beside) = parts.split_last()?;
        let is_variant = beside.iter().any(|part| !part.without.is_empty());
        let name = self.names.get(&At::of(variant.node)).copied();
        name.filter(|_| is_variant)
    }

    /// The name of the component that a schema refers to, or is.
    pub(super) fn reference_name(&mut self, node: &'a Node) -> Option<&'a str> {
        let at = match self.target(node) {
            Some(target) => target,
            None => node,
        };
        self.names.get(&At::of(at)).copied()
    }

    /// The members of `allOf`, and the target of `$ref`, that say anything about the shape.
    pub(super) fn members(&mut self, node: &'a Node) -> Vec<&'a Node> {
        let schema = self.read(node);
        let target = self.target(node);
        let mut members: Vec<&'a Node> = target.into_iter().collect();
        for member in &schema.all_of {
            if !self.is_blank(member) {
                members.push(member);
            }
        }
        members
    }

    /// Whether any value fits, as far as types can say.
    pub(super) fn is_blank(&mut self, node: &'a Node) -> bool {
        let schema = self.read(node);
        !schema.shapes()
            && schema.reference.is_none()
            && schema.all_of.is_empty()
            && schema.one_of.is_empty()
            && schema.any_of.is_empty()
    }

    /// Follows a schema that only stands for another one to that one.
    pub(super) fn peel(&mut self, part: Part<'a>) -> Part<'a> {
        let mut part = part;
        let mut passed: HashSet<At> = HashSet::default();
        let mut first = part.node.span;
        let mut is_circle = false;
        for step in 0..LONGEST_WAY {
            let Some(node) = self.stands_for(&part) else {
                return part;
            };
            // What has no name of its own is called as what it stands for.
            if let Some(name) = self.names.get(&At::of(part.node)).copied() {
                self.names.entry(At::of(node)).or_insert(name);
            }
            part.node = node;
            // Hardly any way is so long that looking where it leads is worth the time.
            if step >= MAX_CHAIN {
                first = if passed.is_empty() {
                    node.span
                } else {
                    first.min(node.span)
                };
                is_circle = !passed.insert(At::of(node));
                if is_circle {
                    break;
                }
            }
        }
        let told = passed
            .into_iter()
            .filter(|at| !self.first_time(*at, "endless"))
            .count();
        if told == 0 {
            self.cx.report(if is_circle {
                Diagnostic::error(
                    "reference-cycle",
                    first,
                    "this schema refers only to itself",
                )
                .label("following it never ends")
            } else {
                let message =
                    format!("more than {LONGEST_WAY} references lead through this schema");
                Diagnostic::error("too-deep", first, message).label("not followed further")
            });
        }
        part
    }

    fn stands_for(&mut self, part: &Part<'a>) -> Option<&'a Node> {
        if !part.without.is_empty() {
            return self.find_stands_for(part);
        }
        let at = At::of(part.node);
        if let Some(known) = self.stands_for.get(&at) {
            return *known;
        }
        // Asked again on the way, it stands for itself.
        self.stands_for.insert(at, None);
        let found = self.find_stands_for(part);
        self.stands_for.insert(at, found);
        found
    }

    fn find_stands_for(&mut self, part: &Part<'a>) -> Option<&'a Node> {
        let node = part.node;
        let schema = self.read(node);
        if schema.shapes_beside_type() {
            return None;
        }
        let members = self.members(node);
        let groups = self.groups(node, &part.without);
        // A base with heirs is more than the schema it is made of.
        if groups.is_empty() && schema.discriminator.is_some() {
            return None;
        }
        let target = match (members.as_slice(), groups.as_slice()) {
            ([member], []) => *member,
            ([], [group]) => match group.variants.as_slice() {
                [variant] => *variant,
                _ => return None,
            },
            _ => return None,
        };
        // A `type` beside it is needed only where the other schema has none.
        let has_type = schema.types.as_ref().is_some_and(|it| !it.kinds.is_empty());
        (!has_type || self.kinds_of(target).is_some()).then_some(target)
    }

    /// The types a schema allows, where it says or shows.
    fn kinds_of(&mut self, node: &'a Node) -> Option<Vec<Kind>> {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        if shape.groups.is_empty() {
            shape.kinds()
        } else {
            Some(Vec::new())
        }
    }

    /// The fewest parts that say the same.
    pub(super) fn canonical(&mut self, parts: Vec<Part<'a>>) -> Vec<Part<'a>> {
        let mut peeled: Vec<Part<'a>> = Vec::with_capacity(parts.len());
        let mut seen = HashSet::default();
        for part in parts {
            let part = self.peel(part);
            if seen.insert(part.key()) {
                peeled.push(part);
            }
        }
        if peeled.len() < 2 {
            return peeled;
        }
        let shapes: Vec<Rc<Shape<'a>>> = peeled
            .iter()
            .map(|part| Shape::flatten(self, std::slice::from_ref(part)))
            .collect();
        let mut keep = vec![true; peeled.len()];
        for i in 0..peeled.len() {
            keep[i] =
                !(0..peeled.len()).any(|j| i != j && keep[j] && shapes[j].says_all_of(&shapes[i]));
        }
        let mut keep = keep.into_iter();
        peeled.retain(|_| keep.next().unwrap_or(true));
        peeled
    }

    fn parts_nullable(&mut self, parts: &[Part<'a>]) -> bool {
        let found: Vec<bool> = parts
            .iter()
            .filter_map(|part| self.admits_null(part.node, 0))
            .collect();
        !found.is_empty() && found.iter().all(|it| *it)
    }

    /// Whether a schema allows `null`, where it says so.
    pub(super) fn admits_null(&mut self, node: &'a Node, depth: usize) -> Option<bool> {
        let at = At::of(node);
        if let Some(&known) = self.nullable.get(&at) {
            return known;
        }
        if depth > MAX_CHAIN {
            return None;
        }
        // A schema that contains itself adds nothing to what it says.
        self.nullable.insert(at, None);
        let admits = self.find_null(node, depth);
        self.nullable.insert(at, admits);
        admits
    }

    fn find_null(&mut self, node: &'a Node, depth: usize) -> Option<bool> {
        let schema = self.read(node);
        let listed = schema.values.iter().flat_map(|values| values.nodes);
        let mut listed = listed.chain(schema.constant).peekable();
        let closed = listed.peek().is_some();
        if schema.nullable
            || schema.types.as_ref().is_some_and(|types| types.null)
            || listed.any(|node| node.kind() == "null")
        {
            return Some(true);
        }
        let mut admits = (schema.types.is_some() || closed).then_some(false);
        let groups = self.groups(node, &[]);
        for group in groups {
            if group.null {
                return Some(true);
            }
            for variant in group.variants {
                match self.admits_null(variant, depth + 1) {
                    Some(true) => return Some(true),
                    found => admits = admits.or(found),
                }
            }
        }
        let target = self.target(node);
        for member in target.into_iter().chain(schema.all_of.iter().copied()) {
            admits = match (admits, self.admits_null(member, depth + 1)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (admits, None) => admits,
                (_, found) => found,
            };
        }
        admits
    }

    /// What is said about a place: by its schema, else by the one it stands for.
    pub(super) fn remarks(&mut self, nodes: &[&'a Node]) -> Remarks<'a> {
        let mut remarks = Remarks::default();
        for &node in nodes.iter().rev() {
            let mut node = node;
            let mut inside = true;
            for _ in 0..MAX_CHAIN {
                let schema = self.read(node);
                remarks.description = remarks.description.or(schema.description);
                remarks.default = remarks.default.or(schema.default);
                remarks.read_only |= schema.read_only;
                remarks.write_only |= schema.write_only;
                if inside {
                    remarks.deprecated |= schema.deprecated;
                    remarks.example = remarks.example.or(schema.examples.first().copied());
                }
                inside &= schema.reference.is_none();
                match self.stands_for(&Part::whole(node)) {
                    Some(next) => node = next,
                    None => break,
                }
            }
        }
        remarks
    }
}

/// Takes down where the schemas inside one stand, as long as each place is held by one of them. The
/// first home of a schema is its own.
fn settle<'a>(
    homes: &mut HashMap<At, (Rc<Home>, Vec<PartOf>)>,
    home: &Rc<Home>,
    inside: &mut Vec<PartOf>,
    node: &'a Node,
) {
    if inside.len() > MAX_CHAIN {
        return;
    }
    let mut visit = |part: Option<PartOf>, node: &'a Node| {
        let depth = inside.len();
        if let Some(part) = part {
            inside.push(part);
            homes
                .entry(At::of(node))
                .or_insert_with(|| (Rc::clone(home), inside.clone()));
        }
        // What is referred to has a home of its own.
        if node.get("$ref").is_none() {
            settle(homes, home, inside, node);
        }
        inside.truncate(depth);
    };
    let has_properties = node.get("properties").is_some();
    for (name, entry) in node
        .get("properties")
        .and_then(Node::as_mapping)
        .into_iter()
        .flatten()
    {
        visit(Some(PartOf::Property(name.clone())), &entry.node);
    }
    if let Some(items) = node.get("items") {
        visit(Some(PartOf::Item), items);
    }
    if let Some(values) = node.get("additionalProperties") {
        let part = if has_properties {
            PartOf::Value
        } else {
            PartOf::Entry
        };
        visit(Some(part), values);
    }
    let members = node.get("allOf").and_then(Node::as_sequence);
    for member in members.unwrap_or_default() {
        visit(None, member);
    }
}

fn component_schemas(document: &Document) -> Option<&Mapping> {
    let components = document.root().get("components")?;
    components.get("schemas")?.as_mapping()
}

pub(super) fn blank(span: crate::source::Span, origin: Origin, kind: Type) -> TypeDef {
    TypeDef {
        span,
        origin,
        title: None,
        description: None,
        deprecated: false,
        examples: Vec::new(),
        default: None,
        checks: serde_json::Map::new(),
        in_request: false,
        in_answer: false,
        kind,
    }
}
