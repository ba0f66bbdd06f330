//! Names what has no name of its own after where it stands: `Forecast` and its property `periods`
//! make the item `ForecastPeriod`.

use crate::ir::{
    Api, EnumValues, Operation, Origin, Part, Place, Response, Status, TextFormat, Type, TypeId,
    TypeUse, WebhookId,
};

use super::{
    ByMediaType, OperationNames, TypeNames, is_item,
    scope::Scope,
    status_name,
    words::{plural, singular, upper_camel, words},
};

/// Types within types are looked at no deeper than this; what is deeper is named alike.
const DEEPEST: usize = 32;

/// Names all types that have no name yet.
pub(super) fn name(
    api: &Api,
    operations: &[OperationNames],
    scope: &mut Scope,
    types: &mut [TypeNames],
) {
    for index in 0..types.len() {
        // What it stands in is named first, the outermost before all.
        let mut unnamed = Vec::new();
        let mut next = u32::try_from(index).ok().map(TypeId);
        while let Some(id) = next {
            let is_named = types
                .get(id.0 as usize)
                .is_none_or(|it| !it.name.is_empty());
            if is_named || unnamed.contains(&id) {
                break;
            }
            unnamed.push(id);
            next = match &api.ty(id).origin {
                Origin::Inside(parent, _) => Some(*parent),
                _ => None,
            };
        }
        for id in unnamed.into_iter().rev() {
            let name = upper_camel(&origin_words(api, operations, types, id));
            let name = if is_item(&api.ty(id).kind) {
                scope.take(&[name], "")
            } else {
                name
            };
            if let Some(names) = types.get_mut(id.0 as usize) {
                names.name = name;
            }
        }
    }
}

fn origin_words(
    api: &Api,
    operations: &[OperationNames],
    types: &[TypeNames],
    id: TypeId,
) -> Vec<String> {
    match &api.ty(id).origin {
        Origin::Component(name) => words(name),
        Origin::Shared(home, parts) => parts.iter().fold(words(&home.name), part_words),
        Origin::Operation(operation, place) => {
            let index = operation.0 as usize;
            let name = operations.get(index).map_or("", |it| it.name.as_str());
            let part = match place {
                Place::Parameter(parameter) => words(parameter),
                Place::Body(media_type) => body_words(
                    operations
                        .get(index)
                        .and_then(|it| it.by_media_type.as_ref()),
                    *media_type,
                ),
                Place::Response(status) => api
                    .operations
                    .get(index)
                    .map_or_else(Vec::new, |it| response_words(it, *status)),
                Place::Item(status) => api
                    .operations
                    .get(index)
                    .map_or_else(Vec::new, |it| item_words(it, *status)),
            };
            joined(words(name), part)
        }
        Origin::Webhook(id) => webhook_words(api, operations, *id),
        Origin::Inside(parent, part) => {
            let names = types.get(parent.0 as usize);
            let parent_words = words(names.map_or("", |it| it.name.as_str()));
            match part {
                Part::Variant(index) => {
                    joined(parent_words, variant_words(api, types, *parent, *index))
                }
                part => part_words(parent_words, part),
            }
        }
    }
}

/// What a part of a schema is called.
fn part_words(parent: Vec<String>, part: &Part) -> Vec<String> {
    match part {
        Part::Property(property) => joined(parent, words(property)),
        Part::Item => one_of(parent, "item"),
        Part::Position(index) => joined(parent, vec!["item".to_owned(), (index + 1).to_string()]),
        Part::Entry => one_of(parent, "value"),
        Part::Value => joined(parent, vec!["value".to_owned()]),
        Part::Variant(index) => joined(parent, vec![format!("variant{}", index + 1)]),
    }
}

/// `NewPetWebhook`, or `SubscribeOnDataCallback` for one of an operation.
pub(super) fn webhook_words(
    api: &Api,
    operations: &[OperationNames],
    id: WebhookId,
) -> Vec<String> {
    let Some(webhook) = api.webhooks.get(id.0 as usize) else {
        return vec!["webhook".to_owned()];
    };
    let (owner, kind) = match webhook.operation {
        Some(operation) => {
            let names = operations.get(operation.0 as usize);
            (words(names.map_or("", |it| it.name.as_str())), "callback")
        }
        None => (Vec::new(), "webhook"),
    };
    joined(joined(owner, words(&webhook.name)), vec![kind.to_owned()])
}

/// `Body`, with the media type where there are several.
fn body_words(several: Option<&ByMediaType>, media_type: usize) -> Vec<String> {
    let name = several.and_then(|it| it.variants.get(media_type));
    let body = vec!["body".to_owned()];
    body.into_iter()
        .chain(name.map(|it| words(it)).unwrap_or_default())
        .collect()
}

/// `Answer` or `Failure` where that says which, else the status.
fn response_words(op: &Operation, status: Status) -> Vec<String> {
    let side = |responses: &[Response], name: &str| {
        let here = responses.iter().any(|it| it.status == status);
        (here && responses.len() == 1).then(|| vec![name.to_owned()])
    };
    side(&op.answers, "answer")
        .or_else(|| side(&op.failures, "failure"))
        .unwrap_or_else(|| match status {
            Status::Default => vec!["default".to_owned()],
            _ => words(&status_name(status)),
        })
}

/// `Item`, with the status where several have items.
fn item_words(op: &Operation, status: Status) -> Vec<String> {
    let item = vec!["item".to_owned()];
    if op.answers.iter().filter(|it| it.stream.is_some()).count() > 1 {
        joined(words(&status_name(status)), item)
    } else {
        item
    }
}

