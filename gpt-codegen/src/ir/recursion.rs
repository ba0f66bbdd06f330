//! Types that contain themselves: which have a value at all, and where a `Box` gives them a size.
//! That a union is a variant of itself says nothing, and is left out.

use super::{Api, Type, TypeId, Union};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Boxes what must be boxed, after making sure that every type has a finite value.
pub(super) fn settle(cx: &mut Diagnostics, api: &mut Api) {
    cut_unions(api);
    let mut ranks = ranks(api, Choice::Any);
    while let Some(index) = endless_struct(api, &ranks) {
        loosen(cx, api, index, &ranks);
        ranks = self::ranks(api, Choice::Any);
    }
    put_finite_first(api, &ranks);
    box_cycles(api);
}

/// Takes a union out of its own variants: what fits it fits another of them.
fn cut_unions(api: &mut Api) {
    for (id, def) in (0..).map(TypeId).zip(&mut api.types) {
        let Type::Union(union) = &mut def.kind else {
            continue;
        };
        union.variants.retain(|variant| variant.ty != id);
        if union.variants.is_empty() {
            def.kind = Type::Any;
        }
    }
}

/// Which variants of a union a value may have.
#[derive(Clone, Copy)]
enum Choice {
    Any,
    First,
}

impl Choice {
    fn among(self) -> usize {
        match self {
            Self::Any => usize::MAX,
            Self::First => 1,
        }
    }
}

/// In how many steps a finite value of each type is made; `None` where none is.
fn ranks(api: &Api, choice: Choice) -> Vec<Option<u32>> {
    let mut ranks: Vec<Option<u32>> = vec![None; api.types.len()];
    let rank_of = |ranks: &[Option<u32>], id: TypeId| ranks.get(id.0 as usize).copied().flatten();
    for round in 0.. {
        let mut found = Vec::new();
        for (index, def) in api.types.iter().enumerate() {
            if ranks.get(index).copied().flatten().is_some() {
                continue;
            }
            let is_finite = match &def.kind {
                Type::Struct(strct) => strct
                    .fields
                    .iter()
                    .filter(|field| field.required && !field.ty.nullable)
                    .all(|field| rank_of(&ranks, field.ty.id).is_some()),
                Type::Union(union) => union
                    .variants
                    .iter()
                    .take(choice.among())
                    .any(|variant| rank_of(&ranks, variant.ty).is_some()),
                _ => true,
            };
            if is_finite {
                found.push(index);
            }
        }
        if found.is_empty() {
            break;
        }
        for index in found {
            if let Some(rank) = ranks.get_mut(index) {
                *rank = Some(round);
            }
        }
    }
    ranks
}

fn endless_struct(api: &Api, ranks: &[Option<u32>]) -> Option<usize> {
    let endless = |index: &usize| {
        ranks.get(*index).copied().flatten().is_none()
            && matches!(
                api.types.get(*index).map(|it| &it.kind),
                Some(Type::Struct(_))
            )
    };
    (0..api.types.len()).find(endless)
}

/// Makes the property optional that a value would have no end for.
fn loosen(cx: &mut Diagnostics, api: &mut Api, index: usize, ranks: &[Option<u32>]) {
    let Some(def) = api.types.get_mut(index) else {
        return;
    };
    let Type::Struct(strct) = &mut def.kind else {
        return;
    };
    let endless = strct.fields.iter_mut().find(|field| {
        let rank = ranks.get(field.ty.id.0 as usize).copied().flatten();
        field.required && !field.ty.nullable && rank.is_none()
    });
    let Some(field) = endless else { return };
    field.required = false;
    cx.report(
        Diagnostic::error(
            "endless-value",
            field.span,
            format!("a value of `{}` would have no end", field.name),
        )
        .label("required here, and required again inside itself")
        .related(def.span, "the schema it belongs to")
        .help("leave it out of `required`, or allow `null`"),
    );
}

