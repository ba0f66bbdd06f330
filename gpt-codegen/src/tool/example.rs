//! An example of the arguments: what the document gives where it fits, else the plainest value
//! within the bounds. Only what is required is made up.

use serde_json::{Map, Number, Value};

use crate::{
    ir::{
        Api, Bounds, EnumValues, Field, Operation, Rest, Struct, Text, TextFormat, Type, TypeId,
        TypeUse,
    },
    names::{Arguments, BODY, BodyArguments},
};

use super::{
    fits::{fits, within},
    pattern::Pattern,
};

/// An example is made of no more values than this.
const MOST_VALUES: u32 = 1000;
/// Lists that must have more items than this get no example.
const MOST_ITEMS: u64 = 20;

/// Arguments that fit the schema; an empty object where none can be found.
pub(super) fn arguments(api: &Api, op: &Operation, arguments: &Arguments) -> Value {
    let mut maker = Maker {
        api,
        left: MOST_VALUES,
        inside: Vec::new(),
    };
    maker
        .arguments(op, arguments)
        .map_or_else(|| Value::Object(Map::new()), Value::Object)
}

struct Maker<'a> {
    api: &'a Api,
    left: u32,
    /// The types around the value. None needs to stand within itself: leaving it out there makes
    /// a smaller example.
    inside: Vec<TypeId>,
}

impl Maker<'_> {
    fn arguments(&mut self, op: &Operation, arguments: &Arguments) -> Option<Map<String, Value>> {
        let mut made = Map::new();
        for (parameter, argument) in op.parameters.iter().zip(&arguments.parameters) {
            let given = parameter.example.as_ref();
            let given = given.filter(|it| fits(self.api, parameter.ty, it));
            if let Some(given) = given {
                made.insert(argument.clone(), given.clone());
            } else if parameter.required {
                made.insert(argument.clone(), self.value(parameter.ty, 0)?);
            }
        }
        let Some(body) = &op.body else {
            return Some(made);
        };
        let given = body.preferred.example.as_ref();
        let given = given.filter(|it| fits(self.api, body.ty(), it));
        match &arguments.body {
            Some(BodyArguments::Properties { map, .. }) => {
                let whole = match given {
                    Some(given) => given.clone(),
                    None => self.value(body.ty(), 0)?,
                };
                for (argument, property) in map {
                    if let Some(value) = whole.get(property) {
                        made.insert(argument.clone(), value.clone());
                    }
                }
            }
            _ => {
                if let Some(given) = given {
                    made.insert(BODY.to_owned(), given.clone());
                } else if body.required {
                    made.insert(BODY.to_owned(), self.value(body.ty(), 0)?);
                }
            }
        }
        Some(made)
    }

    /// The `nth` of some different values.
    fn value(&mut self, ty: TypeUse, nth: u64) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let def = self.api.ty(ty.id);
        let listed = def.checks.get("enum").and_then(Value::as_array);
        let given = def.examples.iter().chain(&def.default);
        let given = given.chain(listed.into_iter().flatten());
        let mut given = given.filter(|it| fits(self.api, ty, it));
        if let Some(given) = usize::try_from(nth).ok().and_then(|it| given.nth(it)) {
            return Some(given.clone());
        }
        if self.inside.contains(&ty.id) {
            return None;
        }
        self.inside.push(ty.id);
        let made = self.made(ty.id, nth);
        self.inside.pop();
        made.or_else(|| (ty.nullable && nth == 0).then_some(Value::Null))
    }

    fn made(&mut self, id: TypeId, nth: u64) -> Option<Value> {
        let api = self.api;
        match &api.ty(id).kind {
            Type::Any => Some(text_of("anything", nth).into()),
            Type::Boolean => (nth < 2).then_some(Value::Bool(nth == 0)),
            Type::Integer(integer) => number(&integer.bounds, nth, true),
            Type::Number(it) => number(&it.bounds, nth, false),
            Type::String(text) => text_value(text, nth).map(Value::from),
            Type::Array(array) => {
                let least = array.min_items.unwrap_or(0);
                let wanted = least.max(1).min(array.max_items.unwrap_or(u64::MAX));
                let wanted = wanted.max(least.min(array.prefix.len() as u64));
                if wanted > MOST_ITEMS {
                    return None;
                }
                let items: Option<Vec<_>> = (0..wanted)
                    .zip(0_usize..)
                    .map(|(nth_item, index)| {
                        let ty = match (array.prefix.get(index), array.rest) {
                            (Some(ty), _) => *ty,
                            (None, Rest::Kept(ty)) => ty,
                            (None, _) => array.items,
                        };
                        let nth_item = if array.unique_items { nth_item } else { 0 };
                        self.value(ty, nth_item + nth)
                    })
                    .collect();
                items
                    .or_else(|| (least == 0 && nth == 0).then(Vec::new))
                    .map(Value::from)
            }
            Type::Map(map) => {
                let wanted = map.min_properties.unwrap_or(0).max(nth);
                if wanted > MOST_ITEMS {
                    return None;
                }
                (0..wanted)
                    .map(|index| Some((text_of("key", index), self.value(map.values, 0)?)))
                    .collect::<Option<Map<_, _>>>()
                    .map(Value::from)
            }
            Type::Struct(object) => {
                let least = api.ty(id).checks.get("minProperties");
                let least = least.and_then(Value::as_u64).unwrap_or(0);
                self.object(object, nth, least).map(Value::from)
            }
            Type::Enum(it) => {
                let index = usize::try_from(nth).ok()?;
                match &it.values {
                    EnumValues::Texts(texts) => texts.get(index).map(|it| it.as_str().into()),
                    EnumValues::Integers(integers) => integers.get(index).map(|it| (*it).into()),
                }
            }
            Type::Union(union) => union.variants.iter().find_map(|variant| {
                let payload = TypeUse {
                    id: variant.ty,
                    nullable: false,
                };
                let mut value = self.value(payload, nth)?;
                if let (Some(tag), Some(first), Value::Object(object)) =
                    (&union.tag, variant.tags.first(), &mut value)
                {
                    object.insert(tag.clone(), first.as_str().into());
                }
                Some(value)
            }),
            Type::Unit => (nth == 0).then_some(Value::Null),
        }
    }

    fn object(&mut self, object: &Struct, nth: u64, least: u64) -> Option<Map<String, Value>> {
        let api = self.api;
        let mut made = Map::new();
        let asked = object.fields.iter().filter(|it| !it.read_only);
        let (required, optional): (Vec<&Field>, Vec<&Field>) = asked.partition(|it| it.required);
        let missing = least.saturating_sub(required.len() as u64);
        let missing = usize::try_from(missing).ok()?;
        for field in required
            .into_iter()
            .chain(optional.into_iter().take(missing))
        {
            let default = field.default.as_ref();
            let default = default.filter(|it| nth == 0 && fits(api, field.ty, it));
            let value = match default {
                Some(default) => default.clone(),
                // Two objects differ where any of their properties does.
                None => match self.value(field.ty, nth) {
                    None if nth > 0 => self.value(field.ty, 0)?,
                    value => value?,
                },
            };
            made.insert(field.name.clone(), value);
        }
        Some(made)
    }
}

