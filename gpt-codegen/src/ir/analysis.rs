//! What is true of the types as a whole: which are reached and from where, which are recursive.

use super::{Api, Body, Operation, Origin, Patterns, Rest, Type, TypeDef, TypeId, TypeUse};
use crate::diagnostic::Diagnostics;

/// Completes an [`Api`] whose operations and types are lowered: drops types that nothing reaches
/// and says of the others what only the whole can tell.
pub(super) fn finish(
    cx: &mut Diagnostics,
    api: &mut Api,
    required_in_requests: &[(TypeId, usize)],
) {
    settle_null(api);
    loosen_tuples(api);
    mark(api);
    for (id, index) in required_in_requests {
        if let Some(def) = api.types.get_mut(id.0 as usize)
            && let Type::Struct(strct) = &mut def.kind
            && let Some(field) = strct.fields.get_mut(*index)
        {
            field.required = !def.in_answer;
        }
    }
    for index in 0..api.types.len() {
        open(api, index);
    }
    prune(api);
    super::files::settle(api);
    super::recursion::settle(cx, api);
    super::size::settle(api);
}

/// Any JSON takes `null` as it is.
fn settle_null(api: &mut Api) {
    let any: Vec<bool> = api
        .types
        .iter()
        .map(|def| matches!(def.kind, Type::Any))
        .collect();
    each_use(api, &mut |ty| {
        if any.get(ty.id.0 as usize).copied().unwrap_or(false) {
            ty.nullable = false;
        }
    });
}

/// Makes lists of tuples that contain themselves: a tuple holds its items without a pointer, and
/// so would have no size.
fn loosen_tuples(api: &mut Api) {
    for index in 0..api.types.len() {
        let Some(Type::Array(array)) = api.types.get(index).map(|def| &def.kind) else {
            continue;
        };
        let inside = array.prefix.iter().map(|ty| ty.id).collect();
        let is_endless =
            array.is_tuple && reach(api, inside).iter().any(|id| id.0 as usize == index);
        if let Some(Type::Array(array)) = api.types.get_mut(index).map(|def| &mut def.kind)
            && is_endless
        {
            array.is_tuple = false;
        }
    }
}

/// Notes which types requests and answers reach.
fn mark(api: &mut Api) {
    let mut requests = Vec::new();
    let mut answers = Vec::new();
    for operation in &api.operations {
        requests.extend(operation.parameters.iter().map(|it| it.ty.id));
        let bodies = operation.body.iter().flat_map(Body::media_types);
        requests.extend(bodies.map(|it| it.ty.id));
        answers.extend(received(operation));
    }
    answers.extend(api.webhooks.iter().map(|it| it.ty.id));
    for id in reach(api, requests) {
        if let Some(def) = api.types.get_mut(id.0 as usize) {
            def.in_request = true;
        }
    }
    for id in reach(api, answers) {
        if let Some(def) = api.types.get_mut(id.0 as usize) {
            def.in_answer = true;
        }
    }
}

/// The types of what comes back.
fn received(operation: &Operation) -> impl Iterator<Item = TypeId> {
    let responses = operation.answers.iter().chain(&operation.failures);
    responses.flat_map(|it| {
        let item = it.stream.as_ref().map(|stream| stream.item.id);
        std::iter::once(it.ty.id).chain(item)
    })
}

/// The types reached from some, in the order of the document.
fn reach(api: &Api, roots: Vec<TypeId>) -> Vec<TypeId> {
    let mut reached = vec![false; api.types.len()];
    let mut order = Vec::new();
    let mut stack: Vec<TypeId> = roots.into_iter().rev().collect();
    while let Some(id) = stack.pop() {
        let Some(seen) = reached.get_mut(id.0 as usize) else {
            continue;
        };
        if std::mem::replace(seen, true) {
            continue;
        }
        order.push(id);
        let parts = parts(&api.ty(id).kind);
        stack.extend(parts.into_iter().rev());
    }
    order
}

/// The types that a type is made of.
fn parts(kind: &Type) -> Vec<TypeId> {
    match kind {
        Type::Array(array) => array.uses().map(|ty| ty.id).collect(),
        Type::Map(map) => map.uses().map(|ty| ty.id).collect(),
        Type::Struct(strct) => {
            let mut parts: Vec<_> = strct.fields.iter().map(|field| field.ty.id).collect();
            if let Rest::Kept(ty) = strct.rest {
                parts.push(ty.id);
            }
            let patterns = strct.patterns.iter().flat_map(Patterns::uses);
            parts.extend(patterns.map(|ty| ty.id));
            parts
        }
        Type::Union(union) => union.variants.iter().map(|variant| variant.ty).collect(),
        _ => Vec::new(),
    }
}

