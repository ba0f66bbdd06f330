//! Inline types that are the same are written once. Each keeps its name, so that it does not matter
//! which of them was first; components stay types of their own, because their names mean something.

use std::{collections::HashMap, fmt::Write};

use crate::{
    ir::{Api, EnumValues, Field, Origin, Rest, Struct, Type, TypeDef, TypeId, TypeUse, Union},
    names::Names,
};

/// Inline types nested deeper than this are not compared.
const DEEPEST: usize = 32;

/// For each type the first that is like it.
#[derive(Debug, Default)]
pub(super) struct Alike(Vec<TypeId>);

impl Alike {
    /// Compares all inline types.
    pub(super) fn new(api: &Api, names: &Names) -> Self {
        let mut comparison = Comparison {
            api,
            names,
            first: vec![State::Unknown; api.types.len()],
            written: HashMap::new(),
        };
        let ids = (0_u32..).take(api.types.len()).map(TypeId);
        Self(ids.map(|id| comparison.first(id, 0)).collect())
    }

    /// The first type that is like this one, which may be itself.
    pub(super) fn first(&self, id: TypeId) -> TypeId {
        self.0.get(id.0 as usize).copied().unwrap_or(id)
    }
}

#[derive(Clone, Copy)]
enum State {
    Unknown,
    /// Being compared: it is part of itself.
    Begun,
    Known(TypeId),
}

struct Comparison<'a> {
    api: &'a Api,
    names: &'a Names,
    first: Vec<State>,
    /// The first type of all that would be written alike.
    written: HashMap<String, TypeId>,
}

impl Comparison<'_> {
    fn first(&mut self, id: TypeId, depth: usize) -> TypeId {
        match self.first[id.0 as usize] {
            State::Known(first) => return first,
            State::Begun => return id,
            State::Unknown if depth > DEEPEST => return id,
            State::Unknown => {}
        }
        let api = self.api;
        let def = api.ty(id);
        if matches!(def.origin, Origin::Component(_)) {
            self.first[id.0 as usize] = State::Known(id);
            return id;
        }
        self.first[id.0 as usize] = State::Begun;
        let mut text = String::new();
        let is_item = self.item(id, def, depth, &mut text);
        let first = if is_item {
            *self.written.entry(text).or_insert(id)
        } else {
            id
        };
        self.first[id.0 as usize] = State::Known(first);
        first
    }

    /// What is written of a type but its name and its own description; whether anything is.
    fn item(&mut self, id: TypeId, def: &TypeDef, depth: usize, text: &mut String) -> bool {
        let names = self.names.ty(id);
        add(text, &(def.in_request, def.in_answer));
        for name in names.parts.iter().chain([&names.rest]) {
            add(text, name);
        }
        match &def.kind {
            Type::Struct(object) => self.structure(object, depth, text),
            Type::Union(union) => self.union(union, depth, text),
            Type::Enum(it) => {
                add(text, &it.open);
                match &it.values {
                    EnumValues::Texts(texts) => add(text, texts),
                    EnumValues::Integers(integers) => add(text, integers),
                }
            }
            _ => return false,
        }
        true
    }

    fn structure(&mut self, object: &Struct, depth: usize, text: &mut String) {
        for field in &object.fields {
            let Field {
                name,
                span: _,
                ty,
                required,
                boxed,
                description,
                deprecated,
                default,
                read_only,
                write_only,
            } = field;
            add(text, name);
            add(
                text,
                &[*required, *boxed, *deprecated, *read_only, *write_only],
            );
            add(text, description);
            add(text, default);
            self.place(*ty, depth, text);
        }
        self.rest(object.rest, depth, text);
    }

    fn union(&mut self, union: &Union, depth: usize, text: &mut String) {
        add(text, &(&union.tag, union.open));
        for variant in &union.variants {
            add(text, &(&variant.tags, variant.boxed));
            let ty = TypeUse {
                id: variant.ty,
                nullable: false,
            };
            self.place(ty, depth, text);
        }
    }

    fn rest(&mut self, rest: Rest, depth: usize, text: &mut String) {
        match rest {
            Rest::Ignored => text.push('.'),
            Rest::Refused => text.push('!'),
            Rest::Kept(values) => self.place(values, depth, text),
        }
    }

    /// The type of a place, with what comments tell of it.
    fn place(&mut self, ty: TypeUse, depth: usize, text: &mut String) {
        let api = self.api;
        let def = api.ty(ty.id);
        add(text, &(ty.nullable, def.in_answer));
        if depth > DEEPEST {
            add(text, &ty.id);
            return;
        }
        match &def.kind {
            Type::Struct(_) | Type::Enum(_) | Type::Union(_) => {
                let first = self.first(ty.id, depth + 1);
                add(text, &first);
            }
            Type::Array(array) => {
                let bounds = (array.min_items, array.max_items, array.unique_items);
                add(text, &(array.is_tuple, array.prefix.len(), bounds));
                for ty in array.uses() {
                    self.place(ty, depth + 1, text);
                }
            }
            Type::Map(map) => {
                add(text, &(map.min_properties, map.max_properties));
                self.place(map.values, depth + 1, text);
            }
            kind @ (Type::Any
            | Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String(_)
            | Type::Unit) => add(text, kind),
        }
    }
}

/// Adds a fact.
fn add(text: &mut String, fact: &impl std::fmt::Debug) {
    // Writing into a `String` cannot fail.
    let _ = write!(text, "{fact:?};");
}
