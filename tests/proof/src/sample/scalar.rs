//! Random numbers and texts.

use serde_json::{Number, Value, json};

use super::All;
use crate::{pattern, random::Random};

const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABC0189 _-.äß漢😀\"\\/\n";

const SPAN: f64 = 1000.0;

/// The numbers between the bounds, a thousand where one is missing.
fn bounds(all: &All<'_>) -> (f64, f64) {
    let above = all
        .numbers("minimum")
        .chain(all.numbers("exclusiveMinimum").map(|it| it + 1.0));
    let below = all
        .numbers("maximum")
        .chain(all.numbers("exclusiveMaximum").map(|it| it - 1.0));
    let (least, most) = (above.reduce(f64::max), below.reduce(f64::min));
    match (least, most) {
        (Some(least), Some(most)) => (least, most),
        (Some(least), None) => (least, least + SPAN),
        (None, Some(most)) => (most - SPAN, most),
        (None, None) => (-SPAN, SPAN),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "bounds of any size are brought into range"
)]
pub(super) fn integer(random: &mut Random, all: &All<'_>) -> Value {
    let (least, most) = bounds(all);
    let format = all
        .first("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let least = if format.starts_with('u') {
        least.max(0.0)
    } else {
        least
    };
    let (least, most) = (least.ceil() as i64, most.floor() as i64);
    let step = all
        .numbers("multipleOf")
        .next()
        .map_or(1, |it| it as i64)
        .max(1);
    let found = random.between(least, most);
    let found = found - found.rem_euclid(step);
    json!(if found < least { found + step } else { found })
}

pub(super) fn number(random: &mut Random, all: &All<'_>) -> Option<Value> {
    let (least, most) = bounds(all);
    // Quarters are the same in every precision.
    let quarters = u32::try_from(random.below(4001)).ok()?;
    let part = f64::from(quarters) / 4000.0;
    let found = least + (most - least) * part;
    let rounded = (found * 4.0).round() / 4.0;
    let found = if rounded >= least && rounded <= most {
        rounded
    } else {
        least
    };
    let step = all.numbers("multipleOf").next();
    let found = step.map_or(found, |step| (found / step).round() * step);
    Number::from_f64(found).map(Value::Number)
}

pub(super) fn text(random: &mut Random, all: &All<'_>, plain: bool) -> Option<String> {
    if let Some(pattern) = all.first("pattern").and_then(Value::as_str) {
        return pattern::matching(random, pattern);
    }
    if let Some(text) = all
        .first("format")
        .and_then(|it| formatted(random, it.as_str()?))
    {
        return Some(text);
    }
    let least = all.most("minLength").unwrap_or(0).max(plain.into());
    let most = all.least("maxLength").unwrap_or(least.saturating_add(12));
    let wanted = least
        .saturating_add(random.below(12))
        .min(most.max(least))
        .min(5000);
    let letters = if plain { PLAIN } else { LETTERS };
    let letters: Vec<char> = letters.chars().collect();
    let letter = |_| random.pick(&letters).copied();
    (0..wanted).map(letter).collect()
}

fn formatted(random: &mut Random, format: &str) -> Option<String> {
    let (month, day) = (random.between(1, 12), random.between(1, 28));
    let (hour, minute) = (random.between(0, 23), random.between(0, 59));
    let date = format!("{}-{month:02}-{day:02}", random.between(1970, 2040));
    Some(match format {
        "date" => date,
        "date-time" => format!("{date}T{hour:02}:{minute:02}:07Z"),
        "time" => format!("{hour:02}:{minute:02}:07Z"),
        "duration" => format!("P{day}DT{hour}H"),
        "uuid" => {
            let (first, last) = (random.next(), random.next());
            let (high, low) = (first >> 32, first & 0xffff);
            format!(
                "{high:08x}-{low:04x}-4{:03x}-a{:03x}-{:012x}",
                low & 0xfff,
                high & 0xfff,
                last >> 16
            )
        }
        "byte" => ["", "YQ==", "YWI=", "YWJj", "/+8="]
            .get(random.below(5))?
            .to_string(),
        // Of a text, which may hold a number too.
        "int32" | "int64" | "uint32" | "uint64" | "decimal" | "double" | "float" => {
            random.below(1000).to_string()
        }
        "base64url" => ["YWI=", "YWJj", "_-8="].get(random.below(3))?.to_string(),
        "uri" | "url" | "uri-reference" | "iri" => format!("https://example.com/{day}?x={hour}"),
        "email" | "idn-email" => format!("user{day}@example.com"),
        "hostname" => format!("host{day}.example.com"),
        "ipv4" => format!("192.0.2.{day}"),
        "ipv6" => format!("2001:db8::{day:x}"),
        "regex" => "^a+$".to_owned(),
        "json-pointer" => format!("/a/{day}"),
        _ => return None,
    })
}