/// The first variant is the one that a blank value has: where that has no end, another goes first.
fn put_finite_first(api: &mut Api, ranks: &[Option<u32>]) {
    let rank = |id: TypeId| ranks.get(id.0 as usize).copied().flatten();
    for _ in 0..api.types.len() {
        let blanks = self::ranks(api, Choice::First);
        let endless = blanks
            .iter()
            .zip(&mut api.types)
            .filter(|(blank, _)| blank.is_none());
        let mut unions = endless.filter_map(|(_, def)| match &mut def.kind {
            Type::Union(union) => Some(union),
            _ => None,
        });
        // The one whose value ends soonest, so that the others can build on it.
        let soonest = |union: &Union| union.variants.iter().filter_map(|it| rank(it.ty)).min();
        let Some((union, lowest)) = unions
            .by_ref()
            .filter_map(|union| soonest(union).map(|lowest| (union, lowest)))
            .min_by_key(|(_, lowest)| *lowest)
        else {
            return;
        };
        if let Some(first) = union
            .variants
            .iter()
            .position(|it| rank(it.ty) == Some(lowest))
        {
            let variant = union.variants.remove(first);
            union.variants.insert(0, variant);
        }
    }
}

/// A part of a type that lies in it without a pointer.
#[derive(Clone, Copy, Debug)]
struct Edge {
    from: TypeId,
    /// The position of the field or variant.
    index: usize,
    to: TypeId,
    /// Whether it may be boxed.
    breakable: bool,
}

fn edges(api: &Api, from: TypeId) -> Vec<Edge> {
    match &api.ty(from).kind {
        Type::Struct(strct) => strct
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.boxed)
            .map(|(index, field)| Edge {
                from,
                index,
                to: field.ty.id,
                breakable: !field.required || field.ty.nullable,
            })
            .collect(),
        Type::Union(union) => union
            .variants
            .iter()
            .enumerate()
            .filter(|(_, variant)| !variant.boxed)
            .map(|(index, variant)| Edge {
                from,
                index,
                to: variant.ty,
                breakable: true,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Boxes one part of each cycle.
///
/// A depth-first walk meets an open type again at the end of each cycle. That last edge is boxed
/// where it may be; else the nearest edge before it, from where the walk goes on.
fn box_cycles(api: &mut Api) {
    let mut marks = vec![Mark::New; api.types.len()];
    for start in (0..).take(api.types.len()).map(TypeId) {
        // The edges to the types of the stack, from the second on.
        let mut path: Vec<Edge> = Vec::new();
        let mut stack: Vec<(TypeId, std::vec::IntoIter<Edge>)> = Vec::new();
        if enter(&mut marks, start) {
            stack.push((start, edges(api, start).into_iter()));
        }
        while let Some((at, rest)) = stack.last_mut() {
            let Some(edge) = rest.next() else {
                set(&mut marks, *at, Mark::Done);
                stack.pop();
                path.pop();
                continue;
            };
            if enter(&mut marks, edge.to) {
                path.push(edge);
                stack.push((edge.to, edges(api, edge.to).into_iter()));
                continue;
            }
            if marks.get(edge.to.0 as usize) != Some(&Mark::Open) {
                continue;
            }
            if edge.breakable {
                put_in_box(api, edge);
                continue;
            }
            // Every type has a finite value, so that a part of each cycle may be left out.
            while let Some(before) = path.pop() {
                if let Some((left, _)) = stack.pop() {
                    set(&mut marks, left, Mark::New);
                }
                if before.breakable {
                    put_in_box(api, before);
                    break;
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Opens a type that was not met before.
fn enter(marks: &mut [Mark], id: TypeId) -> bool {
    let is_new = marks.get(id.0 as usize) == Some(&Mark::New);
    if is_new {
        set(marks, id, Mark::Open);
    }
    is_new
}

fn set(marks: &mut [Mark], id: TypeId, mark: Mark) {
    if let Some(slot) = marks.get_mut(id.0 as usize) {
        *slot = mark;
    }
}

fn put_in_box(api: &mut Api, edge: Edge) {
    match api
        .types
        .get_mut(edge.from.0 as usize)
        .map(|def| &mut def.kind)
    {
        Some(Type::Struct(strct)) => {
            if let Some(field) = strct.fields.get_mut(edge.index) {
                field.boxed = true;
            }
        }
        Some(Type::Union(union)) => {
            if let Some(variant) = union.variants.get_mut(edge.index) {
                variant.boxed = true;
            }
        }
        _ => {}
    }
}
