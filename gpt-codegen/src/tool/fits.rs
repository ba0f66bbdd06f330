//! Whether JSON written in a document (a default, an example) fits its type.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Number, Value};

use crate::ir::{Api, Bounds, EnumValues, Rest, Struct, Text, TextFormat, Type, TypeId, TypeUse};

use super::pattern::Pattern;

/// Unions of unions are followed no deeper than this.
const DEEPEST: usize = 64;

/// Whether a value fits. A pattern beyond our reader of them is taken to match.
pub(super) fn fits(api: &Api, ty: TypeUse, value: &Value) -> bool {
    use_fits(api, ty, value, 0)
}

fn use_fits(api: &Api, ty: TypeUse, value: &Value, depth: usize) -> bool {
    (ty.nullable && value.is_null()) || type_fits(api, ty.id, value, depth)
}

fn type_fits(api: &Api, id: TypeId, value: &Value, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let def = api.ty(id);
    if let Some(Value::Array(values)) = def.checks.get("enum")
        && !values.contains(value)
    {
        return false;
    }
    match &def.kind {
        Type::Any => true,
        Type::Boolean => value.is_boolean(),
        Type::Integer(integer) => match value {
            Value::Number(number) => is_integer(number) && within(&integer.bounds, number),
            _ => false,
        },
        Type::Number(it) => match value {
            Value::Number(number) => within(&it.bounds, number),
            _ => false,
        },
        Type::String(text) => value.as_str().is_some_and(|it| text_fits(text, it)),
        Type::Array(array) => value.as_array().is_some_and(|items| {
            let length = items.len() as u64;
            array.min_items.is_none_or(|it| length >= it)
                && array.max_items.is_none_or(|it| length <= it)
                && !(array.unique_items
                    && (1..items.len()).any(|index| items[..index].contains(&items[index])))
                && items.iter().enumerate().all(|(index, item)| {
                    let ty = array.prefix.get(index).copied();
                    match (ty, array.rest) {
                        (None, Rest::Refused) if !array.prefix.is_empty() => false,
                        (Some(ty), _) | (None, Rest::Kept(ty)) => {
                            use_fits(api, ty, item, depth + 1)
                        }
                        (None, _) => use_fits(api, array.items, item, depth + 1),
                    }
                })
        }),
        Type::Map(map) => value.as_object().is_some_and(|entries| {
            let length = entries.len() as u64;
            map.min_properties.is_none_or(|it| length >= it)
                && map.max_properties.is_none_or(|it| length <= it)
                && entries
                    .values()
                    .all(|value| use_fits(api, map.values, value, depth + 1))
        }),
        Type::Struct(object) => struct_fits(api, object, None, value, depth),
        Type::Enum(it) => match &it.values {
            EnumValues::Texts(texts) => value
                .as_str()
                .is_some_and(|value| texts.iter().any(|it| it == value)),
            EnumValues::Integers(integers) => value
                .as_i64()
                .is_some_and(|value| integers.contains(&value)),
        },
        Type::Union(union) => union.variants.iter().any(|variant| {
            let tag = union.tag.as_deref().filter(|_| !variant.tags.is_empty());
            match (tag, &api.ty(variant.ty).kind) {
                (Some(tag), Type::Struct(object)) => {
                    let value_tag = value.get(tag).and_then(Value::as_str);
                    value_tag.is_some_and(|it| variant.tags.iter().any(|tag| tag == it))
                        && struct_fits(api, object, Some(tag), value, depth)
                }
                _ => type_fits(api, variant.ty, value, depth + 1),
            }
        }),
        Type::Unit => value.is_null(),
    }
}

fn struct_fits(api: &Api, object: &Struct, tag: Option<&str>, value: &Value, depth: usize) -> bool {
    let Some(entries) = value.as_object() else {
        return false;
    };
    let asked = || object.fields.iter().filter(|it| !it.read_only);
    let complete = asked().all(|it| !it.required || entries.contains_key(&it.name));
    complete
        && entries.iter().all(|(name, value)| {
            if tag == Some(name) {
                return true;
            }
            match (asked().find(|it| it.name == *name), object.rest) {
                (Some(field), _) => use_fits(api, field.ty, value, depth + 1),
                (None, Rest::Kept(values)) => use_fits(api, values, value, depth + 1),
                (None, Rest::Ignored | Rest::Refused) => false,
            }
        })
}

