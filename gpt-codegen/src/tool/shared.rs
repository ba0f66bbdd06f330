//! The types that schemas refer to rather than repeat, on each side of a call.

use std::collections::{HashMap, HashSet};

use crate::{
    ir::{Api, EnumValues, Field, Origin, Patterns, Rest, Type, TypeId},
    names::is_item,
};

/// Which way a value goes: some properties are only sent, others only come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

impl Side {
    /// Whether a property is there: a model is asked for nothing that the API alone decides, and
    /// no answer brings what is only sent.
    pub(super) fn has(self, field: &Field) -> bool {
        match self {
            Self::Request => !field.read_only,
            Self::Answer => !field.write_only,
        }
    }
}

/// The types that one side is described with by reference: where a description would have no end,
/// and components of some size that several places use.
pub(super) fn shared(api: &Api, side: Side) -> HashSet<TypeId> {
    let mut walk = Walk {
        api,
        side,
        state: HashMap::new(),
        uses: HashMap::new(),
        recursive: HashSet::new(),
    };
    for op in &api.operations {
        match side {
            Side::Request => {
                for parameter in &op.parameters {
                    walk.from(parameter.ty.id);
                }
                if let Some(body) = &op.body {
                    walk.from(body.ty().id);
                }
            }
            Side::Answer => {
                for answer in &op.answers {
                    walk.from(answer.ty.id);
                }
            }
        }
    }
    let mut shared = walk.recursive;
    shared.extend(walk.uses.into_iter().filter_map(|(id, uses)| {
        let is_component = matches!(api.ty(id).origin, Origin::Component(_));
        (uses > 1 && is_component && !is_small(api, id)).then_some(id)
    }));
    shared
}

/// A walk over all that one side reaches, with a stack of its own.
struct Walk<'a> {
    api: &'a Api,
    side: Side,
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
                stack.push((id, mentioned(self.api, id, self.side)));
            }
        }
    }
}

/// The types that the schema of a type mentions.
fn mentioned(api: &Api, id: TypeId, side: Side) -> Vec<TypeId> {
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
            let fields = object.fields.iter().filter(|it| side.has(it));
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