fn text_of(word: &str, nth: u64) -> String {
    if nth == 0 {
        word.to_owned()
    } else {
        format!("{word}{}", nth + 1)
    }
}

fn text_value(text: &Text, nth: u64) -> Option<String> {
    let least = text.min_length.unwrap_or(0);
    if let Some(pattern) = &text.pattern {
        return Pattern::parse(pattern)?.example(least + nth, text.max_length);
    }
    let two_digits = nth % 27 + 1;
    let plain = match (text.format, text.format_name.as_deref().unwrap_or("")) {
        (TextFormat::Date, _) => format!("2026-01-{two_digits:02}"),
        (TextFormat::DateTime, _) => format!("2026-01-{two_digits:02}T12:00:00Z"),
        (TextFormat::Uuid, _) => format!("123e4567-e89b-12d3-a456-4266141740{two_digits:02}"),
        (TextFormat::Byte | TextFormat::File, _) => "aGVsbG8=".to_owned(),
        (_, "email" | "idn-email") => text_of("ada", nth) + "@example.com",
        (_, "uri" | "url" | "iri") => "https://example.com/".to_owned() + &text_of("page", nth),
        (_, "uri-reference" | "iri-reference") => text_of("/page", nth),
        (_, "hostname" | "idn-hostname") => text_of("www", nth) + ".example.com",
        (_, "ipv4" | "ip") => format!("192.0.2.{two_digits}"),
        (_, "ipv6") => format!("2001:db8::{two_digits}"),
        (_, "time-local" | "local-time") => format!("12:00:{two_digits:02}"),
        (TextFormat::Time, _) => format!("12:00:{two_digits:02}Z"),
        (TextFormat::LocalDateTime, _) => format!("2026-01-{two_digits:02}T12:00:00"),
        (TextFormat::Decimal, "decimal" | "decimal128" | "bigdecimal" | "big-decimal") => {
            format!("{two_digits}.5")
        }
        (TextFormat::Decimal, _) => two_digits.to_string(),
        (TextFormat::Base64Url, _) => "aGVsbG8".to_owned(),
        (TextFormat::Base16, _) => "68656C6C6F".to_owned(),
        (_, "duration") => format!("P{two_digits}D"),
        (_, "regex") => text_of("a", nth),
        (_, "json-pointer") => text_of("/name", nth),
        _ => {
            let mut plain = text_of("text", nth);
            let most = text.max_length.unwrap_or(u64::MAX);
            while (plain.len() as u64) < least.min(1000) {
                plain.push('x');
            }
            while plain.len() as u64 > most {
                plain.remove(0);
            }
            plain
        }
    };
    let length = plain.len() as u64;
    (length >= least && text.max_length.is_none_or(|it| length <= it)).then_some(plain)
}

/// A number within bounds: 1 where that is one, else a bound or what is next to it.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the bounds of an example need no more precision than a float has"
)]
fn number(bounds: &Bounds, nth: u64, integer: bool) -> Option<Value> {
    let bound = |bound: &Option<Number>| bound.as_ref().and_then(Number::as_f64);
    let step = bound(&bounds.multiple_of).unwrap_or(1.0);
    let low = bound(&bounds.minimum).or(bound(&bounds.exclusive_minimum));
    let high = bound(&bounds.maximum).or(bound(&bounds.exclusive_maximum));
    let next_to = |it: f64| [it, it.ceil(), it + step, it - step, it + step / 2.0];
    let mut candidates = vec![1.0];
    candidates.extend(low.into_iter().flat_map(next_to));
    candidates.extend(high.into_iter().flat_map(next_to));
    if let (Some(low), Some(high)) = (low, high) {
        candidates.push(f64::midpoint(low, high));
    }
    candidates
        .into_iter()
        .flat_map(|it| [it, (it / step).ceil() * step])
        .map(|it| it + step * nth as f64)
        .filter_map(|it| {
            if it.fract() == 0.0 && it.abs() < 9e15 {
                Some(Number::from(it as i64))
            } else if integer {
                None
            } else {
                Number::from_f64(it)
            }
        })
        .find(|it| within(bounds, it))
        .map(Value::Number)
}