/// One of several: the singular where there is a plain one.
fn one_of(mut words: Vec<String>, otherwise: &str) -> Vec<String> {
    match words.last().and_then(|it| singular(it)) {
        Some(singular) => {
            words.pop();
            words.push(singular);
        }
        None => words.push(otherwise.to_owned()),
    }
    words
}

/// The parent's words and those of a part, without saying the same twice: `PetOwner` and
/// `owner_name` make `PetOwnerName`.
fn joined(mut parent: Vec<String>, part: Vec<String>) -> Vec<String> {
    let overlap = (1..part.len())
        .rev()
        .find(|length| parent.ends_with(&part[..*length]))
        .unwrap_or(0);
    parent.extend(part.into_iter().skip(overlap));
    parent
}

/// What a variant of a union is called.
pub(super) fn variant_words(
    api: &Api,
    types: &[TypeNames],
    union: TypeId,
    variant: usize,
) -> Vec<String> {
    let Type::Union(shape) = &api.ty(union).kind else {
        return vec!["variant".to_owned()];
    };
    let Some(variant) = shape.variants.get(variant) else {
        return vec!["variant".to_owned()];
    };
    if let [tag] = variant.tags.as_slice() {
        return words(tag);
    }
    if shape.is_list
        && let Type::Enum(list) = &api.ty(variant.ty).kind
    {
        return match list.values {
            EnumValues::Texts(_) => words("text"),
            EnumValues::Integers(_) => words("integer"),
        };
    }
    type_words(api, types, variant.ty, 0)
}

fn type_words(api: &Api, types: &[TypeNames], id: TypeId, depth: usize) -> Vec<String> {
    let def = api.ty(id);
    if let Origin::Component(component) = &def.origin {
        let name = types.get(id.0 as usize).map_or("", |it| it.name.as_str());
        return words(if name.is_empty() { component } else { name });
    }
    if let Some(title) = &def.title
        && title.chars().any(char::is_alphanumeric)
    {
        let words = words(title);
        if words.len() <= 4 {
            return words;
        }
    }
    let word = match &def.kind {
        Type::Any => "any",
        Type::Boolean => "boolean",
        Type::Integer(_) => "integer",
        Type::Number(_) => "number",
        Type::String(text) => match text.format {
            TextFormat::Date => "date",
            TextFormat::DateTime | TextFormat::LocalDateTime => "date_time",
            TextFormat::Time => "time",
            TextFormat::Duration => "duration",
            TextFormat::Uuid => "uuid",
            TextFormat::File => "file",
            TextFormat::Uri => "uri",
            TextFormat::Ipv4 => "ipv4",
            TextFormat::Ipv6 => "ipv6",
            TextFormat::Ip => "ip",
            TextFormat::Decimal => "decimal",
            TextFormat::Byte | TextFormat::Base64Url | TextFormat::Base16 => "bytes",
            TextFormat::None | TextFormat::Binary => "string",
        },
        Type::Array(array) if array.is_tuple => "tuple",
        Type::Array(array) if depth < DEEPEST && !is_inline_item(api, array.items.id) => {
            let mut words = type_words(api, types, array.items.id, depth + 1);
            let last = words.pop().unwrap_or_default();
            match singular(&last) {
                None => words.push(plural(&last)),
                // A plural of plurals.
                Some(last) => words.extend([last, "lists".to_owned()]),
            }
            return words;
        }
        Type::Array(_) => "items",
        Type::Map(_) => "map",
        Type::Struct(_) => "object",
        Type::Enum(it) => match &it.values {
            EnumValues::Texts(texts) if texts.len() == 1 => {
                return texts.first().map_or_else(Vec::new, |it| words(it));
            }
            _ => "value",
        },
        Type::Union(_) => "choice",
        Type::Unit => "nothing",
    };
    words(word)
}

fn is_inline_item(api: &Api, id: TypeId) -> bool {
    let def = api.ty(id);
    is_item(&def.kind) && !matches!(def.origin, Origin::Component(_))
}

/// Whether two types are one in Rust.
pub(crate) fn same_shape(api: &Api, left: TypeUse, right: TypeUse) -> bool {
    left.nullable == right.nullable && same_type(api, left.id, right.id, 0)
}

fn same_type(api: &Api, left: TypeId, right: TypeId, depth: usize) -> bool {
    if left == right {
        return true;
    }
    let same = |left: TypeUse, right: TypeUse| {
        depth < DEEPEST
            && left.nullable == right.nullable
            && same_type(api, left.id, right.id, depth + 1)
    };
    match (&api.ty(left).kind, &api.ty(right).kind) {
        (Type::Any, Type::Any) | (Type::Boolean, Type::Boolean) | (Type::Unit, Type::Unit) => true,
        (Type::Integer(left), Type::Integer(right)) => left.format == right.format,
        (Type::Number(left), Type::Number(right)) => left.format == right.format,
        (Type::String(left), Type::String(right)) => left.format == right.format,
        (Type::Array(left), Type::Array(right)) if left.is_tuple || right.is_tuple => {
            left.is_tuple == right.is_tuple
                && left.prefix.len() == right.prefix.len()
                && left
                    .prefix
                    .iter()
                    .zip(&right.prefix)
                    .all(|(left, right)| same(*left, *right))
        }
        (Type::Array(left), Type::Array(right)) => same(left.items, right.items),
        (Type::Map(left), Type::Map(right)) => same(left.values, right.values),
        _ => false,
    }
}