/// What answers bring may be more than the document knows of.
fn open(api: &mut Api, index: usize) {
    let has_objects = match api.types.get(index).map(|def| &def.kind) {
        Some(Type::Union(union)) => union
            .variants
            .iter()
            .any(|variant| matches!(api.ty(variant.ty).kind, Type::Struct(_) | Type::Union(_))),
        _ => false,
    };
    let Some(def) = api.types.get_mut(index) else {
        return;
    };
    match &mut def.kind {
        Type::Enum(list) => list.open |= def.in_answer && !list.is_const,
        // A scalar that changes its type is an error; a new kind of object is not.
        Type::Union(union) => union.open |= def.in_answer && (has_objects || union.is_list),
        // An API that adds a property must not break its callers.
        Type::Struct(strct) if def.in_answer && strct.rest == Rest::Refused => {
            strct.rest = Rest::Ignored;
        }
        _ => {}
    }
}

/// Leaves the types that operations reach, numbered as they are met.
fn prune(api: &mut Api) {
    let mut roots = Vec::new();
    for operation in &api.operations {
        roots.extend(operation.parameters.iter().map(|it| it.ty.id));
        let bodies = operation.body.iter().flat_map(Body::media_types);
        roots.extend(bodies.map(|it| it.ty.id));
        roots.extend(received(operation));
    }
    roots.extend(api.webhooks.iter().map(|it| it.ty.id));
    let order = reach(api, roots);
    let mut new_ids: Vec<Option<TypeId>> = vec![None; api.types.len()];
    for (new, old) in (0..).zip(&order) {
        if let Some(slot) = new_ids.get_mut(old.0 as usize) {
            *slot = Some(TypeId(new));
        }
    }
    let new_id = |id: TypeId| new_ids.get(id.0 as usize).copied().flatten();
    let mut old_types: Vec<_> = std::mem::take(&mut api.types)
        .into_iter()
        .map(Some)
        .collect();
    api.types = order
        .iter()
        .filter_map(|id| old_types.get_mut(id.0 as usize)?.take())
        .collect();
    each_use(api, &mut |ty| ty.id = new_id(ty.id).unwrap_or(ty.id));
    for def in &mut api.types {
        if let Type::Union(union) = &mut def.kind {
            for variant in &mut union.variants {
                variant.ty = new_id(variant.ty).unwrap_or(variant.ty);
            }
        }
    }
    rename_origins(api, &new_id, &old_types);
}

/// Origins by the new numbers. A type inside one that is gone stands where that one stood.
fn rename_origins(
    api: &mut Api,
    new_id: &impl Fn(TypeId) -> Option<TypeId>,
    gone: &[Option<TypeDef>],
) {
    for def in &mut api.types {
        while let Origin::Inside(parent, part) = &def.origin {
            if let Some(parent) = new_id(*parent) {
                def.origin = Origin::Inside(parent, part.clone());
                break;
            }
            match gone.get(parent.0 as usize) {
                Some(Some(parent)) => def.origin = parent.origin.clone(),
                _ => break,
            }
        }
    }
}

/// Every use of a type in a place.
fn each_use(api: &mut Api, change: &mut impl FnMut(&mut TypeUse)) {
    for operation in &mut api.operations {
        for parameter in &mut operation.parameters {
            change(&mut parameter.ty);
        }
        if let Some(body) = &mut operation.body {
            for media_type in body.media_types_mut() {
                change(&mut media_type.ty);
            }
        }
        for response in operation.answers.iter_mut().chain(&mut operation.failures) {
            change(&mut response.ty);
            if let Some(stream) = &mut response.stream {
                change(&mut stream.item);
            }
        }
    }
    for webhook in &mut api.webhooks {
        change(&mut webhook.ty);
    }
    for def in &mut api.types {
        match &mut def.kind {
            Type::Array(array) => array.uses_mut().for_each(&mut *change),
            Type::Map(map) => {
                change(&mut map.values);
                let patterns = map.patterns.iter_mut();
                patterns.flat_map(Patterns::uses_mut).for_each(&mut *change);
            }
            Type::Struct(strct) => {
                for field in &mut strct.fields {
                    change(&mut field.ty);
                }
                if let Rest::Kept(ty) = &mut strct.rest {
                    change(ty);
                }
                let patterns = strct.patterns.iter_mut();
                patterns.flat_map(Patterns::uses_mut).for_each(&mut *change);
            }
            _ => {}
        }
    }
}
