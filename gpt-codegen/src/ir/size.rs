//! Keeps values small: what is large and may be boxed stands behind a `Box`.
//!
//! Values are made and moved on the stack. Without this, the types of a document whose objects hold
//! each other reach a megabyte.

use super::{Api, Enum, EnumValues, Rest, Struct, TextFormat, Type, TypeId, Union};

/// The most bytes, by a rough count, that an optional property or a variant holds in itself.
const LARGE: usize = 1024;

const POINTER: usize = 8;
/// A `String`, a `Vec` or a map.
const CONTAINER: usize = 24;
const JSON: usize = 72;
const URL: usize = 88;

/// Boxes the large; afterwards no type is as large as all it leads to.
pub(super) fn settle(api: &mut Api) {
    let mut sizes: Vec<Option<usize>> = vec![None; api.types.len()];
    let mut stack: Vec<TypeId> = (0..).take(api.types.len()).map(TypeId).collect();
    let mut opened = vec![false; api.types.len()];
    while let Some(&id) = stack.last() {
        let index = id.0 as usize;
        let is_new = opened
            .get_mut(index)
            .is_some_and(|it| !std::mem::replace(it, true));
        if is_new {
            stack.extend(parts(&api.ty(id).kind));
            continue;
        }
        stack.pop();
        if sizes.get(index).is_some_and(Option::is_none) {
            box_parts(api, id, &sizes);
            let size = size(&api.ty(id).kind, &sizes);
            if let Some(known) = sizes.get_mut(index) {
                *known = Some(size);
            }
        }
    }
}

/// The types that lie in one without a pointer.
fn parts(kind: &Type) -> Vec<TypeId> {
    match kind {
        Type::Struct(strct) => {
            let fields = strct.fields.iter().filter(|field| !field.boxed);
            fields.map(|field| field.ty.id).collect()
        }
        Type::Union(union) => {
            let variants = union.variants.iter().filter(|variant| !variant.boxed);
            variants.map(|variant| variant.ty).collect()
        }
        Type::Array(array) if array.is_tuple => array.prefix.iter().map(|it| it.id).collect(),
        _ => Vec::new(),
    }
}

fn box_parts(api: &mut Api, id: TypeId, sizes: &[Option<usize>]) {
    let is_large = |id: TypeId| size_of(id, sizes) > LARGE;
    match api.types.get_mut(id.0 as usize).map(|def| &mut def.kind) {
        Some(Type::Struct(strct)) => {
            for field in &mut strct.fields {
                let may_be_boxed = !field.required || field.ty.nullable;
                field.boxed |= may_be_boxed && is_large(field.ty.id);
            }
        }
        Some(Type::Union(union)) => {
            for variant in &mut union.variants {
                variant.boxed |= is_large(variant.ty);
            }
        }
        _ => {}
    }
}

fn size_of(id: TypeId, sizes: &[Option<usize>]) -> usize {
    sizes.get(id.0 as usize).copied().flatten().unwrap_or(0)
}

fn size(kind: &Type, sizes: &[Option<usize>]) -> usize {
    match kind {
        Type::Unit => 0,
        Type::Boolean => 1,
        Type::Integer(_) | Type::Number(_) => POINTER,
        Type::Any => JSON,
        Type::String(text) if text.format == TextFormat::Uri => URL,
        Type::Enum(Enum {
            values: EnumValues::Integers(_),
            ..
        }) => 2 * POINTER,
        Type::Array(array) if array.is_tuple => {
            array.prefix.iter().map(|it| size_of(it.id, sizes)).sum()
        }
        Type::String(_) | Type::Enum(_) | Type::Map(_) | Type::Array(_) => CONTAINER,
        Type::Struct(strct) => size_of_struct(strct, sizes),
        Type::Union(union) => size_of_union(union, sizes),
    }
}

fn size_of_struct(strct: &Struct, sizes: &[Option<usize>]) -> usize {
    let fields = strct.fields.iter().map(|field| {
        if field.boxed {
            POINTER
        } else {
            size_of(field.ty.id, sizes)
        }
    });
    let rest = match strct.rest {
        Rest::Kept(_) => CONTAINER,
        Rest::Ignored | Rest::Refused => 0,
    };
    fields.fold(rest, usize::saturating_add)
}

fn size_of_union(union: &Union, sizes: &[Option<usize>]) -> usize {
    let variants = union.variants.iter().map(|variant| {
        if variant.boxed {
            POINTER
        } else {
            size_of(variant.ty, sizes)
        }
    });
    let other = if union.open { JSON } else { 0 };
    variants.fold(other, usize::max).saturating_add(POINTER)
}
