//! Numbers and texts, by their formats and bounds.

use super::{
    Integer, IntegerFormat, Number, NumberFormat, Shape, Text, TextFormat, shape::tighten,
};

/// The greatest integer that a float tells from the next power of two: bounds beyond are of
/// integers of more than 64 bits.
const BEYOND_64_BITS: f64 = 18_446_744_073_709_551_616.0;
/// Where signed integers of 64 bits end.
const BEYOND_63_BITS: f64 = 9_223_372_036_854_775_808.0;
/// Bounds as great as this say nothing: they are the greatest float, more or less.
const BOUNDLESS: f64 = 1e78;

pub(super) fn integer(shape: &Shape<'_>) -> Integer {
    let mut bounds = shape.bounds();
    let float =
        |bound: &Option<serde_json::Number>| bound.as_ref().and_then(serde_json::Number::as_f64);
    let (low, high) = (float(&bounds.minimum), float(&bounds.maximum));
    let beyond = |bound: &Option<serde_json::Number>| {
        bound
            .as_ref()
            .is_some_and(|number| number.as_i64().is_none() && number.as_u64().is_some())
    };
    let natural = low.is_some_and(|it| it >= 0.0);
    let is_big = high.is_some_and(|it| it > BEYOND_64_BITS && it < BOUNDLESS)
        || low.is_some_and(|it| it < -BEYOND_63_BITS && it > -BOUNDLESS)
        || (low.is_some_and(|it| it < 0.0)
            && high.is_some_and(|it| it > BEYOND_63_BITS && it < BOUNDLESS));
    let name = shape.first(|it| it.format);
    let format = match name {
        Some("int8" | "int16" | "int32") => IntegerFormat::Int32,
        Some("uint8" | "uint16" | "uint32") => IntegerFormat::Uint32,
        Some("uint64" | "uint") => IntegerFormat::Uint64,
        Some("int64") => IntegerFormat::Int64,
        Some("bigint" | "int128" | "uint128" | "int256" | "uint256") => IntegerFormat::Big,
        Some(name) if is_unix_time(name) => IntegerFormat::UnixTime,
        _ if is_big => IntegerFormat::Big,
        _ if beyond(&bounds.minimum) || (natural && beyond(&bounds.maximum)) => {
            IntegerFormat::Uint64
        }
        _ => IntegerFormat::Int64,
    };
    let width = match name {
        Some("int8") => Some((-128, 127)),
        Some("int16") => Some((-32_768, 32_767)),
        Some("uint8") => Some((0, 255)),
        Some("uint16") => Some((0, 65_535)),
        Some("uint128" | "uint256") => Some((0, i64::MAX)),
        _ => None,
    };
    if let Some((least, most)) = width {
        tighten(&mut bounds.minimum, Some(&least.into()), f64::max);
        if most < i64::MAX {
            tighten(&mut bounds.maximum, Some(&most.into()), f64::min);
        }
    }
    Integer { format, bounds }
}

pub(super) fn number(shape: &Shape<'_>) -> Number {
    let format = match shape.first(|it| it.format) {
        Some("float") => NumberFormat::Float,
        Some("decimal" | "decimal128" | "bigdecimal" | "big-decimal" | "bigint") => {
            NumberFormat::Decimal
        }
        Some(name) if is_unix_time(name) => NumberFormat::UnixTime,
        _ => NumberFormat::Double,
    };
    Number {
        format,
        bounds: shape.bounds(),
    }
}

fn is_unix_time(format: &str) -> bool {
    matches!(
        format,
        "unix-time" | "unixtime" | "unix-timestamp" | "unix_timestamp" | "timestamp" | "epoch"
    )
}

pub(super) fn text(shape: &Shape<'_>) -> Text {
    let name = shape.first(|it| it.format);
    let encoding = shape.first(|it| it.content_encoding);
    let format = match (named(name), encoding.and_then(encoded)) {
        (Some(format), _) | (None, Some(format)) => format,
        // How 3.1 says `format: binary`.
        (None, None)
            if name.is_none()
                && encoding.is_none()
                && shape
                    .first(|it| it.content_media_type)
                    .is_some_and(|it| !super::media::is_textual(it)) =>
        {
            TextFormat::Binary
        }
        _ => TextFormat::None,
    };
    Text {
        format,
        format_name: name.map(str::to_owned),
        encoding: encoding.map(str::to_owned),
        min_length: shape.most(|it| it.min_length),
        max_length: shape.least(|it| it.max_length),
        pattern: shape.first(|it| it.pattern).map(str::to_owned),
    }
}

/// The formats that have a type.
fn named(format: Option<&str>) -> Option<TextFormat> {
    Some(match format? {
        "date" => TextFormat::Date,
        "date-time" => TextFormat::DateTime,
        "date-time-local" | "local-date-time" => TextFormat::LocalDateTime,
        "time" | "time-local" | "local-time" => TextFormat::Time,
        "duration" => TextFormat::Duration,
        "uuid" => TextFormat::Uuid,
        "uri" | "url" => TextFormat::Uri,
        "ipv4" => TextFormat::Ipv4,
        "ipv6" => TextFormat::Ipv6,
        "ip" => TextFormat::Ip,
        "decimal" | "decimal128" | "bigdecimal" | "big-decimal" | "double" | "float" | "number"
        | "int32" | "int64" | "uint32" | "uint64" | "int128" | "uint128" | "bigint" | "int256"
        | "uint256" => TextFormat::Decimal,
        "byte" | "base64" => TextFormat::Byte,
        "base64url" => TextFormat::Base64Url,
        "base16" => TextFormat::Base16,
        "binary" => TextFormat::Binary,
        _ => return None,
    })
}

fn encoded(encoding: &str) -> Option<TextFormat> {
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => Some(TextFormat::Byte),
        "base64url" => Some(TextFormat::Base64Url),
        "base16" => Some(TextFormat::Base16),
        _ => None,
    }
}
