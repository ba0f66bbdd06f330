//! Which texts are files: those that `multipart` bodies carry as parts.

use super::{Api, Encoding, MediaType, Rest, TextFormat, Type, TypeId, media};
use crate::hash::HashSet;

/// Turns the binaries among the parts of bodies into files, and notes where they stand. A body
/// that holds some prefers to be sent in parts.
pub(super) fn settle(api: &mut Api) {
    for id in found(api) {
        if let Some(def) = api.types.get_mut(id.0 as usize)
            && let Type::String(text) = &mut def.kind
        {
            text.format = TextFormat::File;
        }
    }
    let mut operations = std::mem::take(&mut api.operations);
    for body in operations.iter_mut().filter_map(|it| it.body.as_mut()) {
        for media_type in body.media_types_mut().filter(|it| is_multipart(it)) {
            note(api, media_type);
        }
        let ty = body.ty();
        let mut others = body.others.iter_mut();
        let in_parts = others.find(|it| it.ty == ty && it.encoding.iter().any(|it| it.is_file));
        if let Some(in_parts) = in_parts {
            std::mem::swap(&mut body.preferred, in_parts);
        }
    }
    api.operations = operations;
}

fn is_multipart(media_type: &MediaType) -> bool {
    media::encoding(&media_type.name) == media::Encoding::Multipart
}

/// The binaries that are parts of a body.
fn found(api: &Api) -> HashSet<TypeId> {
    let bodies = api.operations.iter().filter_map(|it| it.body.as_ref());
    let media_types = bodies.flat_map(|it| it.media_types().filter(|it| is_multipart(it)));
    media_types
        .flat_map(|it| parts(api, it.ty.id))
        .flat_map(|(_, id)| scalars(api, id))
        .filter(|id| format(api, *id) == Some(TextFormat::Binary))
        .collect()
}

fn format(api: &Api, id: TypeId) -> Option<TextFormat> {
    match &api.ty(id).kind {
        Type::String(text) => Some(text.format),
        _ => None,
    }
}

/// The properties of a body with their types; without a name, all others.
fn parts(api: &Api, body: TypeId) -> Vec<(Option<&str>, TypeId)> {
    let mut parts = Vec::new();
    each(api, body, &mut |id| match &api.ty(id).kind {
        Type::Struct(object) => {
            let fields = object.fields.iter();
            parts.extend(fields.map(|it| (Some(it.name.as_str()), it.ty.id)));
            if let Rest::Kept(values) = object.rest {
                parts.push((None, values.id));
            }
        }
        Type::Map(map) => parts.push((None, map.values.id)),
        // Parts without names.
        Type::Array(array) => parts.push((None, array.items.id)),
        _ => {}
    });
    parts
}

/// What a part is, or each of several parts.
fn scalars(api: &Api, part: TypeId) -> Vec<TypeId> {
    let mut scalars = Vec::new();
    each(api, part, &mut |id| match &api.ty(id).kind {
        Type::Array(array) => each(api, array.items.id, &mut |id| scalars.push(id)),
        _ => scalars.push(id),
    });
    scalars
}

/// A type, or the variants of a union.
fn each(api: &Api, id: TypeId, visit: &mut dyn FnMut(TypeId)) {
    let mut seen = HashSet::default();
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &api.ty(id).kind {
            Type::Union(union) => waiting.extend(union.variants.iter().rev().map(|it| it.ty)),
            _ => visit(id),
        }
    }
}

/// Says of the properties that are files, and of bytes as text, that they are.
fn note(api: &Api, media_type: &mut MediaType) {
    for (name, id) in parts(api, media_type.ty.id) {
        let formats = scalars(api, id);
        let has = |wanted| formats.iter().any(|id| format(api, *id) == Some(wanted));
        let (is_file, is_bytes) = (has(TextFormat::File), has(TextFormat::Byte));
        if !is_file && !is_bytes {
            continue;
        }
        let encoding = encoding_of(&mut media_type.encoding, name);
        encoding.is_file |= is_file;
        if encoding.content_type.is_none() && encoding.styled.is_none() && !is_file {
            encoding.content_type = Some("application/octet-stream".to_owned());
        }
    }
}

fn encoding_of<'e>(encoding: &'e mut Vec<Encoding>, name: Option<&str>) -> &'e mut Encoding {
    let found = encoding
        .iter()
        .position(|it| it.property.as_deref() == name);
    let index = found.unwrap_or_else(|| {
        encoding.push(Encoding {
            property: name.map(str::to_owned),
            ..Encoding::of("")
        });
        encoding.len() - 1
    });
    &mut encoding[index]
}