fn text_fits(text: &Text, value: &str) -> bool {
    let length = value.chars().count() as u64;
    let shape = |shape: &str| {
        value.len() >= shape.len()
            && value
                .bytes()
                .zip(shape.bytes())
                .all(|(it, like)| match like {
                    b'0' => it.is_ascii_digit(),
                    b'x' => it.is_ascii_hexdigit(),
                    _ => it.eq_ignore_ascii_case(&like),
                })
    };
    text.min_length.is_none_or(|it| length >= it)
        && text.max_length.is_none_or(|it| length <= it)
        && text
            .pattern
            .as_deref()
            .and_then(Pattern::parse)
            .and_then(|it| it.is_match(value))
            .unwrap_or(true)
        && match text.format {
            TextFormat::None | TextFormat::Base64Url | TextFormat::Binary => true,
            // A model writes a file as base64; documents like to give its name.
            TextFormat::Byte | TextFormat::File => value
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "+/=".contains(it)),
            TextFormat::LocalDateTime => shape("0000-00-00T00:00:00"),
            TextFormat::Time => shape("00:00:00"),
            TextFormat::Duration => value.starts_with('P') && value.len() > 2,
            TextFormat::Uri => value.split_once(':').is_some_and(|(scheme, rest)| {
                scheme.starts_with(|it: char| it.is_ascii_alphabetic())
                    && !rest.trim_start_matches('/').is_empty()
                    && !value.contains(char::is_whitespace)
            }),
            TextFormat::Ipv4 => value.parse::<Ipv4Addr>().is_ok(),
            TextFormat::Ipv6 => value.parse::<Ipv6Addr>().is_ok(),
            TextFormat::Ip => value.parse::<IpAddr>().is_ok(),
            TextFormat::Decimal => is_decimal(text, value),
            TextFormat::Base16 => {
                value.len().is_multiple_of(2) && value.bytes().all(|it| it.is_ascii_hexdigit())
            }
            TextFormat::Date => value.len() == 10 && shape("0000-00-00"),
            TextFormat::DateTime => {
                shape("0000-00-00T00:00:00")
                    && (value.ends_with(['Z', 'z'])
                        || value.get(19..).is_some_and(|it| it.contains(['+', '-'])))
            }
            TextFormat::Uuid => value.len() == 36 && shape("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
        }
}

fn is_decimal(text: &Text, value: &str) -> bool {
    match text.format_name.as_deref() {
        Some("int32") => value.parse::<i32>().is_ok(),
        Some("uint32") => value.parse::<u32>().is_ok(),
        Some("int64") => value.parse::<i64>().is_ok(),
        Some("uint64") => value.parse::<u64>().is_ok(),
        Some("bigint" | "int128" | "uint128" | "int256" | "uint256") => {
            value.parse::<u128>().is_ok()
        }
        _ => serde_json::from_str::<Number>(value).is_ok(),
    }
}

fn is_integer(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|it| it.fract() == 0.0)
}

/// Whether a number is within bounds, as far as double precision tells.
pub(super) fn within(bounds: &Bounds, number: &Number) -> bool {
    let Some(value) = number.as_f64() else {
        return false;
    };
    let limit = |bound: &Option<Number>| bound.as_ref().and_then(Number::as_f64);
    limit(&bounds.minimum).is_none_or(|it| value >= it)
        && limit(&bounds.maximum).is_none_or(|it| value <= it)
        && limit(&bounds.exclusive_minimum).is_none_or(|it| value > it)
        && limit(&bounds.exclusive_maximum).is_none_or(|it| value < it)
        && limit(&bounds.multiple_of).is_none_or(|it| {
            let quotient = value / it;
            (quotient - quotient.round()).abs() < 1e-9
        })
}
